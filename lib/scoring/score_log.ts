/** `scores.csv`: how a generator does while it trains, a line for each sample of its digits that was scored or refused. */
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

/** The score of one sample, or why it has none. */
export interface ScoreRecord {
  /** Name of the file or folder. */
  readonly name: string;
  /** Which state of it was scored: a hash of the names, sizes and times of its files. */
  readonly stamp: string;
  /** What it was scored by: network, real images, seed and what else decides the numbers. */
  readonly by: string;
  /** How many images it has; 0 of a sample that is refused. */
  readonly images: number;
  /** The metrics that the images allow; none of a sample that is refused. */
  readonly scores: Readonly<Partial<Record<Measure, number>>>;
  /** Why it cannot be scored, if so. */
  readonly refused?: string;
  /** What looks wrong about it or its score, if anything: a sentence each. */
  readonly warnings?: readonly string[];
}

/** The columns that former versions wrote; their files are read as well. */
const FORMER_COLUMNS = ["name", "stamp", "by", "images", ...Object.keys(MEASURES)] as const;
const COLUMNS = [...FORMER_COLUMNS, "refused", "warnings"] as const;

/** Between warnings in their column. */
const BAR = " | ";

/** The metrics of a score that are kept. */
export function measuresOf(metrics: Metrics): ScoreRecord["scores"] {
  const kept = Object.entries(MEASURES).map(([measure, name]) => [measure, metrics[name]] as const);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

/**
 * The text of `scores.csv`: a header, then a line a sample; a field is empty where the images did not allow it, and of
 * a sample that is refused there are none but why.
 */
export function formatScores(records: readonly ScoreRecord[]): string {
  const rows = records.map(({ name, stamp, by, images, scores, refused, warnings = [] }) => {
    const values = (Object.keys(MEASURES) as Measure[]).map((measure) => `${scores[measure] ?? ""}`);
    const count = refused === undefined ? `${images}` : "";
    return [name, stamp, by, count, ...values, refused ?? "", warnings.join(BAR)].map(quoted).join(",");
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
  if (![COLUMNS, FORMER_COLUMNS].some((columns) => header?.join() === columns.join())) {
    throw new FormatError(`${file}: line 1: expected ${COLUMNS.join(",")}`);
  }
  return rows.map((fields, i) => {
    const record = fields.length === header.length ? recordOf(fields) : undefined;
    if (record !== undefined) return record;
    throw new FormatError(`${file}: row ${i + 1}: expected ${header.join(",")}, found ${fields.join(",")}`);
  });
}

/** What a line's fields say; undefined if one that is to be a number is none. */
function recordOf(fields: readonly string[]): ScoreRecord | undefined {
  const [name, stamp, by, images, ...more] = fields, measures = Object.keys(MEASURES);
  const values = more.slice(0, measures.length), [refused = "", warnings = ""] = more.slice(measures.length);
  const isRefused = refused !== "";
  if (isRefused ? [images, ...values].some((field) => field !== "") : !images) return undefined;
  if (![images, ...values].map(Number).every(Number.isFinite)) return undefined;
  const scores = measures.map((measure, k) => [measure, values[k]] as const).filter(([, value]) => value !== "");
  return {
    ...{ name, stamp, by, images: Number(images) },
    scores: Object.fromEntries(scores.map(([measure, value]) => [measure, Number(value)])),
    ...(isRefused && { refused }),
    ...(warnings !== "" && { warnings: warnings.split(BAR) }),
  };
}

/** The last record of each sample that is a score, in the order of their names: `epoch2` comes before `epoch10`. */
export function latestScores(records: readonly ScoreRecord[]): ScoreRecord[] {
  return latestOfEach(records).filter(({ refused }) => refused === undefined);
}

/** The samples that were refused when they were last looked at, in the same order. */
export function latestRefusals(records: readonly ScoreRecord[]): (ScoreRecord & { readonly refused: string })[] {
  return latestOfEach(records).filter((record) => record.refused !== undefined) as ReturnType<typeof latestRefusals>;
}

function latestOfEach(records: readonly ScoreRecord[]): ScoreRecord[] {
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
