/** Errors that are meant for a person to read: their message is one line that says what to do. */

/** Something went wrong that the user can understand and act on; the command ends with exit code 1. */
export class DigitFidError extends Error {
  /** Name of the class. */
  override name = "DigitFidError";

  /**
   * Makes the error.
   *
   * @param message control characters, which names in hostile files may have, are escaped: it stays one line
   */
  constructor(message: string, options?: ErrorOptions) {
    super(
      message.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`),
      options,
    );
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
  constructor(message: string, options?: ErrorOptions) {
    super(message.length > 1000 ? `${message.slice(0, 1000)}…` : message, options);
  }
}
