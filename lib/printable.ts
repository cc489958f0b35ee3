/** Text from outside, such as a file's name, made fit to be printed. */

/** What could end a line, move the cursor or turn the direction of the text: controls, line separators, bidi marks. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * One line of text that shows as what it is: characters that would end the line, move the cursor or turn the text's
 * direction are escaped.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { printable } from "./printable.ts";
 *
 * assertEquals(printable("a\nb\u202e.npy"), "a\\x0ab\\u202e.npy");
 * ```
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => {
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** JSON of a value in which such characters are escaped as JSON allows, so that it can be printed and means the same. */
export function printableJson(value: unknown): string {
  const escape = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(UNPRINTABLE, escape);
}
