/** The file that scores are added to, whole at any moment and written by one process at a time. */
import { dirname, join } from "node:path";
import { DigitFidError } from "../lib/errors.ts";
import { readFile, writeFileAtomic } from "../lib/formats/files.ts";
import { FolderLock, LOCK } from "../lib/formats/lock.ts";
import { exists } from "../lib/formats/paths.ts";
import { formatScores, parseScores, type ScoreRecord } from "../lib/scoring/score_log.ts";

/** `scores.csv`, and the lock of its folder. */
export class ScoreFile implements Disposable {
  /** Where it is. */
  readonly path: string;
  readonly #lock: FolderLock;
  #records: readonly ScoreRecord[];

  private constructor(path: string, lock: FolderLock, records: readonly ScoreRecord[]) {
    this.path = path;
    this.#lock = lock;
    this.#records = records;
  }

  /**
   * Takes the file, with what is in it already.
   *
   * @throws DigitFidError if its folder is in use by another process, or what is there are no scores
   */
  static async open(path: string): Promise<ScoreFile> {
    const lock = await FolderLock.take(dirname(path));
    try {
      const text = await exists(path) ? new TextDecoder().decode(await readFile(path)) : undefined;
      return new ScoreFile(path, lock, text === undefined ? [] : parseScores(text, path));
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /** What has to be written for it. */
  get writes(): string[] {
    return [this.path, join(dirname(this.path), LOCK)];
  }

  /** All records, in the order in which they were added. */
  get records(): readonly ScoreRecord[] {
    return this.#records;
  }

  /**
   * Holds the scores to be by one measure, as others do not compare.
   *
   * @throws DigitFidError if a score is by another
   */
  check(by: string): void {
    const other = this.#records.find((record) => record.by !== by);
    if (other === undefined) return;
    throw new DigitFidError(
      `${this.path} has scores by ${other.by}, which do not compare with scores by ${by}: name another file by --out`,
    );
  }

  /** The last record of a sample. */
  latestOf(name: string): ScoreRecord | undefined {
    return this.#records.findLast((record) => record.name === name);
  }

  /**
   * Adds a record.
   *
   * @throws DigitFidError if the file cannot be written, or its folder is another meanwhile; it is as it was then
   */
  async add(record: ScoreRecord): Promise<void> {
    this.#lock.check();
    const records = [...this.#records, record];
    await writeFileAtomic(this.path, formatScores(records), { check: () => this.#lock.check() });
    this.#records = records;
  }

  /** Lets others write to the folder. */
  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }
}
