/** `digit-fid train`: trains a network and keeps the run in a folder. */
import { join } from "node:path";
import project from "../deno.json" with { type: "json" };
import { createNetwork } from "../lib/network/create.ts";
import { fingerprint } from "../lib/data/fingerprint.ts";
import { type LabelledImages, limit } from "../lib/data/images.ts";
import type { Split } from "../lib/data/mnist.ts";
import { DigitFidError, UsageError } from "../lib/errors.ts";
import { explainGpuError } from "../lib/network/webgpu/loss.ts";
import type { Arch } from "../lib/model.ts";
import { pickOptions } from "../lib/option_names.ts";
import { TRAIN_OPTIONS, type TrainOptions } from "../lib/training/options.ts";
import type { RunSettings } from "../lib/training/run.ts";
import { DivergenceError } from "../lib/training/divergence.ts";
import { RunFolder } from "../lib/training/run_folder.ts";
import type { EpochRecord } from "../lib/training/record.ts";
import { train as trainNetwork } from "../lib/train.ts";
import type { TrainState } from "../lib/training/state.ts";
import { confine } from "../cli/confine.ts";
import { percent } from "../lib/numerals.ts";
import { choice, integer, optional, path, positive, toggle, type Values } from "../cli/flags.ts";
import { DATA_FLAGS, dataDirectory, loadImages } from "../cli/inputs.ts";
import { InterruptedError, interruption, unlessInterrupted } from "../cli/interrupt.ts";
import type { Output } from "../cli/output.ts";
import { Progress, showDuration } from "../cli/progress.ts";
import { chooseKernels, type Computing, KERNELS_FLAGS } from "../cli/kernels.ts";
import { sayIfFewer } from "../cli/limits.ts";
import { defineTask } from "../cli/task.ts";

/** The recipe of a run where nothing else is said. */
const RECIPE = {
  epochs: 100,
  batchSize: 256,
  learningRate: 1e-3,
  arch: "mlp",
  seed: 0,
  saveEvery: 1,
  logEvery: 10,
} as const;

/** The recipe's flags have no defaults of their own: with --resume, what is not given is the run's. */
const FLAGS = {
  epochs: integer(`passes over the training images (${RECIPE.epochs})`, undefined, { min: 1 }),
  batchSize: integer(`images a step (${RECIPE.batchSize})`, undefined, { min: 1, max: 4096 }),
  lr: positive(`Adam's learning rate (${RECIPE.learningRate})`, undefined),
  arch: choice<Arch, undefined>(`the head: 16,554 or 7,178 parameters in all (${RECIPE.arch})`, undefined, [
    "mlp",
    "linear",
  ]),
  kernels: optional(KERNELS_FLAGS.kernels),
  threads: KERNELS_FLAGS.threads,
  seed: integer(`seed of weights, order and dropout (${RECIPE.seed})`, undefined, { min: 0, max: 2 ** 32 - 1 }),
  limit: integer("train on the first N images only", undefined, { min: 1 }),
  saveEvery: integer(`keep a checkpoint every N epochs, and at the end (${RECIPE.saveEvery})`, undefined, { min: 1 }),
  logEvery: integer(`validate every N epochs, and at the end (${RECIPE.logEvery})`, undefined, { min: 1 }),
  ...DATA_FLAGS,
  out: path("folder of the run (runs/DATE)", undefined, "DIR"),
  resume: toggle("resume the run in --out, by its own settings where no others are given"),
  force: toggle("replace the run in --out"),
};
type TrainValues = Values<typeof FLAGS>;

/** What is trained on. */
interface Data {
  readonly images: LabelledImages;
  readonly validation: LabelledImages;
}

