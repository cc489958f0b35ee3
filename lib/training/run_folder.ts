/** The folder of a training run: its settings, its metrics, its weights, and what it takes to resume. */
import { join } from "node:path";
import { DigitFidError, FormatError } from "../errors.ts";
import {
  listFiles,
  listFolder,
  removeFile,
  temporaryOf,
  writeFileAtomic,
  type WriteOptions,
} from "../formats/files.ts";
import { FolderLock } from "../formats/lock.ts";
import { initialParameters } from "../model.ts";
import { writeWeights } from "../network/weights_file.ts";
import { writeCheckpoint } from "./checkpoint.ts";
import { formatMetrics } from "./record.ts";
import { type Change, continueRun, fixedDifference, formatConfig, newRun, RUN_FILES } from "./run.ts";
import type { RunConfig, RunSettings } from "./run.ts";
import { checkpointFiles, configToReplace, configToResume, isRunFile } from "./run_files.ts";
import { initialState, type TrainState } from "./state.ts";

/** Checkpoints kept, the newest ones: should the newest be damaged, there is the one before. */
const KEPT = 2;

/** What a run goes on from. */
export interface Resumed {
  /** Where its training stands. */
  readonly state: TrainState;
  /** Its settings from now on. */
  readonly config: RunConfig;
  /** What of them is new. */
  readonly changes: readonly Change[];
}

/** A run's folder, which no other process writes to until this is disposed of. */
export class RunFolder implements Disposable {
  /** Where it is. */
  readonly path: string;
  /** The settings of the run that was found there, if any. */
  readonly found: RunConfig | undefined;
  /** What is wrong with it, but stops nothing. */
  readonly warnings: string[] = [];
  readonly #lock: FolderLock;
  /** Names of the run's checkpoints, the newest first. */
  #checkpoints: string[] = [];
  /** A file that was begun in the folder before it was moved cannot take a place in another: its start went along. */
  readonly #write: WriteOptions = { check: () => this.#lock.check() };
  #config: RunConfig | undefined;
  #step = 0;

  private constructor(path: string, lock: FolderLock, found: RunConfig | undefined) {
    this.path = path;
    this.#lock = lock;
    this.found = found;
  }

  /**
   * Takes a folder, which is made if need be, for a new run. Nothing in it is changed yet.
   *
   * @param replace whether a run that is there may be replaced
   * @throws DigitFidError if the folder is in use, cannot be written, or holds a run or files in the way
   */
  static async forNew(path: string, { replace = false }: { replace?: boolean } = {}): Promise<RunFolder> {
    return await RunFolder.#take(path, true, () => configToReplace(path, replace));
  }

  /**
   * Takes the folder of a run to resume. Settings that are lost are taken from the newest checkpoint.
   *
   * @throws DigitFidError if the folder is in use, or there is no run
   * @throws FormatError if the run's settings are damaged, or written by a newer version
   */
  static async toResume(path: string): Promise<RunFolder> {
    await listFiles(path); // says best what is missing
    return await RunFolder.#take(path, false, () => configToResume(path));
  }

