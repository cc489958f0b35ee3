import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { DigitFidError, FormatError } from "../../lib/errors.ts";
import { listFiles } from "../../lib/formats/files.ts";
import { LOCK } from "../../lib/formats/lock.ts";
import { initialParameters } from "../../lib/model.ts";
import { readWeights, writeWeights } from "../../lib/network/weights_file.ts";
import { readCheckpoint, writeCheckpoint } from "../../lib/training/checkpoint.ts";
import { newRun, parseConfig, type RunSettings } from "../../lib/training/run.ts";
import { RunFolder } from "../../lib/training/run_folder.ts";
import { initialState, type TrainState } from "../../lib/training/state.ts";
import { inFolder } from "../support/folders.ts";
import { SETTINGS as OTHERS } from "../support/run.ts";

const SETTINGS: RunSettings = { ...OTHERS, arch: "linear", epochs: 2 };
const PARAMETERS = initialParameters("linear", 1);

/** In the second epoch, with numbers that a decimal or float32 detour would change. */
const LATER: TrainState = {
  step: 300,
  parameters: initialParameters("linear", 2),
  firstMoment: initialParameters("linear", 3),
  secondMoment: initialParameters("linear", 4).map((value) => value * value * 1e-30),
  history: [{ epoch: 1, train_loss: 1 / 3, val_loss: null, val_accuracy: null, seconds: 0.1 + 0.2 }],
  lossSum: 1e5 / 7,
  seconds: 0.7 + 0.1,
};

/** The same run, some steps on. */
const laterAt = (step: number): TrainState => ({ ...LATER, step });

function runTest(name: string, test: (folder: string) => Promise<void>) {
  Deno.test(`run folder: ${name}`, () => inFolder((folder) => test(`${folder}/runs/one`)));
}

/** Starts a run, and saves states. */
async function runWith(folder: string, states: readonly TrainState[] = [], settings = SETTINGS): Promise<void> {
  using run = await RunFolder.forNew(folder);
  await run.start(settings);
  for (const state of states) await run.save(state);
}

/** Opens the run that is there, and frees it. */
async function resumed(folder: string, settings: Partial<RunSettings> = {}) {
  using run = await RunFolder.toResume(folder);
  const { state, config, changes } = await run.resume({ ...run.found!, ...settings });
  return { state, config, changes, warnings: run.warnings };
}

const hashOf = async (file: string) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(file))).toHex();

const edit = (file: string, change: (text: string) => string) =>
  Deno.writeTextFileSync(file, change(Deno.readTextFileSync(file)));

runTest("a fresh one is whole from the start, and known by its mark", async (folder) => {
  await runWith(folder);
  assertEquals(await listFiles(folder), ["config.json", "metrics.csv", "model.safetensors"]);
  const { format, version, id, changes, ...settings } = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
  assertEquals({ format, version, changes }, { format: "digit-fid run", version: 1, changes: [] });
  assertEquals(settings, SETTINGS);
  assertMatch(id, /^[0-9a-f-]{36}$/);
  assertEquals(await readWeights(`${folder}/model.safetensors`), { arch: "linear", parameters: PARAMETERS });
  const { state, warnings } = await resumed(folder);
  assertEquals(state, initialState(PARAMETERS));
  assertEquals(warnings, []);
});

runTest("what was saved comes back bit for bit, and its metrics are in a table", async (folder) => {
  await runWith(folder, [LATER]);
  assertEquals((await resumed(folder)).state, LATER);
  assertEquals(await readWeights(`${folder}/model.safetensors`), { arch: "linear", parameters: LATER.parameters });
  assertEquals(
    await Deno.readTextFile(`${folder}/metrics.csv`),
    "epoch,train_loss,val_loss,val_accuracy,seconds\n1,0.3333333333333333,,,0.30000000000000004\n",
  );
});

runTest("the last two checkpoints are kept; the older one serves if the newer is damaged", async (folder) => {
  const long = { ...SETTINGS, images: 256 * 1e9 }; // so many that every step lies in the first epoch
  const states = [300, 99_999_999, 100_000_000].map((step) => ({ ...laterAt(step), history: [] }));
  await runWith(folder, states, long);
  const [newer, older] = ["checkpoint-100000000.safetensors", "checkpoint-99999999.safetensors"];
  assertEquals((await listFiles(folder)).filter((name) => name.startsWith("checkpoint")), [newer, older]);

  await Deno.truncate(`${folder}/${newer}`, 5000);
  const { state, warnings } = await resumed(folder);
  assertEquals(state, states[1]);
  assertEquals(warnings.length, 1);
  assertStringIncludes(warnings[0], newer);

  await Deno.copyFile(`${folder}/model.safetensors`, `${folder}/${older}`);
  const error = await assertRejects(() => resumed(folder), FormatError, "no checkpoint can be read");
  assertStringIncludes(error.message, "not a checkpoint");
  // What the message says to do works.
  for (const name of [newer, older]) await Deno.remove(`${folder}/${name}`);
  assertEquals((await resumed(folder)).state, initialState(PARAMETERS));
});

