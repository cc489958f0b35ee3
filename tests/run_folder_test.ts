import { assertEquals, assertRejects } from "@std/assert";
import { DigitFidError, FormatError } from "../lib/errors.ts";
import { readWeights } from "../lib/formats/weights_file.ts";
import { initialParameters } from "../lib/model.ts";
import { type Checkpoint, createRun, resumeRun, type RunConfig, saveRun } from "../lib/run_folder.ts";

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
  weights: { arch: "linear", parameters: initialParameters("linear", 2) },
  adam: {
    step: 300,
    firstMoment: initialParameters("linear", 3),
    secondMoment: initialParameters("linear", 4).map((value) => value * value * 1e-30),
  },
  history: [{ epoch: 1, train_loss: 1 / 3, val_loss: null, val_accuracy: null, seconds: 0.1 + 0.2 }],
};

function runTest(name: string, test: (folder: string) => Promise<void>) {
  Deno.test(`run folder: ${name}`, async () => {
    const parent = await Deno.makeTempDir();
    try {
      await test(`${parent}/runs/one`);
    } finally {
      await Deno.remove(parent, { recursive: true });
    }
  });
}

runTest("a fresh one is whole from the start", async (folder) => {
  await createRun(folder, CONFIG, WEIGHTS);
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();
  assertEquals(names, ["checkpoint.safetensors", "config.json", "metrics.csv", "model.safetensors"]);
  assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)), CONFIG);
  assertEquals(await readWeights(`${folder}/model.safetensors`), WEIGHTS);
  const { weights, adam, history } = await resumeRun(folder, CONFIG);
  assertEquals([weights, history], [WEIGHTS, []]);
  assertEquals([adam.step, adam.firstMoment.every((m) => m === 0), adam.secondMoment.length], [0, true, 7178]);
});

runTest("what was saved comes back bit for bit, and its metrics are in a table", async (folder) => {
  await createRun(folder, CONFIG, WEIGHTS);
  await saveRun(folder, LATER);
  assertEquals(await resumeRun(folder, { ...CONFIG, epochs: 5 }), LATER);
  assertEquals(await readWeights(`${folder}/model.safetensors`), LATER.weights);
  assertEquals(
    await Deno.readTextFile(`${folder}/metrics.csv`),
    "epoch,train_loss,val_loss,val_accuracy,seconds\n1,0.3333333333333333,,,0.30000000000000004\n",
  );
  assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).epochs, 5);
});

runTest("a run that is there is kept, unless it may be replaced", async (folder) => {
  await createRun(folder, CONFIG, WEIGHTS);
  await saveRun(folder, LATER);
  await assertRejects(() => createRun(folder, CONFIG, WEIGHTS), DigitFidError, "already holds a run");
  assertEquals(await resumeRun(folder, CONFIG), LATER);
  await createRun(folder, CONFIG, WEIGHTS, { replace: true });
  assertEquals((await resumeRun(folder, CONFIG)).history, []);
});

runTest("a run goes on only with the settings it began with", async (folder) => {
  await assertRejects(() => resumeRun(folder, CONFIG), DigitFidError, "no such file or folder");
  await createRun(folder, CONFIG, WEIGHTS);
  await assertRejects(() => resumeRun(folder, { ...CONFIG, batchSize: 64 }), DigitFidError, "batchSize 256, not 64");
});

runTest("a damaged checkpoint is refused", async (folder) => {
  await createRun(folder, CONFIG, WEIGHTS);
  await Deno.truncate(`${folder}/checkpoint.safetensors`, 5000);
  await assertRejects(() => resumeRun(folder, CONFIG), FormatError, "checkpoint.safetensors");
  await Deno.copyFile(`${folder}/model.safetensors`, `${folder}/checkpoint.safetensors`);
  await assertRejects(() => resumeRun(folder, CONFIG), FormatError, "Adam's moments do not fit");
  await Deno.writeTextFile(`${folder}/config.json`, "{");
  await assertRejects(() => resumeRun(folder, CONFIG), FormatError, "config.json: expected JSON");
});

runTest("a folder that cannot be made is one clear line", async (folder) => {
  await createRun(folder, CONFIG, WEIGHTS);
  const inside = `${folder}/config.json/run`;
  await assertRejects(() => createRun(inside, CONFIG, WEIGHTS), DigitFidError, "a part of the path is a file");
});