/** The task. */
export const train = defineTask({
  name: "train",
  about: "trains the classifier and keeps settings, metrics and weights in a run folder.",
  example: "--epochs 10 --out runs/first",
  flags: FLAGS,
  async run(values, output) {
    const { resume, force } = values;
    if (resume && force) throw new UsageError("--resume continues a run, --force replaces it: choose");
    if (resume && !values.out) throw new UsageError("--resume needs --out, the folder of the run to resume");
    const out = values.out ?? join("runs", new Date().toISOString().slice(0, 19).replaceAll(":", "-"));
    const signal = interruption();
    using folder = resume ? await RunFolder.toResume(out) : await RunFolder.forNew(out, { replace: force });
    const before = resume ? folder.found : undefined;
    const source = {
      data: dataDirectory({ ...values, data: values.data ?? before?.data }),
      transpose: values.transpose || (before?.transpose ?? false),
    };
    await confine({ reads: [source.data], writes: [out] });
    const computing = await chooseKernels(
      { kernels: values.kernels ?? before?.kernels ?? "auto", threads: values.threads },
      output,
      "speed",
    );
    const load = (split: Split) => unlessInterrupted(signal, loadImages(source, split));
    const training = await load("train");
    sayIfFewer(values.limit, { name: "the data set", count: training.count }, output);
    const images = limit(training, values.limit ?? before?.images ?? Infinity);
    const data = { images, validation: await load("test") };

    const settings = {
      ...RECIPE,
      ...before,
      ...givenOf(values),
      ...source,
      kernels: computing.kernels,
      ...identityOf(data),
      program: project.version,
    };
    const start = resume ? await openResumed(folder, settings, output) : await folder.start(settings);
    const history = await trainAndSave(folder, start, settings, computing, data, signal, output);
    const { epoch, train_loss, val_loss, val_accuracy } = history[history.length - 1];
    output.result(
      { out, epochs: epoch, train_loss, loss: val_loss, accuracy: val_accuracy },
      `validation loss ${val_loss?.toFixed(4)}, accuracy ${percent(val_accuracy ?? NaN)}; run saved in ${out}`,
      { saved: true },
    );
  },
});

/** The settings that were given, and no others. */
function givenOf({ epochs, batchSize, lr: learningRate, arch, seed, saveEvery, logEvery }: TrainValues) {
  const settings = { epochs, batchSize, learningRate, arch, seed, saveEvery, logEvery };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Partial<Omit<RunSettings, "data">>;
}

/** Which images they are. */
function identityOf({ images, validation }: Data) {
  return {
    images: images.count,
    imagesSha256: fingerprint(images),
    validationSha256: fingerprint(validation),
  };
}

/** Opens the run to resume, and says what is not as it was. */
async function openResumed(folder: RunFolder, settings: RunSettings, output: Output): Promise<TrainState> {
  const { state, changes } = await folder.resume(settings);
  for (const warning of folder.warnings.splice(0)) output.warn(`${warning}; resuming from step ${state.step}`);
  for (const { setting, from, to, epoch } of changes) {
    const bits = setting === "kernels" || setting === "program" ? ": the bits may differ from an undivided run's" : "";
    const line = `${setting} is ${to} from epoch ${epoch} on, not ${from}${bits}`;
    if (bits) output.warn(line);
    else output.note(line);
  }
  return state;
}

/** Trains from the state on, saving as it goes and, if interrupted, the last step; returns all epochs so far. */
async function trainAndSave(
  folder: RunFolder,
  start: TrainState,
  settings: RunSettings,
  { kernels, threads }: Computing,
  { images, validation }: Data,
  signal: AbortSignal,
  output: Output,
): Promise<readonly EpochRecord[]> {
  const { arch, epochs, batchSize, saveEvery } = settings;
  const network = await createNetwork(arch, kernels, start.parameters, { threads });
  const save = async (state: TrainState) => {
    await folder.save(state);
    for (const warning of folder.warnings.splice(0)) output.warn(warning);
  };

  using progress = new Progress(output, images.count * epochs);
  const imagesSeen = (epoch: number, step: number) =>
    images.count * (epoch - 1) + Math.min(step * batchSize, images.count);
  try {
    const { state, interrupted } = await trainNetwork(
      network,
      images,
      validation,
      pickOptions<TrainOptions>(settings, TRAIN_OPTIONS),
      {
        from: start,
        signal,
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
    throw withResumeCommand(await explainGpuError(cause), folder.step, folder.path, settings.learningRate);
  }
}

/** The error, with the command that resumes from the last checkpoint: more slowly, if it went too fast. */
function withResumeCommand(error: unknown, step: number, out: string, learningRate: number): unknown {
  if (!(error instanceof DigitFidError)) return error;
  const slower = Math.min(Number((learningRate / 10).toPrecision(3)), RECIPE.learningRate);
  const command = resumeCommand(out, error instanceof DivergenceError ? slower : undefined);
  error.message += `; to resume from step ${step}: ${command}`;
  return error;
}

/** The command that was given, made to resume the run in `out`, maybe at another learning rate. */
function resumeCommand(out: string, learningRate?: number): string {
  const args = Deno.args.filter((arg) => arg !== "--resume" && arg !== "--force");
  if (!args.some((arg) => /^--out(=|$)/.test(arg))) args.push("--out", out);
  if (learningRate !== undefined) {
    const given = args.findIndex((arg) => /^--lr(=|$)/.test(arg));
    if (given >= 0) args.splice(given, args[given] === "--lr" ? 2 : 1);
    args.push("--lr", String(learningRate));
  }
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