runTest("a checkpoint whose parts do not fit together is passed over", async (folder) => {
  await runWith(folder, [LATER]);
  const { config } = await readCheckpoint(`${folder}/checkpoint-00000300.safetensors`);
  const epoch = LATER.history[0];
  const wrong: Record<string, [state: Partial<TrainState>, message: RegExp]> = {
    "a weight that is no number": [{ parameters: LATER.parameters.with(7, NaN) }, /element \d+ is NaN/],
    "a moment that is no number": [{ firstMoment: LATER.firstMoment.with(7, Infinity) }, /every number is finite/],
    "a moment too short": [{ secondMoment: new Float32Array(7) }, /moments do not fit/],
    "an epoch too many": [{ history: [epoch, { ...epoch, epoch: 2 }] }, /2 epochs are finished, but step 400 .* 2$/],
    "an epoch of another number": [{ history: [{ ...epoch, epoch: 2 }] }, /expected a history/],
    "a loss that is none": [{ history: [{ ...epoch, train_loss: "low" as unknown as number }] }, /expected a history/],
    "a sum that is none": [{ lossSum: NaN }, /every number is finite/],
    "a time before its start": [{ seconds: -1 }, /its time -1 s/],
    "half a step": [{ step: 400.5 }, /step is 400.5/],
    "time without end": [{ seconds: Infinity }, /its time Infinity s/],
    "a mean of squares below zero": [{ secondMoment: LATER.secondMoment.with(7, -1) }, /is negative/],
  };
  for (const [what, [state, message]] of Object.entries(wrong)) {
    const path = `${folder}/checkpoint-00000400.safetensors`;
    await writeCheckpoint(path, { config, state: { ...laterAt(400), ...state } });
    const found = await resumed(folder);
    assertEquals(found.state, LATER, what);
    assertMatch(found.warnings.join(), message, what);
  }
});

runTest("another run's checkpoints, or its settings, stop a run before it writes over them", async (folder) => {
  await runWith(folder, [LATER]);
  const other = `${folder}/checkpoint-00000400.safetensors`;
  await writeCheckpoint(other, { config: newRun(SETTINGS), state: laterAt(400) });
  const files = async () => await Promise.all((await listFiles(folder)).map((name) => hashOf(`${folder}/${name}`)));
  const before = await files();
  const message = `${folder}: checkpoint-00000400.safetensors: of another run than config.json: move away what`;
  await assertRejects(() => resumed(folder), DigitFidError, message);
  assertEquals(await files(), before);
  await Deno.remove(other); // what the message says to do works
  assertEquals((await resumed(folder)).state, LATER);

  edit(`${folder}/config.json`, (text) => text.replace(/"id": "[^"]*"/, `"id": "another"`));
  await assertRejects(() => resumed(folder), DigitFidError, "checkpoint-00000300.safetensors: of another run than");
});

runTest("a replacing that was killed is resumed, and replaced, as what it was to become", async (folder) => {
  for (const replace of [false, true]) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await runWith(folder, [LATER]);
    const old = `${folder}/checkpoint-00000300.safetensors`, bytes = await Deno.readFile(old);
    {
      using run = await RunFolder.forNew(folder, { replace: true });
      await run.start(SETTINGS);
    }
    await Deno.writeFile(old, bytes); // as if the end had come before the last act of the start
    using run = replace ? await RunFolder.forNew(folder, { replace }) : await RunFolder.toResume(folder);
    const state = replace ? await run.start(SETTINGS) : (await run.resume({ ...SETTINGS })).state;
    assertEquals(state, initialState(PARAMETERS));
    assertEquals(run.warnings, []);
    assertEquals((await listFiles(folder)).filter((name) => name.startsWith("checkpoint")), []);
  }
});

runTest("a checkpoint in which a bit is flipped, or that was renamed, is noticed", async (folder) => {
  await runWith(folder, [LATER]);
  const path = `${folder}/checkpoint-00000300.safetensors`, whole = await Deno.readFile(path);
  for (const at of [whole.length - 5, whole.length >> 1]) {
    await Deno.writeFile(path, whole.with(at, whole[at] ^ 4));
    await assertRejects(() => resumed(folder), FormatError, `${path}: damaged, as its hash says`);
  }
  await Deno.remove(path);
  const renamed = `${folder}/checkpoint-00000999.safetensors`;
  await Deno.writeFile(renamed, whole);
  await assertRejects(() => resumed(folder), FormatError, `${renamed}: renamed: it is of step 300`);
});

