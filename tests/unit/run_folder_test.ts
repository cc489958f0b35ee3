import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DigitFidError, FormatError } from "../../lib/errors.ts";
import type { Checkpoint } from "../../lib/training/checkpoint.ts";
import { listFiles } from "../../lib/formats/files.ts";
import { readWeights, writeWeights } from "../../lib/network/weights_file.ts";
import { initialParameters } from "../../lib/model.ts";
import { initialState } from "../../lib/training/state.ts";
import { createRun, resumeRun, type RunConfig, saveRun } from "../../lib/training/run_folder.ts";
import { inFolder } from "../support/folders.ts";

const CONFIG: RunConfig = {
  arch: "linear",
  kernels: "stock",
  data: "data/mnist",
  images: 60000,
  epochs: 2,
  batchSize: 256,
  learningRate: 1e-3,
  seed: 1,
  logEvery: 10,
};
const WEIGHTS = { arch: CONFIG.arch, parameters: initialParameters("linear", 1) };

/** A run in its second epoch, with numbers that a decimal or float32 detour would change. */
const LATER: Checkpoint = {
  seed: 1,
  arch: "linear",
  state: {
    step: 300,
    parameters: initialParameters("linear", 2),
    firstMoment: initialParameters("linear", 3),
    secondMoment: initialParameters("linear", 4).map((value) => value * value * 1e-30),
    history: [{ epoch: 1, train_loss: 1 / 3, val_loss: null, val_accuracy: null, seconds: 0.1 + 0.2 }],
    lossSum: 1e5 / 7,
    seconds: 0.7 + 0.1,
  },
};

function runTest(name: string, test: (folder: string) => Promise<void>) {
  Deno.test(`run folder: ${name}`, () => inFolder((folder) => test(`${folder}/runs/one`)));
}

/** The same run, some steps on. */
const laterAt = (step: number): Checkpoint => ({ ...LATER, state: { ...LATER.state, step } });

runTest("a fresh one is whole from the start", async (folder) => {
  const { arch, state } = await createRun(folder, CONFIG);
  assertEquals(await listFiles(folder), ["config.json", "metrics.csv", "model.safetensors"]);
  assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)), CONFIG);
  assertEquals(await readWeights(`${folder}/model.safetensors`), WEIGHTS);
  assertEquals({ arch, state }, { arch: "linear", state: initialState(WEIGHTS.parameters) });
  const resumed = await resumeRun(folder, CONFIG);
  assertEquals(resumed, { checkpoint: { seed: 1, arch, state }, damage: [] });
});

runTest("what was saved comes back bit for bit, and its metrics are in a table", async (folder) => {
  await createRun(folder, CONFIG);
  await saveRun(folder, LATER);
  assertEquals(await resumeRun(folder, { ...CONFIG, epochs: 5 }), { checkpoint: LATER, damage: [] });
  assertEquals(await readWeights(`${folder}/model.safetensors`), {
    arch: "linear",
    parameters: LATER.state.parameters,
  });
  assertEquals(
    await Deno.readTextFile(`${folder}/metrics.csv`),
    "epoch,train_loss,val_loss,val_accuracy,seconds\n1,0.3333333333333333,,,0.30000000000000004\n",
  );
  assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).epochs, 5);
});

runTest("the last two checkpoints are kept; the older one serves if the newer is damaged", async (folder) => {
  await createRun(folder, CONFIG);
  for (const step of [300, 99_999_999, 100_000_000]) await saveRun(folder, laterAt(step));
  const [newer, older] = ["checkpoint-100000000.safetensors", "checkpoint-99999999.safetensors"];
  assertEquals((await listFiles(folder)).filter((name) => name.startsWith("checkpoint")), [newer, older]);

  await Deno.truncate(`${folder}/${newer}`, 5000);
  const { checkpoint, damage } = await resumeRun(folder, CONFIG);
  assertEquals(checkpoint, laterAt(99_999_999));
  assertEquals(damage.length, 1);
  assertStringIncludes(damage[0], newer);

  await Deno.copyFile(`${folder}/model.safetensors`, `${folder}/${older}`);
  const error = await assertRejects(() => resumeRun(folder, CONFIG), FormatError, "no checkpoint can be read");
  assertStringIncludes(error.message, "Adam's moments do not fit");
});

runTest("a checkpoint with weights that are no numbers is passed over", async (folder) => {
  await createRun(folder, CONFIG);
  await saveRun(folder, LATER);
  const parameters = LATER.state.parameters.slice();
  parameters[7] = NaN;
  await saveRun(folder, { ...LATER, state: { ...LATER.state, step: 400, parameters } });
  assertEquals((await resumeRun(folder, CONFIG)).checkpoint, LATER);
});

runTest("a run that is there is kept, unless it may be replaced", async (folder) => {
  await createRun(folder, CONFIG);
  await saveRun(folder, LATER);
  await assertRejects(() => createRun(folder, CONFIG), DigitFidError, "already holds a run");
  assertEquals((await resumeRun(folder, CONFIG)).checkpoint, LATER);
  await createRun(folder, CONFIG, { replace: true });
  assertEquals((await resumeRun(folder, CONFIG)).checkpoint.state.history, []);
});

runTest("a run goes on only with the settings it began with", async (folder) => {
  await assertRejects(() => resumeRun(folder, CONFIG), DigitFidError, "no such file or folder");
  await createRun(folder, CONFIG);
  await assertRejects(() => resumeRun(folder, { ...CONFIG, batchSize: 64 }), DigitFidError, "batchSize 256, not 64");
  await saveRun(folder, { ...LATER, seed: 2 });
  await assertRejects(() => resumeRun(folder, CONFIG), FormatError, "a checkpoint is of another run");
});

runTest("results that the end of the run left old are written again", async (folder) => {
  await createRun(folder, CONFIG);
  const results =
    async () => [await readWeights(`${folder}/model.safetensors`), await Deno.readTextFile(`${folder}/metrics.csv`)];
  await saveRun(folder, LATER);
  const [model, metrics] = await results();
  await writeWeights(`${folder}/model.safetensors`, WEIGHTS);
  await Deno.remove(`${folder}/metrics.csv`);
  await resumeRun(folder, CONFIG);
  assertEquals(await results(), [model, metrics]);
});

runTest("damaged settings are refused", async (folder) => {
  await createRun(folder, CONFIG);
  await Deno.writeTextFile(`${folder}/config.json`, "{");
  await assertRejects(() => resumeRun(folder, CONFIG), FormatError, "config.json: expected JSON");
});

runTest("a folder that cannot be made is one clear line", async (folder) => {
  await createRun(folder, CONFIG);
  const inside = `${folder}/config.json/run`;
  await assertRejects(() => createRun(inside, CONFIG), DigitFidError, "a part of the path is a file");
});
