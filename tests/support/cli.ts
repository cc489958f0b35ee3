/** Runs the program as a user does, in a folder of its own with a little of MNIST in it. */
import { checkoutPath } from "../../lib/checkout.ts";
import config from "../../deno.json" with { type: "json" };
import { limit } from "../../lib/data/images.ts";
import { loadMnist } from "../../lib/data/mnist.ts";
import { encodeIdx } from "../../lib/idx.ts";
import { commandsIn } from "../../lib/packaging/commands.ts";
import { TemporaryFolder } from "./folders.ts";

const ROOT = checkoutPath();

/** Where commands keep what they make of MNIST, in place of the user's own cache. */
const CACHE = new TemporaryFolder();
addEventListener("unload", () => CACHE[Symbol.dispose]());

/** Before a script: the user's own cache is left alone, but for Deno's packages. */
const APART = "export DENO_DIR=${DENO_DIR:-${XDG_CACHE_HOME:-${HOME-}/.cache}/deno}; unset XDG_CACHE_HOME\n";

/** What a command did. */
export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `./digit-fid` in a folder. */
export function startDigitFid(args: string[], cwd = ROOT, env: Record<string, string> = {}): Deno.ChildProcess {
  return startShell('exec "$0" "$@"', args, cwd, env);
}

/** Starts a script of bash in a folder, with the launcher as `$0`. */
export function startShell(
  script: string,
  args: string[],
  cwd: string,
  env: Record<string, string> = {},
): Deno.ChildProcess {
  return new Deno.Command("/bin/bash", {
    args: ["-c", APART + script, `${ROOT}digit-fid`, ...args],
    cwd,
    env: { NO_COLOR: "1", LOCALAPPDATA: CACHE.path, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Starts a command as the launcher does, but runs a module of this folder before the program. */
export function startPreloaded(preload: string, [name, ...args]: string[], cwd: string): Deno.ChildProcess {
  const line = commandsIn(config.tasks)[name].command;
  const script = `cd "\${0%/*}" && exec ${
    line.replace(/^deno run/, `"$DENO" run --preload=tests/support/${preload}`)
  } "$@"`;
  return startShell(script, args, cwd, { DENO: Deno.execPath(), INIT_CWD: cwd, XDG_RUNTIME_DIR: cwd });
}

/** Waits for the end of a command, telling `onOutput` all of stdout so far whenever there is more. */
export async function resultOf(process: Deno.ChildProcess, onOutput?: (stdout: string) => void): Promise<Result> {
  const stderr = new Response(process.stderr).text();
  let stdout = "";
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    stdout += text;
    onOutput?.(stdout);
  }
  return { code: (await process.status).code, stdout, stderr: await stderr };
}

/** Runs `./digit-fid` in a folder to its end. */
export async function digitFid(args: string[], cwd?: string, env?: Record<string, string>): Promise<Result> {
  return await resultOf(startDigitFid(args, cwd, env));
}

/** Whether this process may mount file systems in a namespace of its own, as root may outside of containers. */
export async function canMount(): Promise<boolean> {
  const script = "unshare --mount bash -c 'mount -t tmpfs none /mnt'";
  return (await resultOf(startShell(script, [], ROOT))).code === 0;
}

/** A folder that goes away, with the first 64 images of both splits of MNIST in `data`. */
export class Workspace implements Disposable {
  readonly #temporary = new TemporaryFolder();
  readonly folder = this.#temporary.path;

  static async create(): Promise<Workspace> {
    const workspace = new Workspace();
    Deno.mkdirSync(`${workspace.folder}/data`);
    for (const [split, name] of [["train", "train"], ["test", "t10k"]] as const) {
      const { count, size, pixels, labels } = limit(await loadMnist(`${ROOT}data/mnist`, split), 64);
      const start = `${workspace.folder}/data/${name}`;
      const bytes = Uint8Array.from(pixels);
      Deno.writeFileSync(`${start}-images-idx3-ubyte`, encodeIdx({ shape: [count, size, size], data: bytes }));
      Deno.writeFileSync(`${start}-labels-idx1-ubyte`, encodeIdx({ shape: [count], data: labels }));
    }
    return workspace;
  }

  [Symbol.dispose](): void {
    this.#temporary[Symbol.dispose]();
  }
}