runTest("a run that is there is kept, unless it may be replaced", async (folder) => {
  await runWith(folder, [LATER]);
  await assertRejects(() => RunFolder.forNew(folder), DigitFidError, "already holds a run");
  assertEquals((await resumed(folder)).state, LATER);
  {
    using run = await RunFolder.forNew(folder, { replace: true });
    assertEquals(await listFiles(folder), [
      LOCK,
      "checkpoint-00000300.safetensors",
      "config.json",
      "metrics.csv",
      "model.safetensors",
    ], "nothing is touched before the new one starts");
    await run.start(SETTINGS);
  }
  assertEquals(await listFiles(folder), ["config.json", "metrics.csv", "model.safetensors"]);
  assertEquals((await resumed(folder)).state.history, []);
});

runTest("files of others are left alone, whatever their names", async (folder) => {
  await Deno.mkdir(folder, { recursive: true });
  const config = `{"hidden_size": 768}`;
  const others: Record<string, string> = {
    "config.json": config,
    "model.safetensors": "weights of others",
    "checkpoint-500.safetensors": "a checkpoint of others",
    "metrics.csv": "a,b\n1,2\n",
  };
  for (const name of Object.keys(others)) {
    await Deno.writeTextFile(`${folder}/${name}`, others[name]);
    for (const replace of [false, true]) {
      const error = await assertRejects(() => RunFolder.forNew(folder, { replace }), DigitFidError);
      assertEquals(error.message, `${folder} holds ${name}, but no run: choose another folder`);
    }
    assertEquals(await listFiles(folder), [name]);
    await Deno.remove(`${folder}/${name}`);
  }

  await runWith(folder, [LATER]);
  for (const name of ["model.safetensors", "checkpoint-500.safetensors", "metrics.csv"]) {
    const before = await Deno.readFile(`${folder}/${name}`).catch(() => undefined);
    await Deno.writeTextFile(`${folder}/${name}`, others[name]);
    await assertRejects(() => RunFolder.forNew(folder, { replace: true }), DigitFidError, `${folder}: ${name} cannot`);
    assertEquals(await Deno.readTextFile(`${folder}/${name}`), others[name]);
    if (before) await Deno.writeFile(`${folder}/${name}`, before);
    else await Deno.remove(`${folder}/${name}`);
  }
  (await RunFolder.forNew(folder, { replace: true }))[Symbol.dispose]();
});

runTest("temporary files that a killed process left are cleared away; a user's are not", async (folder) => {
  await runWith(folder, [LATER]);
  const left = "checkpoint-00000300.safetensors.0123abcd.tmp";
  const users = ["config.json.tmp", "notes.0123abcd.tmp"];
  for (const name of [left, ...users]) await Deno.writeTextFile(`${folder}/${name}`, "half");
  await resumed(folder);
  const files = await listFiles(folder);
  assertEquals(users.map((name) => files.includes(name)), [true, true]);
  assert(!files.includes(left));
});

runTest("a run goes on only with the settings it began with", async (folder) => {
  await assertRejects(() => resumed(folder), DigitFidError, "no such file or folder");
  await runWith(folder, [LATER]);
  const fixed: [Partial<RunSettings>, string][] = [
    [{ arch: "mlp" }, "arch linear, not mlp"],
    [{ batchSize: 64 }, "batchSize 256, not 64"],
    [{ seed: 2 }, "seed 1, not 2"],
    [{ transpose: true }, "transpose false, not true"],
    [{ images: 6000 }, "images 60000, not 6000"],
    [{ imagesSha256: "ef" }, `training images of SHA-256 ${SETTINGS.imagesSha256}, not ef`],
    [{ validationSha256: "ef" }, `validation images of SHA-256 ${SETTINGS.validationSha256}, not ef`],
    [{ epochs: 0 }, "the run has 1 epochs already, not 0"],
  ];
  for (const [settings, message] of fixed) {
    await assertRejects(() => resumed(folder, settings), DigitFidError, message);
  }
  assertEquals((await resumed(folder)).config.changes, []);
});

