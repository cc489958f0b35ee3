/** What a task prints, and where: with --json stdout is for the one object of the result alone. */
import config from "../deno.json" with { type: "json" };
import { DigitFidError } from "../lib/errors.ts";
import { reasonOf } from "../lib/formats/file_error.ts";
import { printable, printableJson } from "../lib/printable.ts";

/** The two flags that say how much to print. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Where lines go. */
type Stream = typeof Deno.stdout | typeof Deno.stderr;

/** A task's voice. What cannot be printed, as the disk of a log is full or the terminal gone, never ends the work. */
export class Output {
  #options: OutputOptions;
  #unprinted = 0;
  #reason = "";
  #isResultLost = false;

  constructor(options: OutputOptions) {
    this.#options = options;
  }

  /** A voice that leaves stdout alone, for a task that answers another program there. */
  aside(): Output {
    return new Output({ ...this.#options, json: true });
  }

  /** Whether to show progress as a bar that is redrawn: somebody watches. */
  get showsBar(): boolean {
    return Deno.stderr.isTerminal() && !this.#options.quiet;
  }

  /** Prints a line about what happens, unless --quiet; to stderr with --json. */
  note(line: string): void {
    if (!this.#options.quiet) this.#print(this.#options.json ? Deno.stderr : Deno.stdout, printable(line));
  }

  /** Prints a line about what looks wrong but does not stop the task; to stderr. */
  warn(line: string): void {
    this.#print(Deno.stderr, `warning: ${printable(line)}`);
  }

  /**
   * Prints the result, once: the fields and the program's version as one JSON object with --json, the text otherwise.
   *
   * @param saved whether what it reports is in files, so that nothing is lost with it
   */
  result(fields: Record<string, unknown>, text: string, { saved = false }: { saved?: boolean } = {}): void {
    const json = { ...fields, version: config.version };
    const line = this.#options.json ? printableJson(json) : text.split("\n").map(printable).join("\n");
    const isPrinted = this.#print(Deno.stdout, line);
    this.#isResultLost = !isPrinted && !saved;
  }

  /**
   * Says what could not be printed, if anything.
   *
   * @throws DigitFidError if that was the result
   */
  end(): void {
    if (this.#unprinted === 0) return;
    if (this.#isResultLost) throw new DigitFidError(`cannot print the result: ${this.#reason}`);
    this.warn(`${this.#unprinted} lines could not be printed: ${this.#reason}`);
  }

  #print(stream: Stream, line: string): boolean {
    const error = tryWriting(stream, `${line}\n`);
    if (error === undefined) return true;
    this.#unprinted++;
    this.#reason = reasonOf(error);
    return false;
  }
}

/**
 * Writes to a stream, if it can be written to. Nobody reads a pipe that is closed, so that is as good.
 *
 * @returns what went wrong, if anything
 */
export function tryWriting(stream: Stream, text: string): unknown {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let written = 0; written < bytes.length;) written += stream.writeSync(bytes.subarray(written));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) return error;
  }
}
