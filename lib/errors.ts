/** Errors that are meant for a person to read: their message is one line that says what to do. */
import { printable } from "./printable.ts";

/**
 * Options that would help, each with a value that would do, or `true` where its name says enough: `{ grid: "10x10" }`.
 * The names are those of the library's options. Whoever wraps the library says them in its own words: the commands
 * make `--grid 10x10` of them, since the sentences of the library know of no command line.
 */
export type Remedy = Readonly<Partial<Record<RemedyOption, string | true>>>;

/** An option that can be the remedy of an error. */
export type RemedyOption =
  | "clip"
  | "data"
  | "force"
  | "grid"
  | "invert"
  | "kernels"
  | "range"
  | "resize"
  | "resume"
  | "transpose"
  | "weights";

/** What can be said of an error besides its message. */
export interface DigitFidErrorOptions extends ErrorOptions {
  /** Options that would help. */
  readonly remedy?: Remedy;
}

/** Something went wrong that the user can understand and act on; the command ends with exit code 1. */
export class DigitFidError extends Error {
  /** Name of the class. */
  override name = "DigitFidError";
  /** Options that would help; empty if none does. */
  readonly remedy: Remedy;

  /**
   * Makes the error.
   *
   * @param message {@linkcode printable}: what names in hostile files may hold is escaped, so it stays one line
   */
  constructor(message: string, { remedy = {}, ...options }: DigitFidErrorOptions = {}) {
    super(printable(message), options);
    this.remedy = remedy;
  }
}

/** The command was called wrongly; it ends with exit code 2. */
export class UsageError extends DigitFidError {
  /** Name of the class. */
  override name = "UsageError";
}

/** A file or a stretch of bytes breaks the rules of its format. */
export class FormatError extends DigitFidError {
  /** Name of the class. */
  override name = "FormatError";

  /** Cuts the message off after 1000 characters: a name or a shape in a hostile file may be as long as the file. */
  constructor(message: string, options?: DigitFidErrorOptions) {
    super(message.length > 1000 ? `${message.slice(0, 1000)}…` : message, options);
  }
}
