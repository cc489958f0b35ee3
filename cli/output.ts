/** What a task prints, and where: with --json stdout is for the one object of the result alone. */
import config from "../deno.json" with { type: "json" };
import { printable, printableJson } from "../lib/printable.ts";

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
    if (this.#options.json) console.error(printable(line));
    else console.log(printable(line));
  }

  /** Prints a line about what looks wrong but does not stop the task; to stderr. */
  warn(line: string): void {
    console.error(`warning: ${printable(line)}`);
  }

  /** Prints the result, once: the fields and the program's version as one JSON object with --json, the text otherwise. */
  result(fields: Record<string, unknown>, text: string): void {
    const json = { ...fields, version: config.version };
    console.log(this.#options.json ? printableJson(json) : text.split("\n").map(printable).join("\n"));
  }
}

/** The fields of a result by the names that they have in JSON: `fidInterval` is `fid_interval`. */
export function jsonFields(fields: object): Record<string, unknown> {
  const rename = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [rename(name), value]));
}
