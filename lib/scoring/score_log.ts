/** `scores.csv`: how a generator does while it trains, a line for each sample of its digits that was scored. */
import { FormatError } from "../errors.ts";
import type { Metrics } from "./fields.ts";

/** The metrics that are kept, by the names of their columns. */
export const MEASURES = {
  digit_distance: "digitDistance",
  digit_distance_standard_error: "digitDistanceStandardError",
  fid: "fid",
  fid_infinity: "fidInfinity",
  kid: "kid",
  precision: "precision",
  recall: "recall",
  density: "density",
  coverage: "coverage",
  classifier_score: "classifierScore",
  mean_confidence: "meanConfidence",
  digit_imbalance: "digitImbalance",
} as const satisfies Record<string, keyof Metrics>;

/** The name of a metric's column. */
export type Measure = keyof typeof MEASURES;

/** The score of one sample. */
export interface ScoreRecord {
  /** Name of the file or folder. */
  readonly name: string;
  /** Which state of it was scored: a hash of the names, sizes and times of its files. */
  readonly stamp: string;
  /** What it was scored by: network, real images, seed and what else decides the numbers. */
  readonly by: string;
  /** How many images it has. */
  readonly images: number;
  /** The metrics that the images allow. */
  readonly scores: Readonly<Partial<Record<Measure, number>>>;
}

const COLUMNS = ["name", "stamp", "by", "images", ...Object.keys(MEASURES)] as const;

/** The metrics of a score that are kept. */
export function measuresOf(metrics: Metrics): ScoreRecord["scores"] {
  const kept = Object.entries(MEASURES).map(([measure, name]) => [measure, metrics[name]] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

/** The text of `scores.csv`: a header, then a line a score; a field is empty where the images did not allow it. */
export function formatScores(records: readonly ScoreRecord[]): string {
  const rows = records.map(({ name, stamp, by, images, scores }) => {
    const values = (Object.keys(MEASURES) as Measure[]).map((measure) => `${scores[measure] ?? ""}`);
    return [name, stamp, by, `${images}`, ...values].map(quoted).join(",");
  });
  return [COLUMNS.join(","), ...rows, ""].join("\n");
}

/**
 * Reads `scores.csv`.
 *
 * @param file its name, for messages
 * @throws FormatError if the columns are others, or a field is no number
 */
export function parseScores(text: string, file: string): ScoreRecord[] {
  const [header, ...rows] = fieldsOf(text);
  if (header?.join() !== COLUMNS.join()) {
    throw new FormatError(`${file}: line 1: expected ${COLUMNS.join(",")}`);
  }
  return rows.map((fields, i) => {
    const [name, stamp, by, images, ...values] = fields;
    const numbers = [images, ...values].map(Number);
    if (fields.length !== COLUMNS.length || !images || !numbers.every(Number.isFinite)) {
      throw new FormatError(`${file}: row ${i + 1}: expected ${COLUMNS.join(",")}, found ${fields.join(",")}`);
    }
    const scores = Object.keys(MEASURES).map((measure, k) => [measure, numbers[k + 1]] as const);
    return {
      name,
      stamp,
      by,
      images: numbers[0],
      scores: Object.fromEntries(scores.filter((_, k) => values[k] !== "")),
    };
  });
}

/** The last score of each sample, in the order of their names: `epoch2` comes before `epoch10`. */
export function latestScores(records: readonly ScoreRecord[]): ScoreRecord[] {
  const byName = new Map(records.map((record) => [record.name, record]));
  return [...byName.values()].sort((a, b) => inSteps(a.name, b.name));
}

/** Orders names as people count: numbers in them by their value. */
export function inSteps(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true }) || (a < b ? -1 : 1);
}

/** The metric by which samples are compared: the digit distance, or FID where not all of them have it. */
export function leadingMeasure(records: readonly ScoreRecord[]): "digit_distance" | "fid" {
  return records.every(({ scores }) => scores.digit_distance !== undefined) ? "digit_distance" : "fid";
}

/** The sample with the smallest distance; the first of equals, and undefined if there is none. */
export function bestScore(records: readonly ScoreRecord[]): ScoreRecord | undefined {
  const measure = leadingMeasure(records);
  const distance = ({ scores }: ScoreRecord) => scores[measure] ?? Infinity;
  return records.reduce<ScoreRecord | undefined>(
    (best, record) => best === undefined || distance(record) < distance(best) ? record : best,
    undefined,
  );
}

/** A field as RFC 4180 has it. */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** The fields of each line of comma-separated values. */
function fieldsOf(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, field, end] of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    if (row.length === 0 && field === "" && end !== ",") continue; // an empty line, or the end of the text
    row.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (end !== ",") rows.push(row), row = [];
  }
  return rows;
}
