/** Flags of a task: each says how its value is written, checked and explained; one parser reads them all. */
import { parseArgs } from "@std/cli";
import { closest } from "fastest-levenshtein";
import { UsageError } from "../lib/errors.ts";

/** One flag. Its key among the task's flags is its name: `batchSize` is `--batch-size`. */
export interface Flag<T> {
  /** What it is for; a flag without that is not listed: the task's own text says what such ones mean. */
  readonly help: string;
  /** Stands for the value in the help, as `N`; empty for a switch, which takes none. */
  readonly placeholder: string;
  /** What a good value is, to finish the sentence "expected …". */
  readonly expected: string;
  /** The value where the flag is not given. */
  readonly default: T;
  /** Whether it may be given several times: the values are then a list of all that was given. */
  readonly many?: boolean;
  /** The value that a text stands for, or undefined if it is not a good one. */
  read(text: string): T | undefined;
}

/** Flags by name. */
export type Flags = Record<string, Flag<unknown>>;

/** The values of flags, by the same names. */
export type Values<F extends Flags> = { readonly [Name in keyof F]: F[Name]["default"] };

/** A flag that is given or not. */
export function toggle(help: string): Flag<boolean> {
  return { help, placeholder: "", expected: "no value", default: false, read: (text) => text !== "false" };
}