runTest("what may change is written down, with the epoch from which it holds", async (folder) => {
  await runWith(folder, [LATER]);
  const at = { epoch: 2, step: 300 };
  const first = await resumed(folder, { epochs: 5, learningRate: 1e-4 });
  assertEquals(first.changes, [
    { setting: "epochs", from: 2, to: 5, ...at },
    { setting: "learningRate", from: 1e-3, to: 1e-4, ...at },
  ]);
  const second = await resumed(folder, { kernels: "webgpu", data: "elsewhere" });
  assertEquals(second.changes, [{ setting: "kernels", from: "stock", to: "webgpu", ...at }]);
  const config = parseConfig(await Deno.readTextFile(`${folder}/config.json`), "config.json");
  assertEquals(config, second.config);
  assertEquals(config.changes, [...first.changes, ...second.changes]);
  assertEquals([config.epochs, config.learningRate, config.kernels, config.data], [5, 1e-4, "webgpu", "elsewhere"]);
});

runTest("settings with the kernels' former name are read as they are called now", async (folder) => {
  await runWith(folder, [LATER]);
  const text = await Deno.readTextFile(`${folder}/config.json`);
  const named = (kernels: string) => parseConfig(text.replace(`"stock"`, `"${kernels}"`), "config.json").kernels;
  assertEquals(["fused", "webgpu", "cpu"].map(named), ["webgpu", "webgpu", "cpu"]);
});

runTest("results that the end of the run left old are written again", async (folder) => {
  await runWith(folder, [LATER]);
  const results =
    async () => [await readWeights(`${folder}/model.safetensors`), await Deno.readTextFile(`${folder}/metrics.csv`)];
  const [model, metrics] = await results();
  await writeWeights(`${folder}/model.safetensors`, { arch: "linear", parameters: PARAMETERS });
  await Deno.remove(`${folder}/metrics.csv`);
  await resumed(folder);
  assertEquals(await results(), [model, metrics]);
});

runTest(
  "settings that are damaged, changed or of a newer version are refused, with what is still whole",
  async (folder) => {
    await runWith(folder, [LATER]);
    const file = `${folder}/config.json`;
    const whole = "checkpoint-00000300.safetensors, metrics.csv, model.safetensors";
    const config = Deno.readTextFileSync(file);

    edit(file, (text) => text.replace(`"version": 1`, `"version": 2`));
    const newer = await assertRejects(() => resumed(folder), FormatError, "written by a newer version of digit-fid");
    assertStringIncludes(newer.message, `Still whole: ${whole}`);
    await assertRejects(() => RunFolder.forNew(folder, { replace: true }), FormatError, "newer version");

    const damage: [string, string, string][] = [
      [`"linear"`, `"deep"`, "damaged: arch deep"],
      [`"kernels": "stock"`, `"kernels": "gpu"`, "damaged: kernels gpu"],
      [`"batchSize": 256`, `"batchSize": 0`, "damaged: batchSize: expected an integer of at least 1, found 0"],
      [`"seed": 1`, `"seed": "1"`, `damaged: seed: expected a number, found "1"`],
      [`"seed": 1,`, "", "damaged: seed: expected a number, found nothing"],
      [`"saveEvery": 1`, `"saveEvery": 0`, "damaged: saveEvery: expected an integer of at least 1, found 0"],
      [`"images": 60000`, `"images": 2.5`, "damaged: images: expected an integer of at least 1, found 2.5"],
      [`"version": 1`, `"version": 0`, "damaged: version 0"],
      [`"version": 1`, `"version": "1"`, `damaged: version "1"`],
      [`"changes"`, `"replaces": 5, "changes"`, "damaged: replaces"],
      ["{", "", "damaged: expected JSON"],
    ];
    for (const [was, is, message] of damage) {
      Deno.writeTextFileSync(file, config.replace(was, is));
      const error = await assertRejects(() => resumed(folder), FormatError, `${file}: ${message}`);
      assertMatch(error.message, /Still whole: checkpoint-.*: remove config.json, then resume$/);
    }
    // What the message says to do works.
    await Deno.remove(file);
    assertEquals((await resumed(folder)).state, LATER);
    assertEquals(Deno.readTextFileSync(file), config);

    edit(file, (text) => text.replace(`"batchSize": 256`, `"batchSize": 255`));
    await assertRejects(() => resumed(folder), FormatError, "with batchSize 256, not 255 as in config.json: remove");
  },
);

runTest("one process at a time; a folder made for nothing goes away", async (folder) => {
  {
    using _run = await RunFolder.forNew(folder);
    const [forNew, toResume] = [() => RunFolder.forNew(folder, { replace: true }), () => RunFolder.toResume(folder)];
    for (const take of [forNew, toResume]) {
      const error = await assertRejects(take, DigitFidError, `${folder} is in use by process ${Deno.pid}`);
      assertMatch(error.message, /: wait for its end, or end it$/);
    }
  }
  await assertRejects(() => Deno.stat(folder), Deno.errors.NotFound);
  await runWith(folder);
  assertEquals(await listFiles(folder), ["config.json", "metrics.csv", "model.safetensors"]);
});