  static async #take(path: string, make: boolean, look: () => Promise<RunConfig | undefined>): Promise<RunFolder> {
    const lock = await FolderLock.take(path, { make });
    try {
      const inTheWay = (await listFolder(path)).folders.find(isRunFile);
      if (inTheWay) throw new DigitFidError(`cannot write ${join(path, inTheWay)}: it is a folder, not a file`);
      return new RunFolder(path, lock, await look());
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /** The step that the run can be resumed from: that of the newest checkpoint, also if what follows it failed. */
  get step(): number {
    return this.#step;
  }

  /**
   * Starts a run, in the place of the one that was found.
   *
   * @throws DigitFidError if the folder cannot be written
   */
  async start(settings: RunSettings): Promise<TrainState> {
    const old = await this.#checkpointsOf(this.found?.id, this.found?.replaces);
    const state = initialState(initialParameters(settings.arch, settings.seed));
    await this.#open(newRun(settings, this.found?.id), state, old);
    return state;
  }

  /**
   * Resumes the run that was found. One that was stopped before its first checkpoint begins anew.
   *
   * @throws DigitFidError if `settings` has others of those that a run cannot change, or there are another run's files
   * @throws FormatError if there are checkpoints, but none can be read
   */
  async resume(settings: RunSettings): Promise<Resumed> {
    if (this.found === undefined) throw new DigitFidError(`${this.path} holds no run`);
    const { arch, seed } = this.found;
    const state = await this.#newestState(this.found) ?? initialState(initialParameters(arch, seed));
    this.#step = state.step;
    const at = { step: state.step, epoch: state.history.length + 1 };
    const { config, changes } = continueRun(this.found, settings, at);
    this.#checkpoints = await this.#checkpointsOf(this.found.id);
    // The results may be older, had the run ended between the files.
    await this.#open(config, state, await this.#checkpointsOf(this.found.replaces));
    return { state, config, changes };
  }

  /**
   * Writes a checkpoint, then the weights (PyTorch's names and layouts) and the metrics, each whole or not at all. The
   * checkpoint comes first and says it all: a crash between them loses nothing.
   *
   * @throws DigitFidError if a file cannot be written, or the folder is another meanwhile; the checkpoints before are kept
   */
  async save(state: TrainState): Promise<void> {
    if (this.#config === undefined) throw new DigitFidError(`${this.path}: no run is open`);
    this.#lock.check();
    const name = `checkpoint-${String(state.step).padStart(8, "0")}.safetensors`;
    await writeCheckpoint(join(this.path, name), { config: this.#config, state }, this.#write);
    this.#step = state.step;
    this.#checkpoints = [name, ...this.#checkpoints.filter((old) => old !== name)];
    await this.#writeResults(this.#config, state);
    for (const old of this.#checkpoints.splice(KEPT)) {
      this.#lock.check();
      await removeFile(join(this.path, old)).catch((error: Error) => this.warnings.push(error.message));
    }
  }

  /** Lets others write to the folder; one that was made for nothing goes away. */
  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }

  /** @param old names of the checkpoints of the run that is replaced, which go once the new files are there */
  async #open(config: RunConfig, state: TrainState, old: readonly string[]): Promise<void> {
    for (const name of await listFiles(this.path)) {
      // Left over from a process that died: with the lock held, nobody writes it any more.
      if (isRunFile(temporaryOf(name) ?? "")) await removeFile(join(this.path, name));
    }
    this.#config = config;
    this.#lock.check();
    await writeFileAtomic(join(this.path, RUN_FILES.config), formatConfig(config), this.#write);
    await this.#writeResults(config, state);
    for (const name of old) {
      this.#lock.check();
      await removeFile(join(this.path, name));
    }
  }

  async #writeResults({ arch }: RunConfig, { parameters, history }: TrainState): Promise<void> {
    await writeWeights(join(this.path, RUN_FILES.model), { arch, parameters }, {}, this.#write);
    await writeFileAtomic(join(this.path, RUN_FILES.metrics), formatMetrics(history), this.#write);
  }

  /** The newest state that can be read, if there is any checkpoint; warns of those after it. */
  async #newestState({ id, replaces }: RunConfig): Promise<TrainState | undefined> {
    const files = await checkpointFiles(this.path);
    const others = files.filter(({ checkpoint }) => checkpoint && ![id, replaces].includes(checkpoint.config.id));
    if (others.length > 0) {
      const names = others.map(({ name }) => name).join(", ");
      throw new DigitFidError(
        `${this.path}: ${names}: of another run than ${RUN_FILES.config}: move away what does not belong here`,
      );
    }
    const newest = files.findIndex(({ checkpoint }) => checkpoint?.config.id === id);
    const damage = files.slice(0, newest < 0 ? undefined : newest).flatMap(({ damage }) => damage ?? []);
    if (newest >= 0) {
      const { name, checkpoint } = files[newest];
      const difference = fixedDifference(checkpoint!.config, this.found!);
      if (difference) {
        throw new FormatError(
          `${
            join(this.path, name)
          } is of a run with ${difference} as in ${RUN_FILES.config}: remove ${RUN_FILES.config}, then resume`,
        );
      }
      this.warnings.push(...damage);
      return checkpoint!.state;
    }
    if (damage.length === 0) return undefined;
    throw new FormatError(`no checkpoint can be read: ${damage.join("; ")}; remove them to begin the run anew`);
  }

  /** Names of the checkpoints that are whole and of one of these runs, the newest first. */
  async #checkpointsOf(...ids: readonly (string | undefined)[]): Promise<string[]> {
    const files = await checkpointFiles(this.path);
    return files.filter(({ checkpoint }) => checkpoint && ids.includes(checkpoint.config.id)).map(({ name }) => name);
  }
}
