/** Stand-in for JSR's `@std/cli`: `parseArgs` with the options in use, in the same meaning. */

/** How to read the arguments. */
export interface ParseOptions {
  /** Flags that take no value; false where they are not given. */
  boolean?: readonly string[];
  /** Flags that take a value; an empty one if none follows. */
  string?: readonly string[];
  /** Flags whose values are all kept, in a list; of the others the last one counts. */
  collect?: readonly string[];
  /** Other names of flags: `{ h: "help" }`. */
  alias?: Record<string, string>;
  /** Is told of each argument that is neither a flag named above nor its value, and drops it by returning false. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Flags by name, and in `_` the arguments that are no flags. */
export interface Args {
  [flag: string]: unknown;
  _: (string | number)[];
}

/**
 * Reads command-line arguments: `--flag`, `--flag value`, `--flag=value`, `-f`. The last of several equal flags counts,
 * and nothing after `--` is a flag.
 */
export function parseArgs(args: string[], options: ParseOptions = {}): Args {
  const { boolean = [], string = [], collect = [], alias = {}, unknown = () => true } = options;
  const parsed: Args = { _: [] };
  for (const flag of collect) parsed[flag] = [];
  const set = (key: string, value: unknown) =>
    parsed[key] = collect.includes(key) ? [...parsed[key] as unknown[], value] : value;
  for (const flag of boolean) parsed[flag] = false;
  const flagsEnd = args.includes("--") ? args.indexOf("--") : args.length;

  for (let i = 0; i < flagsEnd; i++) {
    const arg = args[i];
    const match = /^--?([^=]+)(?:=(.+))?$/s.exec(arg);
    if (!match) {
      if (unknown(arg) !== false) parsed._.push(arg);
      continue;
    }
    const key = alias[match[1]] ?? match[1];
    let value: string | boolean = match[2] ?? (string.includes(key) ? "" : true);
    const next = args[i + 1];
    if (match[2] === undefined && i + 1 < flagsEnd && !boolean.includes(key) && !next.startsWith("-")) {
      value = next;
      i++;
    }
    if (boolean.includes(key)) parsed[key] = value !== "false";
    else if (string.includes(key) || unknown(arg, key, value) !== false) set(key, value);
  }
  parsed._.push(...args.slice(flagsEnd + 1));
  return parsed;
}
