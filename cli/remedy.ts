/** What the library advises, in the words of the command line. */
import type { Remedy } from "../lib/errors.ts";
import { flagName } from "./flags.ts";
import { isSided, type Side, sidedName } from "./image_flags.ts";

/**
 * The message, and the flags that would help: `… how many images it has across and down (--grid 10x10)`.
 *
 * @param side of a score that the message is about: the flags are then those for that side alone
 */
export function inWords({ message, remedy = {} }: { message: string; remedy?: Remedy }, side?: Side): string {
  const flags = Object.entries(remedy).map(([option, value]) => {
    const flag = `--${flagName(side && isSided(option) ? sidedName(side, option) : option)}`;
    return value === true ? flag : `${flag} ${value}`;
  });
  return flags.length === 0 ? message : `${message} (${flags.join(" or ")})`;
}
