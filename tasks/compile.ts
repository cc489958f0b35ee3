/** `digit-fid compile`: the program as one executable file. */
import { dirname, join, resolve } from "node:path";
import config from "../deno.json" with { type: "json" };
import { checkoutPath } from "../lib/checkout.ts";
import { UsageError } from "../lib/errors.ts";
import { unionOfPermissions } from "../lib/packaging/commands.ts";
import { type ProgramFile, selfExtracting } from "../lib/packaging/self_extracting.ts";
import { readFile, writeFileAtomic } from "../lib/formats/files.ts";
import { path, toggle } from "../cli/flags.ts";
import { interruption } from "../cli/interrupt.ts";
import { EXECUTABLE } from "../cli/kinds.ts";
import { checkFile, FORCE_FLAG } from "../cli/results.ts";
import { COMMANDS, DIST, PROGRAM, Stage } from "../cli/stage.ts";
import { defineTask } from "../cli/task.ts";

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
    const refusal = await compileStage(stage, file);
    if (refusal) {
      output.note(`deno compile does not work here (${refusal}): making a file that unpacks itself …`);
      const bytes = await selfExtracting([...await stage.files(), ...await runtimeFiles()]);
      await writeFileAtomic(file, bytes, { replace: force, mode: 0o755 });
    }
    const { size } = await Deno.stat(file);
    output.result(
      { out: file, bytes: size, self_extracting: Boolean(refusal) },
      `${file}, ${(size / 1e6).toFixed()} MB`,
      { saved: true },
    );
  },
});

/** Makes an executable by `deno compile`, in the place of any file. @returns why it could not */
async function compileStage(stage: Stage, file: string): Promise<string | undefined> {
  const includes = stage.parts.flatMap((part) => ["--include", part]);
  const flags = ["--quiet", "--no-check", "--no-config", "--no-prompt", ...unionOfPermissions(COMMANDS), ...includes];
  const refusal = await stage.deno(["compile", ...flags, "--output", "executable", PROGRAM]);
  if (!refusal) await Deno.rename(join(stage.folder, "executable"), file);
  return refusal;
}

/** Deno where the launcher looks for it first, the launcher, and the tasks that it starts. */
async function runtimeFiles(): Promise<ProgramFile[]> {
  const tasks = new TextEncoder().encode(JSON.stringify({ version: config.version, tasks: COMMANDS }, null, 2));
  return [
    { path: "digit-fid", data: await readFile(checkoutPath("digit-fid")), executable: true },
    { path: "deno.json", data: tasks, executable: false },
    { path: ".deno/node_modules/@deno/packed/deno", data: await readFile(Deno.execPath()), executable: true },
  ];
}
