/** Runs the program as a user does. */

const ROOT = new URL("..", import.meta.url).pathname;

/** What a command did. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface Options {
  /** The folder to run in; the project's if not given. */
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Starts `./digit-fid` with the arguments. */
export function startDigitFid(args: string[], { cwd = ROOT, env = {} }: Options = {}): Deno.ChildProcess {
  return new Deno.Command("/bin/bash", {
    args: [`${ROOT}digit-fid`, ...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs `./digit-fid` with the arguments to its end. */
export async function digitFid(args: string[], options?: Options): Promise<Result> {
  return await resultOf(startDigitFid(args, options));
}

/** Waits for the end of a command. */
export async function resultOf(process: Deno.ChildProcess): Promise<Result> {
  const { code, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
