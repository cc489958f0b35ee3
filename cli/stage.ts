/** A place to put the program together, as it is packed. */
import { ensureDir } from "@std/fs";
import { dirname, join } from "node:path";
import config from "../deno.json" with { type: "json" };
import { checkoutPath } from "../lib/checkout.ts";
import { DigitFidError } from "../lib/errors.ts";
import { fileError } from "../lib/formats/file_error.ts";
import { listFiles, readFile } from "../lib/formats/files.ts";
import { commandsIn, packedCommands } from "../lib/packaging/commands.ts";
import type { ProgramFile } from "../lib/packaging/self_extracting.ts";
import { InterruptedError } from "./interrupt.ts";

const CHECKOUT = checkoutPath();
/** The only folder that packing may write to. */
export const DIST = join(CHECKOUT, "dist");
/** The bundled `main.ts`, as deep as the modules in it, which find weights and data by their own place. */
export const PROGRAM = "lib/main.js";
/** The commands that work where the program is packed. */
export const COMMANDS = packedCommands(commandsIn(config.tasks), PROGRAM);

/** A folder with what a package holds, laid out as the checkout; it goes away at the end. */
export class Stage implements AsyncDisposable {
  /** Where it is. */
  readonly folder: string;
  readonly #signal: AbortSignal;
  /** Folders in it. */
  readonly parts = [dirname(PROGRAM)];

  private constructor(folder: string, signal: AbortSignal) {
    this.folder = folder;
    this.#signal = signal;
  }

  /** @param signal ends the work, with an error */
  static async create(parent: string, signal: AbortSignal): Promise<Stage> {
    try {
      await ensureDir(parent);
      return new Stage(await Deno.makeTempDir({ dir: parent, prefix: ".stage-" }), signal);
    } catch (error) {
      throw fileError("write to", parent, error);
    }
  }

  /**
   * Puts the program there, with the packages it uses; parts that are loaded late stay files of their own.
   *
   * @param modules what else can be imported from it
   */
  async bundle(modules: readonly string[] = []): Promise<void> {
    const outdir = join(this.folder, dirname(PROGRAM));
    const flags = ["--quiet", "--platform", "deno", "--code-splitting", "--outdir", outdir];
    const refusal = await this.deno(["bundle", ...flags, "main.ts", ...modules], CHECKOUT);
    if (refusal) throw new DigitFidError(`deno bundle failed: ${refusal}`);
    const folders = modules.map((module) => dirname(join(dirname(PROGRAM), module)));
    this.parts.push(...new Set(folders).difference(new Set(this.parts)));
  }

  /** Copies the files of a folder of the checkout. */
  async copy(part: string): Promise<void> {
    const to = join(this.folder, part);
    await ensureDir(to);
    for (const name of await listFiles(join(CHECKOUT, part))) {
      await Deno.copyFile(join(CHECKOUT, part, name), join(to, name));
    }
    this.parts.push(part);
  }

  /** All of its files. */
  async files(): Promise<ProgramFile[]> {
    const files: ProgramFile[] = [];
    for (const part of this.parts) {
      for (const name of await listFiles(join(this.folder, part))) {
        const data = await readFile(join(this.folder, part, name));
        files.push({ path: `${part}/${name}`, data, executable: false });
      }
    }
    return files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }

  /** Runs Deno. @returns undefined if it did well, or the line of its complaint that says most */
  async deno(args: string[], cwd = this.folder): Promise<string | undefined> {
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
