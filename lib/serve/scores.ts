/** How a generator does while it trains, as the server reports it: what `watch` has added to `scores.csv` so far. */
import { basename, dirname, resolve } from "node:path";
import { DigitFidError } from "../errors.ts";
import { codeOf } from "../formats/file_error.ts";
import { readFile } from "../formats/files.ts";
import { bestScore, latestScores, leadingMeasure, parseScores, type ScoreRecord } from "../scoring/score_log.ts";

/** More samples than a chart has pixels for are not sent. */
const MOST = 1000;

/** What the page shows of a sample's score. */
export type SampleScore = Pick<ScoreRecord, "name" | "images" | "scores">;

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
  const records = whole === "" ? [] : latestScores(parseScores(whole, path));
  const best = bestScore(records), some = thinOut(records, best);
  return {
    name: folderOf(path),
    count: records.length,
    samples: some.map(({ name, images, scores }) => ({ name, images, scores })),
    measure: leadingMeasure(records),
    best: best ? some.indexOf(best) : -1,
  };
}

/** The same, with what is wrong in place of an error: the page says it, and goes on with what else there is. */
export async function readScoresOrTrouble(path: string): Promise<ScoresState> {
  try {
    return await readScores(path);
  } catch (error) {
    if (!(error instanceof DigitFidError)) throw error;
    return { name: folderOf(path), count: 0, samples: [], measure: "fid", best: -1, trouble: error.message };
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
