/** Options by their names: one that nobody knows would be ignored, and the result be another than was asked for. */
import { closest, distance } from "fastest-levenshtein";
import { DigitFidError } from "./errors.ts";

/** The names of all options of a kind; the compiler holds it to be all. */
export type OptionNames<Options> = Readonly<Record<keyof Options, true>>;

/** Letters that a slip may be off by. */
const NEAR = 2;

/**
 * Holds options against the names that there are, as JavaScript itself does not.
 *
 * @param of what the options are given to, for the message
 * @throws DigitFidError if one is unknown, with the name that it may be a slip of, or they are no object
 */
export function checkOptionNames<Options extends object>(
  options: Options,
  known: OptionNames<Options>,
  of: string,
): void {
  if (typeof options !== "object" || options === null) {
    throw new DigitFidError(`${of}: expected options as an object, found ${JSON.stringify(options) ?? typeof options}`);
  }
  const names = Object.keys(known);
  const stranger = Object.keys(options).find((name) => !names.includes(name));
  if (stranger === undefined) return;
  const nearest = closest(stranger, names);
  const advice = distance(stranger, nearest) <= NEAR ? `did you mean ${nearest}?` : `there are ${names.join(", ")}`;
  throw new DigitFidError(`${of}: unknown option ${stranger}; ${advice}`);
}

/** The options of these names alone. */
export function pickOptions<Options extends object>(options: Options, names: OptionNames<Options>): Options {
  return Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(names, name))) as Options;
}