/** A flag with an integer from `min` to `max`. */
export function integer<D extends number | undefined>(
  help: string,
  fallback: D,
  { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
): Flag<number | D> {
  const expected = max < Number.MAX_SAFE_INTEGER ? `an integer from ${min} to ${max}` : `an integer of at least ${min}`;
  const read = (text: string) =>
    /^-?\d+$/.test(text) && Number(text) >= min && Number(text) <= max ? Number(text) : undefined;
  return { help, placeholder: "N", expected, default: fallback, read };
}

/** A flag with a number above 0. */
export function positive<D extends number | undefined>(help: string, fallback: D): Flag<number | D> {
  const read = (text: string) => Number(text) > 0 && Number.isFinite(Number(text)) ? Number(text) : undefined;
  return { help, placeholder: "X", expected: "a number above 0", default: fallback, read };
}

/** A flag with one of a few words. */
export function choice<T extends string, D extends T | undefined = T>(
  help: string,
  fallback: D,
  choices: readonly T[],
): Flag<T | D> {
  const read = (text: string) => choices.find((word) => word === text);
  return { help, placeholder: choices.join("|"), expected: choices.join(" or "), default: fallback, read };
}

/** A flag without a value where it is not given, whose default the help shows all the same. */
export function optional<T>(flag: Flag<T>): Flag<T | undefined> {
  return { ...flag, help: `${flag.help} (${flag.default})`, default: undefined };
}

/** A flag that may be given several times; all that is not a flag counts as given to it, as a shell spreads out `*.npz`. */
export function several<T>({ default: _, read, ...flag }: Flag<T>): Flag<readonly T[]> {
  return { ...flag, default: [], many: true, read: (text) => wrapped(read(text)) };
}

function wrapped<T>(value: T | undefined): readonly T[] | undefined {
  return value === undefined ? undefined : [value];
}

/** A flag with words out of a list, between commas. */
export function choices<T extends string>(help: string, words: readonly T[]): Flag<ReadonlySet<T> | undefined> {
  const read = (text: string) => {
    const chosen = text.split(",").map((word) => words.find((one) => one === word.replaceAll("_", "-"))); // as JSON spells it
    return chosen.every((word) => word !== undefined) ? new Set(chosen) : undefined;
  };
  return { help, placeholder: "LIST", expected: `some of ${words.join(",")}`, default: undefined, read };
}

/** A flag with the path of a file or a folder, relative to where the user is. */
export function path<D extends string | undefined>(
  help: string,
  fallback: D,
  placeholder: "FILE" | "DIR",
): Flag<string | D> {
  const expected = `the path of a ${placeholder === "FILE" ? "file" : "folder"}`;
  return { help, placeholder, expected, default: fallback, read: (text) => text || undefined };
}

/**
 * Reads a task's arguments.
 *
 * @param argument the flag that a word without one stands for
 * @throws UsageError if one is unknown or wrong
 */
export function parseFlags<F extends Flags>(flags: F, args: string[], argument?: string): Values<F> {
  const names = Object.keys(flags).map(flagName);
  const switches = Object.keys(flags).filter((key) => flags[key].placeholder === "").map(flagName);
  const many = Object.keys(flags).filter((key) => flags[key].many).map(flagName);
  checkWritten(flags, args);
  const given: Record<string, unknown> & { _: (string | number)[] } = parseArgs(joinDashes(args, switches), {
    boolean: switches,
    string: [...names.filter((name) => !switches.includes(name)), "_"],
    collect: many,
    alias: { h: "help" },
    unknown(arg, name) {
      if (name === undefined) return true;
      if (/^-[\d.]/.test(arg)) throw new UsageError(`unexpected ${arg}`);
      throw unknownFlag(arg, names);
    },
  });
  const words = given._.map(String);
  if (argument !== undefined && given[flagName(argument)] === undefined) given[flagName(argument)] = words.shift();
  if (many.length === 0 && words.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(words[0])}`);
  for (const name of many) given[name] = [...(given[name] as string[] | undefined ?? []), ...words];
  const values = Object.entries(flags).map(([key, flag]) => [key, valueOf(flag, flagName(key), given[flagName(key)])]);
  return Object.fromEntries(values) as Values<F>;
}

/**
 * Holds what is written as `--name=value` against its flag, where the parser would take it for something else: no value
 * after the sign, and a word after that of a switch, as `--force=no` would be taken for yes.
 */
function checkWritten(flags: Flags, args: readonly string[]): void {
  const byName = new Map(Object.entries(flags).map(([key, flag]) => [flagName(key), flag]));
  for (const arg of args) {
    if (arg === "--") return;
    const [, name, value] = /^--([^=]+)=(.*)$/s.exec(arg) ?? [];
    if (name === undefined) continue;
    const flag = byName.get(name);
    if (flag === undefined) throw unknownFlag(arg, [...byName.keys()]);
    const isSwitch = flag.placeholder === "";
    if (isSwitch ? !["true", "false"].includes(value) : value === "") throw unexpected(flag, name, value);
  }
}

function unknownFlag(arg: string, names: string[]): UsageError {
  const [written] = arg.split("=");
  return new UsageError(`unknown flag ${written}; did you mean --${closest(written.replace(/^-+/, ""), names)}?`);
}

function unexpected({ expected, placeholder }: Flag<unknown>, name: string, given: unknown): UsageError {
  const found = given !== "" ? given : placeholder === "" ? "an equals sign" : "nothing";
  return new UsageError(`--${name}: expected ${expected}, found ${found}`);
}

/** `--fake -` as `--fake=-`, and `--range -1,1` as `--range=-1,1`: a dash, or a negative number, is no flag of its own. */
function joinDashes(args: readonly string[], switches: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const takes = /^--([^=]+)$/.exec(joined.at(-1) ?? "")?.[1];
    if (/^-($|[\d.])/.test(arg) && takes !== undefined && !switches.includes(takes)) {
      joined.push(`${joined.pop()}=${arg}`);
    } else joined.push(arg);
  }
  return joined;
}

/** The part of a help text that lists flags. */
export function flagsHelp(flags: Flags): string {
  const listed = Object.entries(flags).filter(([, { help }]) => help !== "");
  const rows = listed.map(([key, { placeholder, help, default: fallback }]) => ({
    left: `--${flagName(key)} ${placeholder}`,
    right: fallback === undefined || fallback === false || Array.isArray(fallback) ? help : `${help} (${fallback})`,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  return rows.map(({ left, right }) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}

function valueOf(flag: Flag<unknown>, name: string, given: unknown): unknown {
  if (given === undefined) return flag.default;
  if (Array.isArray(given)) return given.flatMap((one) => valueOf({ ...flag, many: false }, name, one));
  const value = flag.read(String(given));
  if (value !== undefined) return value;
  throw unexpected(flag, name, given);
}

/** How a flag is written, of its key among a task's flags: `batch-size` of `batchSize`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A flag's value as it is written after the flag: `10x10` of a grid. */
export function writtenValue(value: unknown): unknown {
  if (value instanceof Set || Array.isArray(value)) return [...value].join(",");
  if (typeof value !== "object" || value === null) return value;
  const { columns, rows } = value as { columns: number; rows: number };
  return `${columns}x${rows}`;
}