runTest("nothing is written to another folder that takes the run's place, and its lock stays", async (folder) => {
  {
    const run = await RunFolder.forNew(folder);
    await run.start(SETTINGS);
    await Deno.rename(folder, `${folder}-moved`);
    const gone = `${folder} was moved, removed or replaced while it was in use: put it back`;
    await assertRejects(() => run.save(LATER), DigitFidError, gone);
    using other = await RunFolder.forNew(folder);
    await assertRejects(() => run.save(LATER), DigitFidError, gone);
    run[Symbol.dispose]();
    assertEquals(await listFiles(folder), [LOCK]);
    await other.start(SETTINGS);
    await other.save(LATER);
  }
  assertEquals((await resumed(folder)).state, LATER);
  assertEquals((await resumed(`${folder}-moved`)).state, initialState(PARAMETERS));
});

runTest("one that is moved between two files of a save is not written to in its old place", async (folder) => {
  {
    using run = await RunFolder.forNew(folder);
    await run.start(SETTINGS);
    const saving = run.save(LATER).then(() => "saved", (error: Error) => error.message);
    const isThere = () => [...Deno.readDirSync(folder)].some(({ name }) => name === "checkpoint-00000300.safetensors");
    while (!isThere()) await new Promise((resolve) => setTimeout(resolve));
    Deno.renameSync(folder, `${folder}-moved`);
    Deno.mkdirSync(folder);
    assertStringIncludes(await saving, "was moved, removed or replaced");
    assertEquals(await listFiles(folder), []);
  }
  assertEquals((await resumed(`${folder}-moved`)).state, LATER);
});

runTest(
  "one that is moved as a file is begun is not written to in its old place, nor is a file half there",
  async (folder) => {
    for (let i = 0; i < 8; i++) {
      {
        using run = await RunFolder.forNew(folder);
        await run.start(SETTINGS);
        const saving = run.save(LATER).then(() => "saved", (error: Error) => error.message);
        Deno.renameSync(folder, `${folder}-moved`);
        Deno.mkdirSync(folder);
        assertMatch(await saving, /was moved, removed or replaced|no such file or folder/);
      }
      assertEquals(await listFiles(folder), []);
      Deno.removeSync(folder);
      assertEquals((await resumed(`${folder}-moved`)).state, initialState(PARAMETERS));
      Deno.removeSync(`${folder}-moved`, { recursive: true });
    }
  },
);

runTest("a folder where a file of the run belongs is seen before anything is written", async (folder) => {
  await runWith(folder, [LATER]);
  await Deno.remove(`${folder}/metrics.csv`);
  await Deno.mkdir(`${folder}/metrics.csv`);
  const message = `cannot write ${folder}/metrics.csv: it is a folder, not a file`;
  for (const take of [() => RunFolder.toResume(folder), () => RunFolder.forNew(folder, { replace: true })]) {
    await assertRejects(take, DigitFidError, message);
  }
  assertEquals(await listFiles(folder), ["checkpoint-00000300.safetensors", "config.json", "model.safetensors"]);
});

runTest("a lock that is a link is refused: what it leads to is of others", async (folder) => {
  await runWith(folder);
  await Deno.writeTextFile(`${folder}/notes.txt`, "mine");
  await Deno.symlink("notes.txt", `${folder}/${LOCK}`);
  await assertRejects(() => RunFolder.toResume(folder), DigitFidError, `${folder}/${LOCK} is a link: remove it`);
  assertEquals(await Deno.readTextFile(`${folder}/notes.txt`), "mine");
});

runTest("a folder that cannot be made is one clear line", async (folder) => {
  await runWith(folder);
  await assertRejects(() => runWith(`${folder}/config.json/run`), DigitFidError, "a part of the path is a file");
});

runTest("the step to resume from is the checkpoint's, also where what follows it cannot be written", async (folder) => {
  {
    using run = await RunFolder.forNew(folder);
    await run.start(SETTINGS);
    assertEquals(run.step, 0);
    await Deno.remove(`${folder}/metrics.csv`);
    await Deno.mkdir(`${folder}/metrics.csv`);
    await assertRejects(() => run.save(LATER), DigitFidError, "metrics.csv");
    assertEquals(run.step, LATER.step);
  }
  await Deno.remove(`${folder}/metrics.csv`);
  assertEquals((await resumed(folder)).state.step, LATER.step, "as it says");
});
