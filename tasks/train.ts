/** `digit-fid train`: trains a network and keeps the run in a folder. */
import { join } from "node:path";
import { createNetwork } from "../lib/network/create.ts";
import { type LabelledImages, limit } from "../lib/data/images.ts";
import { DigitFidError, UsageError } from "../lib/errors.ts";
import type { Checkpoint } from "../lib/training/checkpoint.ts";
import { explainGpuError } from "../lib/network/webgpu/gpu.ts";
import type { Arch } from "../lib/model.ts";
import { createRun, resumeRun, type RunConfig, saveRun } from "../lib/training/run_folder.ts";
import type { EpochRecord } from "../lib/training/record.ts";
import { train as trainNetwork } from "../lib/train.ts";
import type { TrainState } from "../lib/training/state.ts";
import { confine } from "../cli/confine.ts";
import { percent } from "../lib/numerals.ts";
import { choice, integer, path, positive, toggle, type Values } from "../cli/flags.ts";
import { DATA_FLAGS, dataDirectory, KERNELS_FLAG, loadImages } from "../cli/inputs.ts";
import { InterruptedError, interruption } from "../cli/interrupt.ts";
import type { Output } from "../cli/output.ts";
import { Progress, showDuration } from "../cli/progress.ts";
import { announceGpu, defineTask } from "../cli/task.ts";

const FLAGS = {
  epochs: integer("passes over the training images", 100, { min: 1 }),
  batchSize: integer("images a step", 256, { min: 1, max: 4096 }),
  lr: positive("Adam's learning rate", 1e-3),
  arch: choice<Arch>("the head: 16,554 or 7,178 parameters in all", "mlp", ["mlp", "linear"]),
  ...KERNELS_FLAG,
  seed: integer("seed of weights, order and dropout", 0, { min: 0, max: 2 ** 32 - 1 }),
  limit: integer("train on the first N images only", undefined, { min: 1 }),
  saveEvery: integer("keep a checkpoint every N epochs, and at the end", 1, { min: 1 }),
  logEvery: integer("validate every N epochs, and at the end", 10, { min: 1 }),
  ...DATA_FLAGS,
  out: path("folder of the run (runs/DATE)", undefined, "DIR"),
  resume: toggle("go on with the run in --out"),
  force: toggle("replace the run in --out"),
};
type TrainValues = Values<typeof FLAGS>;

/** The task. */
export const train = defineTask({
  name: "train",
  about: "trains the classifier and keeps settings, metrics and weights in a run folder.",
  example: "--epochs 10 --out runs/first",
  flags: FLAGS,
  async run(values, output) {
    if (values.resume && values.force) throw new UsageError("--resume goes on with a run, --force replaces it: choose");
    if (values.resume && !values.out) throw new UsageError("--resume needs --out, the folder of the run to go on with");
    const out = values.out ?? join("runs", new Date().toISOString().slice(0, 19).replaceAll(":", "-"));
    await confine({ reads: [dataDirectory(values)], writes: [out] });
    await announceGpu(output);
    const all = await loadImages(values, "train");
    const images = values.limit ? limit(all, values.limit) : all;
    const validation = await loadImages(values, "test");

    const start = await openRun(out, values, images, output);
    const history = await trainAndSave(out, start, values, { images, validation }, output);
    const { epoch, train_loss, val_loss, val_accuracy } = history[history.length - 1];
    output.result(
      { out, epochs: epoch, train_loss, loss: val_loss, accuracy: val_accuracy },
      `validation loss ${val_loss?.toFixed(4)}, accuracy ${percent(val_accuracy ?? NaN)}; run saved in ${out}`,
    );
  },
});

/** Starts the run, or opens the one to go on with. */
async function openRun(out: string, values: TrainValues, images: LabelledImages, output: Output): Promise<Checkpoint> {
  const { epochs, batchSize, lr: learningRate, arch, kernels, seed, logEvery, force, resume } = values;
  const data = dataDirectory(values);
  const config: RunConfig = {
    arch,
    epochs,
    batchSize,
    learningRate,
    seed,
    logEvery,
    kernels,
    data,
    images: images.count,
  };
  if (!resume) return await createRun(out, config, { replace: force });
  const { checkpoint, damage } = await resumeRun(out, config);
  for (const problem of damage) output.warn(`${problem}; going on from step ${checkpoint.state.step}`);
  return checkpoint;
}

/** Trains from the checkpoint on, saving as it goes and, if interrupted, the last step; returns all epochs so far. */
async function trainAndSave(
  out: string,
  start: Checkpoint,
  { epochs, batchSize, lr: learningRate, arch, kernels, seed, logEvery, saveEvery }: TrainValues,
  { images, validation }: { images: LabelledImages; validation: LabelledImages },
  output: Output,
): Promise<readonly EpochRecord[]> {
  const network = await createNetwork(arch, kernels, start.state.parameters);
  let saved = start.state.step;
  const save = async (state: TrainState) => {
    await saveRun(out, { seed, arch, state });
    saved = state.step;
  };

  using progress = new Progress(output, images.count * epochs);
  const imagesSeen = (epoch: number, step: number) =>
    images.count * (epoch - 1) + Math.min(step * batchSize, images.count);
  try {
    const { state, interrupted } = await trainNetwork(
      network,
      images,
      validation,
      { epochs, batchSize, learningRate, seed, logEvery },
      {
        from: start.state,
        signal: interruption(),
        onStep: ({ epoch, step }) => progress.moveTo(imagesSeen(epoch, step)),
        async onEpoch(state) {
          const record = state.history[state.history.length - 1];
          if (record.epoch % saveEvery === 0 || record.epoch === epochs) await save(state);
          progress.epoch(record.train_loss, epochLine(record, epochs, images.count));
        },
      },
    );
    if (interrupted) {
      await save(state);
      throw new InterruptedError("interrupted");
    }
    return state.history;
  } catch (cause) {
    throw withWayOn(await explainGpuError(cause), saved, out);
  }
}

/** The error, with the command that goes on from the last checkpoint. */
function withWayOn(error: unknown, step: number, out: string): unknown {
  if (!(error instanceof DigitFidError)) return error;
  error.message += `; to go on from step ${step}: ${resumeCommand(out)}`;
  return error;
}

/** The command that was given, made to go on with the run in `out`. */
function resumeCommand(out: string): string {
  const args = Deno.args.filter((arg) => arg !== "--resume" && arg !== "--force");
  if (!args.some((arg) => /^--out(=|$)/.test(arg))) args.push("--out", out);
  return ["digit-fid", ...args, "--resume"].map(shellWord).join(" ");
}

/** A word as a shell reads it back. */
function shellWord(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function epochLine(
  { epoch, train_loss, val_loss, val_accuracy, seconds }: EpochRecord,
  epochs: number,
  images: number,
) {
  const parts = [`epoch ${epoch}/${epochs}`, `training loss ${train_loss.toFixed(4)}`];
  if (val_loss !== null) parts.push(`validation loss ${val_loss.toFixed(4)}`);
  if (val_accuracy !== null) parts.push(`accuracy ${percent(val_accuracy)}`);
  return [...parts, showDuration(seconds), `${(images / seconds).toFixed(0)} images/s`].join(", ");
}
