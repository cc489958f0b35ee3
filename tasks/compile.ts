/** `digit-fid compile`: the program as one executable file. */
import { ensureDir } from "@std/fs";
import { dirname, join, resolve } from "node:path";
import config from "../deno.json" with { type: "json" };
import { checkoutPath } from "../lib/checkout.ts";
import { DigitFidError, UsageError } from "../lib/errors.ts";
import { commandsIn, packedCommands, unionOfPermissions } from "../lib/packaging/commands.ts";
import { type ProgramFile, selfExtracting } from "../lib/packaging/self_extracting.ts";
import { fileError, listFiles, readFile, writeFileAtomic } from "../lib/formats/files.ts";
import { path, toggle } from "../cli/flags.ts";
import { InterruptedError, interruption } from "../cli/interrupt.ts";
import { EXECUTABLE } from "../cli/kinds.ts";
import { checkFile, FORCE_FLAG } from "../cli/results.ts";
import { defineTask } from "../cli/task.ts";

const CHECKOUT = checkoutPath();
/** The only folder that the task may write to. */
const DIST = join(CHECKOUT, "dist");
/** The bundled `main.ts`, as deep as the modules in it, which find weights and data by their own place. */
const PROGRAM = "lib/main.js";
const COMMANDS = packedCommands(commandsIn(config.tasks), PROGRAM);

/** The task. */
export const compile = defineTask({
  name: "compile",
  about: "makes one executable file of the program, to run without Deno, a checkout or a network.",
  example: "--with-data",
  flags: {
    withData: toggle("put MNIST into it (11 MB)"),
    out: path("file to write, within the checkout's dist (dist/digit-fid)", undefined, "FILE"),
    ...FORCE_FLAG,
  },
  async run({ withData, out, force }, output) {
    const file = resolve(out ?? join(DIST, "digit-fid"));
    if (!file.startsWith(join(DIST, "/"))) throw new UsageError(`--out: expected a path within ${DIST}, found ${out}`);
    await using stage = await Stage.create(dirname(file), interruption());
    await checkFile(file, EXECUTABLE, { force, inputs: [] });
    output.note("bundling …");
    await stage.bundle();
    await stage.copy("weights");
    if (withData) await stage.copy("data/mnist");
    const refusal = await stage.compile(file);
    if (refusal) {
      output.note(`deno compile does not work here (${refusal}): making a file that unpacks itself …`);
      const bytes = await selfExtracting([...await stage.files(), ...await runtimeFiles()]);
      await writeFileAtomic(file, bytes, { replace: force, mode: 0o755 });
    }
    const { size } = await Deno.stat(file);
    output.result(
      { out: file, bytes: size, self_extracting: Boolean(refusal) },
      `${file}, ${(size / 1e6).toFixed()} MB`,
    );
  },
});

/** A folder with what the executable holds, laid out as the checkout; it goes away at the end. */
class Stage implements AsyncDisposable {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #parts = [dirname(PROGRAM)];

  private constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** @param signal ends the work, with an error */
  static async create(parent: string, signal: AbortSignal): Promise<Stage> {
    try {
      await ensureDir(parent);
      return new Stage(await Deno.makeTempDir({ dir: parent, prefix: ".compile-" }), signal);
    } catch (error) {
      throw fileError("write to", parent, error);
    }
  }

  /** Puts the program there, with the packages it uses; parts that are loaded late stay files of their own. */
  async bundle(): Promise<void> {
    const outdir = join(this.#folder, dirname(PROGRAM));
    const refusal = await this.#deno(
      ["bundle", "--quiet", "--platform", "deno", "--code-splitting", "--outdir", outdir, "main.ts"],
      CHECKOUT,
    );
    if (refusal) throw new DigitFidError(`deno bundle failed: ${refusal}`);
  }

  /** Copies the files of a folder of the checkout. */
  async copy(part: string): Promise<void> {
    const to = join(this.#folder, part);
    await ensureDir(to);
    for (const name of await listFiles(join(CHECKOUT, part))) {
      await Deno.copyFile(join(CHECKOUT, part, name), join(to, name));
    }
    this.#parts.push(part);
  }

  /** Makes an executable by `deno compile`, in the place of any file. @returns why it could not */
  async compile(file: string): Promise<string | undefined> {
    const includes = this.#parts.flatMap((part) => ["--include", part]);
    const flags = ["--quiet", "--no-check", "--no-config", "--no-prompt", ...unionOfPermissions(COMMANDS), ...includes];
    const refusal = await this.#deno(["compile", ...flags, "--output", "executable", PROGRAM], this.#folder);
    if (!refusal) await Deno.rename(join(this.#folder, "executable"), file);
    return refusal;
  }

  /** All of its files. */
  async files(): Promise<ProgramFile[]> {
    const files: ProgramFile[] = [];
    for (const part of this.#parts) {
      for (const name of await listFiles(join(this.#folder, part))) {
        const data = await readFile(join(this.#folder, part, name));
        files.push({ path: `${part}/${name}`, data, executable: false });
      }
    }
    return files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** Runs Deno. @returns undefined if it did well, or the line of its complaint that says most */
  async #deno(args: string[], cwd: string): Promise<string | undefined> {
    const [env, signal] = [{ NO_COLOR: "1" }, this.#signal];
    const { success, stderr } = await new Deno.Command("deno", {
      args,
      cwd,
      env,
      signal,
      stdin: "null",
      stdout: "null",
    })
      .output();
    if (signal.aborted) throw new InterruptedError("interrupted: nothing is left of it");
    if (success) return undefined;
    const lines = new TextDecoder().decode(stderr).trim().split("\n");
    return (lines.find((line) => line.includes("denort")) ?? lines[0]).replace(/^\s*(\d+|error): /, "");
  }
}

/** Deno where the launcher looks for it first, the launcher, and the tasks that it starts. */
async function runtimeFiles(): Promise<ProgramFile[]> {
  const tasks = new TextEncoder().encode(JSON.stringify({ version: config.version, tasks: COMMANDS }, null, 2));
  return [
    { path: "digit-fid", data: await readFile(join(CHECKOUT, "digit-fid")), executable: true },
    { path: "deno.json", data: tasks, executable: false },
    { path: ".deno/node_modules/@deno/packed/deno", data: await readFile(Deno.execPath()), executable: true },
  ];
}
