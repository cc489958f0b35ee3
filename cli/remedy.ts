/** What the library advises, in the words of the command line. */
import type { DigitFidError } from "../lib/errors.ts";
import { flagName } from "./flags.ts";

/** The error's message, and the flags that would help: `… how many images it has across and down (--grid 10x10)`. */
export function inWords({ message, remedy }: DigitFidError): string {
  const flags = Object.entries(remedy).map(([option, value]) =>
    value === true ? `--${flagName(option)}` : `--${flagName(option)} ${value}`
  );
  return flags.length === 0 ? message : `${message} (${flags.join(" or ")})`;
}
