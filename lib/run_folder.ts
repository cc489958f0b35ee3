/** The folder of a training run: its settings, its metrics, its weights, and what it takes to go on. */
import { ensureDir, exists } from "@std/fs";
import { join } from "node:path";
import { DigitFidError, FormatError } from "./errors.ts";
import { fileError, readFile, writeFileAtomic } from "./formats/files.ts";
import { encodeSafetensors, floatTensor, parseSafetensors, toFloat32 } from "./formats/safetensors.ts";
import { writeWeights } from "./formats/weights_file.ts";
import type { Arch } from "./model.ts";
import type { AdamState, Kernels } from "./network.ts";
import type { EpochRecord, TrainOptions } from "./train.ts";
import { tensorsFromWeights, type Weights, weightsFromTensors } from "./weights.ts";

/** The settings of a run, as `config.json` has them. */
export interface RunConfig extends TrainOptions {
  /** Which head the network has. */
  readonly arch: Arch;
  /** Which kernels compute it. */
  readonly kernels: Kernels;
  /** Folder of the data set. */
  readonly data: string;
  /** Number of training images. */
  readonly images: number;
}

/** Where a run stands: what `checkpoint.safetensors` has, and all that training needs to go on as if never stopped. */
export interface Checkpoint {
  /** The network's weights. */
  readonly weights: Weights;
  /** Adam's state. */
  readonly adam: AdamState;
  /** The epochs finished. */
  readonly history: readonly EpochRecord[];
}

/** What must not change between the parts of a run; more epochs, other kernels and a moved data set are fine. */
const FIXED = ["arch", "images", "batchSize", "learningRate", "seed"] as const;

/** The files of a run. */
const FILES = ["config.json", "checkpoint.safetensors", "model.safetensors", "metrics.csv"];

/** Columns of `metrics.csv`. */
const COLUMNS = ["epoch", "train_loss", "val_loss", "val_accuracy", "seconds"] as const;

/**
 * Starts a run in a folder, which is made if need be.
 *
 * @param replace whether a run that is there already may be overwritten
 * @throws DigitFidError if there is a run already, or the folder cannot be written
 */
export async function createRun(
  directory: string,
  config: RunConfig,
  weights: Weights,
  { replace = false }: { replace?: boolean } = {},
): Promise<Checkpoint> {
  if (!replace && await holdsRun(directory)) {
    throw new DigitFidError(`${directory} already holds a run: go on with --resume, overwrite with --force`);
  }
  const { length } = weights.parameters;
  const adam = { step: 0, firstMoment: new Float32Array(length), secondMoment: new Float32Array(length) };
  await ensureDir(directory).catch((error) => {
    throw fileError("make folder", directory, error);
  });
  await saveRun(directory, { weights, adam, history: [] });
  await writeConfig(directory, config);
  return { weights, adam, history: [] };
}

/**
 * Opens a run to go on with it, and notes the new settings.
 *
 * @throws DigitFidError if there is none, or `config` has others of the settings that a run cannot change
 * @throws FormatError if its files are damaged
 */
export async function resumeRun(directory: string, config: RunConfig): Promise<Checkpoint> {
  const before = await readConfig(join(directory, "config.json"));
  const changed = FIXED.find((key) => before.get(key) !== config[key]);
  if (changed) {
    const [was, is] = [before.get(changed), config[changed]];
    throw new DigitFidError(`${directory} was started with ${changed} ${was}, not ${is}: keep it the same`);
  }
  const checkpoint = await readCheckpoint(join(directory, "checkpoint.safetensors"));
  await writeConfig(directory, config);
  return checkpoint;
}

/**
 * Writes `checkpoint.safetensors`, `model.safetensors` (PyTorch's names and layouts) and `metrics.csv`, each replaced
 * whole or not at all. The checkpoint comes first and says it all: a crash between them loses nothing.
 *
 * @throws DigitFidError if a file cannot be written
 */
export async function saveRun(directory: string, checkpoint: Checkpoint): Promise<void> {
  const { weights, history } = checkpoint;
  await writeFileAtomic(join(directory, "checkpoint.safetensors"), encodeCheckpoint(checkpoint));
  await writeWeights(join(directory, "model.safetensors"), weights);
  const rows = history.map((record) => COLUMNS.map((column) => record[column] ?? "").join(","));
  await writeFileAtomic(join(directory, "metrics.csv"), [COLUMNS.join(","), ...rows, ""].join("\n"));
}

async function holdsRun(directory: string): Promise<boolean> {
  try {
    const found = await Promise.all(FILES.map((file) => exists(join(directory, file))));
    return found.includes(true);
  } catch (error) {
    throw fileError("read", directory, error);
  }
}

async function readConfig(path: string): Promise<Map<string, unknown>> {
  const config = parseJson(new TextDecoder().decode(await readFile(path)), path);
  return new Map(Object.entries(config ?? {}));
}

async function writeConfig(directory: string, config: RunConfig): Promise<void> {
  await writeFileAtomic(join(directory, "config.json"), JSON.stringify(config, null, 2) + "\n");
}

/** The weights by PyTorch's names, Adam's packed moments beside them, and the rest as notes. */
function encodeCheckpoint({ weights, adam, history }: Checkpoint): Uint8Array {
  const tensors = tensorsFromWeights(weights);
  for (const name of ["firstMoment", "secondMoment"] as const) {
    tensors.set(name, floatTensor([adam[name].length], adam[name]));
  }
  return encodeSafetensors(tensors, { step: String(adam.step), history: JSON.stringify(history) });
}

async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = parseSafetensors(await readFile(path), path);
  const { firstMoment, secondMoment, ...rest } = Object.fromEntries(tensors);
  const weights = weightsFromTensors(new Map(Object.entries(rest)), path);
  const [first, second] = [firstMoment, secondMoment].map((tensor) => {
    if (tensor?.shape[0] !== weights.parameters.length) throw new FormatError(`${path}: Adam's moments do not fit`);
    return toFloat32(tensor);
  });
  const step = Number(metadata.step);
  if (!Number.isSafeInteger(step)) throw new FormatError(`${path}: no step in the metadata`);
  const history = parseJson(metadata.history, path);
  if (!Array.isArray(history)) throw new FormatError(`${path}: no history in the metadata`);
  return { weights, adam: { step, firstMoment: first, secondMoment: second }, history };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FormatError(`${path}: expected JSON`);
  }
}
