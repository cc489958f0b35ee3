/** Training killed with SIGKILL again and again, and resumed, ends with the very bytes of one that nobody touched. */
import { assert, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { readCheckpoint } from "../../lib/training/checkpoint.ts";
import { readWeights } from "../../lib/network/weights_file.ts";
import type { Arch } from "../../lib/model.ts";
import { Random } from "../../lib/random.ts";
import { parseMetrics } from "../../lib/training/record.ts";
import { resultOf, startDigitFid, Workspace } from "../support/cli.ts";
import { ARCHS } from "../support/support.ts";

/** Kills of the run of each head. */
const KILLS = 10;
/** Milliseconds in which a kill may come, from the first epoch on; an epoch takes some 50. */
const WITHIN = 300;

/** Trains a head on 64 images, four steps an epoch. */
const startTraining = (folder: string, arch: Arch, args: string[]) =>
  startDigitFid(
    [
      "train",
      "--data",
      "data",
      "--kernels",
      "cpu",
      "--arch",
      arch,
      "--batch-size",
      "16",
      "--log-every",
      "1000000",
      ...args,
    ],
    folder,
  );

Deno.test(`resume: ${2 * KILLS} kills at random moments change not one bit, and leave no file unreadable`, async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const cutOff = await Promise.all(ARCHS.map(async (arch, seed) => {
    const cutOff = await killAndResume(folder, arch, seed);
    const epochs = String(await checkFiles(`${folder}/${arch}`) + 3);
    for (const args of [["--out", arch, "--resume"], ["--out", `${arch}-whole`]]) {
      assertEquals((await resultOf(startTraining(folder, arch, ["--epochs", epochs, ...args]))).code, 0);
    }
    await assertSameRun(`${folder}/${arch}`, `${folder}/${arch}-whole`);
    return cutOff;
  }));
  const files = cutOff.reduce((a, b) => a + b);
  assertGreater(files, 0);
  console.log(`${files} of ${2 * KILLS} kills came while a file was being written`);
});

/** Starts a run and kills it, over and over; how many kills left a file half-written. */
async function killAndResume(folder: string, arch: Arch, seed: number): Promise<number> {
  const random = new Random(seed, 0);
  let cutOff = 0;
  for (let kill = 0, epoch = 0; kill < KILLS; kill++) {
    const args = ["--epochs", "1000000", "--out", arch, ...kill === 0 ? [] : ["--resume"]];
    const process = startTraining(folder, arch, args);
    let timed = false;
    const { stdout, stderr } = await resultOf(process, async (stdout) => {
      if (timed || !stdout.includes("epoch")) return;
      timed = true;
      await new Promise((resolve) => setTimeout(resolve, WITHIN * random.uniform()));
      if (kill % 2 === 1) await nextWrite(`${folder}/${arch}`);
      process.kill("SIGKILL");
    });
    assertEquals(stderr, "");
    const saved = await checkFiles(`${folder}/${arch}`);
    const shown = Number(/.*epoch (\d+)\//s.exec(stdout)?.[1]);
    assertGreaterOrEqual(saved, Math.max(shown, epoch), `kill ${kill}: a finished epoch is lost`);
    epoch = saved;
    if (names(`${folder}/${arch}`).some((name) => name.endsWith(".tmp"))) cutOff++;
  }
  return cutOff;
}

/** Waits for a file to begin to be written. */
async function nextWrite(folder: string): Promise<void> {
  for await (const { kind, paths } of Deno.watchFs(folder)) {
    if (kind === "create" && paths[0].endsWith(".tmp")) return;
  }
}

/** Reads every file of a run that goes by its final name, and returns the last epoch saved. */
async function checkFiles(folder: string): Promise<number> {
  JSON.parse(Deno.readTextFileSync(`${folder}/config.json`));
  await readWeights(`${folder}/model.safetensors`);
  const shown = parseMetrics(Deno.readTextFileSync(`${folder}/metrics.csv`), "metrics.csv").length;
  const checkpoints = names(folder).filter((name) => /^checkpoint-.*safetensors$/.test(name));
  const epochs: number[] = [];
  for (const name of checkpoints) epochs.push((await readCheckpoint(`${folder}/${name}`)).state.history.length);
  // A kill may come between a checkpoint and what follows it, the removal of the oldest included.
  assert(epochs.length >= 1 && epochs.length <= 3, `${checkpoints}`);
  const last = epochs[epochs.length - 1];
  assert(shown === last || shown === last - 1, `${shown} epochs in metrics.csv, ${last} in the checkpoint`);
  return last;
}

/** All that a run keeps is the same, but for the time it took. */
async function assertSameRun(one: string, other: string): Promise<void> {
  assertEquals(names(one), names(other));
  assertEquals(Deno.readFileSync(`${one}/model.safetensors`), Deno.readFileSync(`${other}/model.safetensors`));
  const checkpoints = names(one).filter((name) => name.startsWith("checkpoint"));
  assert(checkpoints.length > 0, "there is a checkpoint");
  for (const name of checkpoints) {
    const [a, b] = [await readCheckpoint(`${one}/${name}`), await readCheckpoint(`${other}/${name}`)];
    const [found, expected] = [a, b].map(({ state: { history, ...state } }) => ({
      ...state,
      losses: history.map(({ train_loss }) => train_loss),
    }));
    assertEquals(found, expected);
  }
}

function names(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
}
