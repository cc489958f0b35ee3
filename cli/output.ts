/** What a task prints, and where: with --json stdout is for the one object of the result alone. */
import config from "../deno.json" with { type: "json" };

/** The two flags that say how much to print. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** A task's voice. */
export class Output {
  #options: OutputOptions;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** Whether to show progress as a bar that is redrawn: somebody watches. */
  get showsBar(): boolean {
    return Deno.stderr.isTerminal() && !this.#options.quiet;
  }

  /** Prints a line about what happens, unless --quiet; to stderr with --json. */
  note(line: string): void {
    if (this.#options.quiet) return;
    if (this.#options.json) console.error(line);
    else console.log(line);
  }

  /** Prints a line about what looks wrong but does not stop the task; to stderr. */
  warn(line: string): void {
    console.error(`warning: ${line}`);
  }

  /** Prints the result, once: the fields and the program's version as one JSON object with --json, the text otherwise. */
  result(fields: Record<string, unknown>, text: string): void {
    console.log(this.#options.json ? JSON.stringify({ ...fields, version: config.version }) : text);
  }
}

/** The fields of a result by the names that they have in JSON: `fidInterval` is `fid_interval`. */
export function jsonFields(fields: object): Record<string, unknown> {
  const rename = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [rename(name), value]));
}
