/** What there is in the folder of a run, and whether it is whole and the run's own. */
import { join } from "node:path";
import { DigitFidError, FormatError } from "../errors.ts";
import { listFiles, readFile } from "../formats/files.ts";
import { readWeights } from "../network/weights_file.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { parseMetrics } from "./record.ts";
import { NewerRunError, parseConfig, RUN_FILES, type RunConfig } from "./run.ts";

/** A checkpoint's file is named by its step. */
const CHECKPOINT = /^checkpoint-(\d+)\.safetensors$/;

/** Whether a run may have a file of this name. */
export function isRunFile(name: string): boolean {
  return Object.values<string>(RUN_FILES).includes(name) || CHECKPOINT.test(name);
}

/**
 * The settings of the run that a new one is to replace, if there is one.
 *
 * @param replace whether that is allowed
 * @throws DigitFidError if it is not, or if files are in the way that are not known to be a run's
 */
export async function configToReplace(path: string, replace: boolean): Promise<RunConfig | undefined> {
  const names = (await listFiles(path)).filter(isRunFile);
  if (names.length === 0) return undefined;
  const config = await configIn(path).catch((error) => {
    if (error instanceof NewerRunError || !(error instanceof DigitFidError)) throw error;
  });
  if (config === undefined) {
    const lost = await newestWhole(path) ? "and settings that cannot be read: resume the run, or" : "but no run:";
    throw new DigitFidError(`${path} holds ${names.join(", ")}, ${lost} choose another folder`);
  }
  if (!replace) {
    const remedy = { resume: true, force: true } as const;
    throw new DigitFidError(`${path} already holds a run: resume it, or replace it`, { remedy });
  }
  await checkOwn(path, names, config);
  return config;
}

async function configIn(path: string): Promise<RunConfig> {
  const file = join(path, RUN_FILES.config);
  return parseConfig(new TextDecoder().decode(await readFile(file)), file);
}

/**
 * The settings of the run to resume; where they are missing, those of its newest checkpoint.
 *
 * @throws FormatError if they are damaged or of a newer version: it says what else can be resumed
 * @throws DigitFidError if there is no run
 */
export async function configToResume(path: string): Promise<RunConfig> {
  const names = await listFiles(path);
  const whole = await newestWhole(path);
  if (!names.includes(RUN_FILES.config)) {
    if (whole === undefined) throw new DigitFidError(`${path} holds no run: there is no ${RUN_FILES.config} in it`);
    return whole.config;
  }
  try {
    return await configIn(path);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const [rest, cause] = [await stillWhole(path, names), { cause: error }];
    if (error instanceof NewerRunError) {
      throw new NewerRunError(`${error.message}; resume with that one. ${rest}`, cause);
    }
    const next = whole
      ? "the settings are in the checkpoint too: remove config.json, then resume"
      : "choose another folder for a new run";
    throw new FormatError(`${error.message}. ${rest}; ${next}`, cause);
  }
}

/** Says which files of a run can be read. */
async function stillWhole(path: string, names: readonly string[]): Promise<string> {
  const whole: string[] = [];
  for (const name of names.filter(isRunFile)) if (await isWhole(path, name)) whole.push(name);
  return whole.length > 0 ? `Still whole: ${whole.join(", ")}` : "No other file is whole";
}

/** Whether a file of a run can be read; its settings are another matter. */
async function isWhole(path: string, name: string): Promise<boolean> {
  const file = join(path, name);
  try {
    if (name === RUN_FILES.model) await readWeights(file);
    else if (name === RUN_FILES.metrics) parseMetrics(new TextDecoder().decode(await readFile(file)), file);
    else if (CHECKPOINT.test(name)) await readCheckpoint(file);
    return name !== RUN_FILES.config;
  } catch (error) {
    if (error instanceof DigitFidError) return false;
    throw error;
  }
}

/** Refuses to replace what is not known to be the run's. */
async function checkOwn(path: string, names: readonly string[], { id, replaces }: RunConfig): Promise<void> {
  const others: string[] = [];
  for (const { name, checkpoint } of await checkpointFiles(path)) {
    if (checkpoint === undefined || ![id, replaces].includes(checkpoint.config.id)) others.push(name);
  }
  for (const name of names.filter((name) => name === RUN_FILES.model || name === RUN_FILES.metrics)) {
    if (!await isWhole(path, name)) others.push(name);
  }
  if (others.length === 0) return;
  throw new DigitFidError(
    `${path}: ${others.join(", ")} cannot be read as this run's: remove or move what is not needed`,
  );
}

/** The newest checkpoint that can be read. */
async function newestWhole(path: string): Promise<Checkpoint | undefined> {
  return (await checkpointFiles(path)).find(({ checkpoint }) => checkpoint)?.checkpoint;
}

/** A file that has a checkpoint's name. */
export interface CheckpointFile {
  /** Its name. */
  readonly name: string;
  /** What is in it, if it can be read. */
  readonly checkpoint?: Checkpoint;
  /** Why it cannot be read, otherwise. */
  readonly damage?: string;
}

/** The files that have checkpoints' names, the newest first. */
export async function checkpointFiles(directory: string): Promise<CheckpointFile[]> {
  const names = (await listFiles(directory)).filter((name) => CHECKPOINT.test(name));
  const files: CheckpointFile[] = [];
  for (const name of names.sort((a, b) => stepNamed(b) - stepNamed(a))) {
    try {
      files.push({ name, checkpoint: await readNamed(directory, name) });
    } catch (error) {
      if (!(error instanceof DigitFidError)) throw error;
      files.push({ name, damage: error.message });
    }
  }
  return files;
}

/** Reads a checkpoint, whose name must be that of its step: by their names the newest is found. */
async function readNamed(directory: string, name: string): Promise<Checkpoint> {
  const path = join(directory, name), checkpoint = await readCheckpoint(path);
  if (checkpoint.state.step === stepNamed(name)) return checkpoint;
  throw new FormatError(`${path}: renamed: it is of step ${checkpoint.state.step}`);
}

function stepNamed(name: string): number {
  return Number(CHECKPOINT.exec(name)?.[1]);
}
