/** What a run is: the names of its files, and its settings as `config.json` has them. */
import { DigitFidError, FormatError } from "../errors.ts";
import type { Arch } from "../model.ts";
import { type Kernels, kernelsNamed } from "../network/network.ts";
import { checkCounts, checkOptions, type TrainOptions } from "./options.ts";

/** The files of a run besides its checkpoints. */
export const RUN_FILES = { config: "config.json", model: "model.safetensors", metrics: "metrics.csv" } as const;

/** The mark by which a run is known, and the version of its format: a new one where an old program would go wrong. */
const MARK = { format: "digit-fid run", version: 1 } as const;

/** What a run is trained on and how. */
export interface RunSettings extends TrainOptions {
  /** Which head the network has. */
  readonly arch: Arch;
  /** Which kernels compute it. */
  readonly kernels: Kernels;
  /** Keep a checkpoint every so many epochs, and after the last. */
  readonly saveEvery: number;
  /** Folder of the data set. */
  readonly data: string;
  /** Whether rows and columns of its images are swapped. */
  readonly transpose: boolean;
  /** Number of training images. */
  readonly images: number;
  /** SHA-256 of the training images and their labels, as they are trained on. */
  readonly imagesSha256: string;
  /** SHA-256 of the validation images and their labels. */
  readonly validationSha256: string;
  /** Version of the program. */
  readonly program: string;
}

/** A setting that became another while the run went on. */
export interface Change {
  /** The setting. */
  readonly setting: string;
  /** What it was. */
  readonly from: unknown;
  /** What it is since then. */
  readonly to: unknown;
  /** The epoch from which it holds. */
  readonly epoch: number;
  /** The steps taken before it held. */
  readonly step: number;
}

/** A run's settings as they are now, how they came about, and a name of its own. */
export interface RunConfig extends RunSettings {
  /** Distinguishes this run from all others, so that a checkpoint of another is known. */
  readonly id: string;
  /** What is not as it was at the start, in order. */
  readonly changes: readonly Change[];
  /** The run in whose place it was started, if any: what is left of that may go. */
  readonly replaces?: string;
}

/** What must not change while a run goes on, and how it is called. */
const FIXED = {
  arch: "arch",
  batchSize: "batchSize",
  seed: "seed",
  transpose: "transpose",
  images: "images",
  imagesSha256: "training images of SHA-256",
  validationSha256: "validation images of SHA-256",
} as const;

/** What may change, and is written down as a change. */
const FREE = ["epochs", "learningRate", "kernels", "logEvery", "saveEvery", "program"] as const;

/**
 * Settings of a new run.
 *
 * @param replaces the id of the run in whose place it starts
 */
export function newRun(settings: RunSettings, replaces?: string): RunConfig {
  return { id: crypto.randomUUID(), ...settings, changes: [], ...replaces && { replaces } };
}

/**
 * Settings of a run that goes on from `step`, in `epoch`.
 *
 * @returns the settings, the new changes among them
 * @throws DigitFidError if a setting differs that a run cannot change
 */
export function continueRun(
  before: RunConfig,
  settings: RunSettings,
  { step, epoch }: Pick<Change, "step" | "epoch">,
): { config: RunConfig; changes: readonly Change[] } {
  const difference = fixedDifference(before, settings);
  if (difference) throw new DigitFidError(`the run was started with ${difference}: keep it the same`);
  const finished = epoch - 1;
  if (settings.epochs < finished) {
    throw new DigitFidError(`the run has ${finished} epochs already, not ${settings.epochs}: give as many or more`);
  }
  const changes = FREE.filter((key) => before[key] !== settings[key])
    .map((key) => ({ setting: key, from: before[key], to: settings[key], epoch, step }));
  return { config: { ...before, ...settings, changes: [...before.changes, ...changes] }, changes };
}

/** What of the settings that a run has had from the start is another: `seed 1, not 2`. */
export function fixedDifference(before: RunSettings, settings: RunSettings): string | undefined {
  for (const [key, name] of Object.entries(FIXED)) {
    const [was, is] = [before, settings].map((of) => of[key as keyof typeof FIXED]);
    if (was !== is) return `${name} ${was}, not ${is}`;
  }
}

/** The text of `config.json`. */
export function formatConfig(config: RunConfig): string {
  return JSON.stringify({ ...MARK, ...config }, null, 2) + "\n";
}

/** A `config.json` that is a run's, but of a format that only a newer version of the program knows. */
export class NewerRunError extends FormatError {
  /** Name of the class. */
  override name = "NewerRunError";
}

/**
 * Reads a `config.json`.
 *
 * @param file its name, for messages
 * @throws NewerRunError if a newer version of the program wrote it
 * @throws FormatError if it is damaged, or no run's
 */
export function parseConfig(text: string, file: string): RunConfig {
  const { format, version, ...config } = parseObject(text, file);
  if (format !== MARK.format) throw new FormatError(`${file}: not the settings of a run of digit-fid`);
  if (!Number.isSafeInteger(version) || Number(version) < 1) {
    throw new FormatError(`${file}: damaged: version ${show(version)}`);
  }
  if (Number(version) > MARK.version) {
    const found = `its format is ${version}, this version knows ${MARK.version}`;
    throw new NewerRunError(`${file}: written by a newer version of digit-fid (${found})`);
  }
  const wrong = Object.entries(TYPES).find(([name, type]) => typeOf(config[name]) !== type);
  if (wrong) {
    throw new FormatError(`${file}: damaged: ${wrong[0]}: expected a ${wrong[1]}, found ${show(config[wrong[0]])}`);
  }
  if (!["string", "undefined"].includes(typeOf(config.replaces))) throw new FormatError(`${file}: damaged: replaces`);
  if (!Array.isArray(config.changes)) throw new FormatError(`${file}: damaged: expected a list of changes`);
  if (config.arch !== "mlp" && config.arch !== "linear") throw new FormatError(`${file}: damaged: arch ${config.arch}`);
  const kernels = kernelsNamed(String(config.kernels));
  if (!kernels) throw new FormatError(`${file}: damaged: kernels ${config.kernels}`);
  const run = { ...config, kernels } as unknown as RunConfig;
  try {
    checkOptions(run);
    checkCounts({ images: run.images, saveEvery: run.saveEvery });
  } catch (error) {
    throw error instanceof DigitFidError ? new FormatError(`${file}: damaged: ${error.message}`) : error;
  }
  return run;
}

/** Types of the fields of `config.json`. */
const TYPES: Record<Exclude<keyof RunConfig, "changes" | "replaces">, "string" | "number" | "boolean"> = {
  id: "string",
  arch: "string",
  kernels: "string",
  epochs: "number",
  batchSize: "number",
  learningRate: "number",
  seed: "number",
  logEvery: "number",
  saveEvery: "number",
  data: "string",
  transpose: "boolean",
  images: "number",
  imagesSha256: "string",
  validationSha256: "string",
  program: "string",
};

function typeOf(value: unknown): string {
  return typeof value;
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

function parseObject(text: string, file: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(text) };
  } catch {
    throw new FormatError(`${file}: damaged: expected JSON`);
  }
}
