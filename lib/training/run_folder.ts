/** The folder of a training run: its settings, its metrics, its weights, and what it takes to go on. */
import { ensureDir } from "@std/fs";
import { join } from "node:path";
import { DigitFidError, FormatError } from "../errors.ts";
import { type Checkpoint, readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { fileError, listFiles, readFile, removeFile, writeFileAtomic } from "../formats/files.ts";
import { writeWeights } from "../network/weights_file.ts";
import { type Arch, initialParameters } from "../model.ts";
import type { Kernels } from "../network/network.ts";
import type { TrainOptions } from "./options.ts";
import { formatMetrics } from "./record.ts";
import { initialState } from "./state.ts";

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

/** What must not change between the parts of a run; the rest may. */
const FIXED = ["arch", "images", "batchSize", "seed"] as const;

/** The files of a run besides its checkpoints. */
const [CONFIG, MODEL, METRICS] = ["config.json", "model.safetensors", "metrics.csv"];

/** A checkpoint's file is named by its step. */
const CHECKPOINT = /^checkpoint-(\d+)\.safetensors$/;

/** Checkpoints kept, the newest ones: should the newest be damaged, there is the one before. */
const KEPT = 2;

/**
 * Starts a run in a folder, which is made if need be.
 *
 * @param replace whether a run that is there already may be removed
 * @throws DigitFidError if there is a run already, or the folder cannot be written
 */
export async function createRun(
  directory: string,
  config: RunConfig,
  { replace = false }: { replace?: boolean } = {},
): Promise<Checkpoint> {
  await ensureDir(directory).catch((error) => {
    throw fileError("make folder", directory, error);
  });
  const old = (await listFiles(directory)).filter((name) =>
    [CONFIG, MODEL, METRICS].includes(name) || CHECKPOINT.test(name)
  );
  if (old.length > 0 && !replace) {
    throw new DigitFidError(`${directory} already holds a run: resume it, or replace it`, {
      remedy: { resume: true, force: true },
    });
  }
  for (const name of old) await removeFile(join(directory, name));
  await writeConfig(directory, config);
  const checkpoint = firstCheckpoint(config);
  await writeResults(directory, checkpoint);
  return checkpoint;
}

/**
 * Opens a run to go on with it, and notes the new settings. A run stopped before its first checkpoint begins anew.
 *
 * @returns the newest checkpoint that can be read, and why those after it cannot
 * @throws DigitFidError if there is no run, or `config` has others of the settings that a run cannot change
 * @throws FormatError if its files are damaged
 */
export async function resumeRun(
  directory: string,
  config: RunConfig,
): Promise<{ checkpoint: Checkpoint; damage: readonly string[] }> {
  const before = await readConfig(join(directory, CONFIG));
  const changed = FIXED.find((key) => before.get(key) !== config[key]);
  if (changed) {
    const [was, is] = [before.get(changed), config[changed]];
    throw new DigitFidError(`${directory} was started with ${changed} ${was}, not ${is}: keep it the same`);
  }
  const { checkpoint = firstCheckpoint(config), damage } = await newestCheckpoint(directory);
  if (checkpoint.seed !== config.seed) throw new FormatError(`${directory}: a checkpoint is of another run`);
  await writeConfig(directory, config);
  await writeResults(directory, checkpoint); // these may be older, had the run ended between the files
  return { checkpoint, damage };
}

/**
 * Writes a checkpoint, then `model.safetensors` (PyTorch's names and layouts) and `metrics.csv`, each whole or not at
 * all. The checkpoint comes first and says it all: a crash between them loses nothing.
 *
 * @throws DigitFidError if a file cannot be written; the checkpoints before are kept
 */
export async function saveRun(directory: string, checkpoint: Checkpoint): Promise<void> {
  const name = `checkpoint-${String(checkpoint.state.step).padStart(8, "0")}.safetensors`;
  await writeCheckpoint(join(directory, name), checkpoint);
  await writeResults(directory, checkpoint);
  for (const old of (await checkpointNames(directory)).slice(KEPT)) await removeFile(join(directory, old));
}

async function writeResults(directory: string, { arch, state }: Checkpoint): Promise<void> {
  await writeWeights(join(directory, MODEL), { arch, parameters: state.parameters });
  await writeFileAtomic(join(directory, METRICS), formatMetrics(state.history));
}

/** Where a run starts from. */
function firstCheckpoint({ arch, seed }: RunConfig): Checkpoint {
  return { seed, arch, state: initialState(initialParameters(arch, seed)) };
}

/** Names of the checkpoints, the newest first. */
async function checkpointNames(directory: string): Promise<string[]> {
  const step = (name: string) => Number(CHECKPOINT.exec(name)?.[1]);
  return (await listFiles(directory)).filter((name) => CHECKPOINT.test(name)).sort((a, b) => step(b) - step(a));
}

/** The newest checkpoint that can be read, if there is any checkpoint. */
async function newestCheckpoint(directory: string): Promise<{ checkpoint?: Checkpoint; damage: string[] }> {
  const damage: string[] = [];
  for (const name of await checkpointNames(directory)) {
    try {
      return { checkpoint: await readCheckpoint(join(directory, name)), damage };
    } catch (error) {
      if (!(error instanceof DigitFidError)) throw error;
      damage.push(error.message);
    }
  }
  if (damage.length > 0) throw new FormatError(`no checkpoint can be read: ${damage.join("; ")}`);
  return { damage };
}

async function readConfig(path: string): Promise<Map<string, unknown>> {
  const config = parseJson(new TextDecoder().decode(await readFile(path)), path);
  return new Map(Object.entries(config ?? {}));
}

async function writeConfig(directory: string, config: RunConfig): Promise<void> {
  await writeFileAtomic(join(directory, CONFIG), JSON.stringify(config, null, 2) + "\n");
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FormatError(`${path}: expected JSON`);
  }
}
