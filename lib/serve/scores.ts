/** How a generator does while it trains, as the server reports it: what `watch` has added to `scores.csv` so far. */
import { basename, dirname, resolve } from "node:path";
import { DigitFidError } from "../errors.ts";
import { codeOf } from "../formats/file_error.ts";
import { readFile } from "../formats/files.ts";
import {
  bestScore,
  latestRefusals,
  latestScores,
  leadingMeasure,
  parseScores,
  type ScoreRecord,
} from "../scoring/score_log.ts";

/** More samples than a chart has pixels for are not sent. */
const MOST = 1000;

/** What the page shows of a sample's score. */
export type SampleScore = Pick<ScoreRecord, "name" | "images" | "scores">;

/** A sample without a score. */
export interface RefusedSample {
  /** Its name. */
  readonly name: string;
  /** Why, in a sentence that says what to do. */
  readonly reason: string;
}

/** A warning of one sample or of several. */
export interface SharedWarning {
  /** The sentence, as it is of the last of them. */
  readonly message: string;
  /** How many samples it is of. */
  readonly count: number;
  /** The last of them. */
  readonly last: string;
}

/** The scores of samples so far. */
export interface ScoresState {
  /** Name of the folder. */
  readonly name: string;
  /** How many samples have a score. */
  readonly count: number;
  /** Their scores, in the order of the samples; of very many some, among them the best and the last. */
  readonly samples: readonly SampleScore[];
  /** Which distance they are compared by. */
  readonly measure: ReturnType<typeof leadingMeasure>;
  /** Which of them is the best; -1 if there are none. */
  readonly best: number;
  /** The samples that are refused, in their order: the last of them where there are many. */
  readonly refused: readonly RefusedSample[];
  /** What looks wrong about samples, each sentence once. */
  readonly warnings: readonly SharedWarning[];
  /** Why the file cannot be read, if so; there are no samples then. */
  readonly trouble?: string;
}

/**
 * Reads the scores in a file that may not be there yet. A line without its end is still being written, and left for
 * the next time.
 *
 * @throws FormatError if it holds anything else
 * @throws DigitFidError if it cannot be read
 */
export async function readScores(path: string): Promise<ScoresState> {
  const text = new TextDecoder().decode(await readFile(path).catch(nothingYet));
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const all = whole === "" ? [] : parseScores(whole, path), records = latestScores(all);
  const best = bestScore(records), some = thinOut(records, best);
  return {
    name: folderOf(path),
    count: records.length,
    samples: some.map(({ name, images, scores }) => ({ name, images, scores })),
    measure: leadingMeasure(records),
    best: best ? some.indexOf(best) : -1,
    refused: latestRefusals(all).slice(-MOST).map(({ name, refused }) => ({ name, reason: refused })),
    warnings: warningsOf(records),
  };
}

function warningsOf(records: readonly ScoreRecord[]): SharedWarning[] {
  const byMessage = new Map<string, SharedWarning>();
  for (const { name, warnings = [] } of records) {
    for (const message of warnings) {
      const key = message.replaceAll(name, ""); // the same is the matter with each of them
      byMessage.set(key, { message, count: (byMessage.get(key)?.count ?? 0) + 1, last: name });
    }
  }
  return [...byMessage.values()].slice(-MOST);
}

/** The same, with what is wrong in place of an error: the page says it, and goes on with what else there is. */
export async function readScoresOrTrouble(path: string): Promise<ScoresState> {
  try {
    return await readScores(path);
  } catch (error) {
    if (!(error instanceof DigitFidError)) throw error;
    const nothing = { count: 0, samples: [], measure: "fid", best: -1, refused: [], warnings: [] } as const;
    return { name: folderOf(path), ...nothing, trouble: error.message };
  }
}

function folderOf(path: string): string {
  return basename(dirname(resolve(path)));
}

function nothingYet(error: Error): Uint8Array {
  if (codeOf(error.cause) === "ENOENT") return new Uint8Array();
  throw error;
}

function thinOut(records: readonly ScoreRecord[], best?: ScoreRecord): readonly ScoreRecord[] {
  const stride = Math.ceil(records.length / MOST);
  return records.filter((record, i) => i % stride === 0 || record === best || i === records.length - 1);
}
