/** Scores as text, for a terminal of 80 columns. */
import { basename } from "node:path";
import { printable } from "../lib/printable.ts";
import type { FloorMetric } from "../lib/scoring/calibration.ts";
import { COMPARED_METRICS, metricWords, nearestFirst, pairWords, toldPairs } from "../lib/scoring/comparison_words.ts";
import { scoreLines } from "../lib/scoring/words.ts";
import { csvText } from "./csv.ts";
import { showIdentity } from "./inputs.ts";
import type { Scoring } from "./scoring.ts";

/** The result as text. */
export function textOf(scoring: Scoring, real: string, isPartial: boolean): string {
  return scoring.comparison ? severalText(scoring, real) : oneText(scoring, real, isPartial);
}

function oneText(
  { identity, more, scores: [{ fake, metrics, meaning }] }: Scoring,
  real: string,
  isPartial: boolean,
): string {
  return [
    `${metrics.fakeImages} images of ${printable(fake)} against ${metrics.realImages} of ${printable(real)}`,
    `by ${showIdentity(identity)}`,
    ...scoreLines(metrics, meaning, isPartial),
    ...more.lines.flatMap(wrapped),
  ].join("\n");
}

/** A line of 80 columns at most, and what is left of it below its note. */
function wrapped(line: string): string[] {
  const end = line.length <= WIDTH ? line.length : line.lastIndexOf(" ", WIDTH);
  if (end <= NOTE) return [line];
  const rest = line.slice(end + 1);
  return [line.slice(0, end), ...rest ? wrapped(" ".repeat(NOTE) + rest) : []];
}

/** Columns of a terminal, and where the notes of a table begin. */
const WIDTH = 80, NOTE = 20;

/** A column: its title, its metric, its width. */
type Column = readonly [title: string, field: FloorMetric, width: number];

/** Columns where only such metrics were asked for. */
const OTHER_COLUMNS: readonly Column[] = [
  ["FID∞", "fidInfinity", 12],
  ["KID", "kid", 12],
  ["density", "density", 12],
];

/** Widths of the columns of a table of scores. */
const WIDTHS = [13, 11, 10, 8, 9];

/** A set on each line, the nearest first, and what every two of them differ by. */
function severalText({ identity, scores, comparison }: Scoring, real: string): string {
  const sorted = nearestFirst(scores, comparison!);
  const isThere = ([, field]: Column) => scores.some(({ metrics }) => metrics[field] !== undefined);
  const usual = COMPARED_METRICS.map(([title, field], i): Column => [title, field, WIDTHS[i]]).filter(isThere);
  const columns = usual.length > 0 ? usual : OTHER_COLUMNS.filter(isThere);
  const row = (name: string, value: (field: Column[1]) => number | undefined) =>
    `  ${name.padEnd(26)}${
      columns.map(([, field, width]) => (value(field)?.toFixed(3) ?? "–").padStart(width)).join("")
    }`;
  const { floors = {} } = scores[0].meaning ?? {};
  const ofOneSize = scores.every(({ metrics }) => metrics.fakeImages === scores[0].metrics.fakeImages);
  const { told, rest } = toldPairs(comparison!);
  const pairs = told.map((pair) =>
    `  ${shortName(scores[pair.nearer].fake)} is nearer than ${shortName(scores[pair.farther].fake)}
` +
    `    ${pairWords(pair)}`
  );
  return [
    `${scores.length} sets of images against ${scores[0].metrics.realImages} of ${printable(real)}`,
    `by ${showIdentity(identity)}`,
    " ".repeat(28) + columns.map(([title, , width]) => title.padStart(width)).join(""),
    ...ofOneSize && Object.keys(floors).length > 0
      ? [row(`real digits, ${scores[0].metrics.fakeImages} of them`, (field) => floors[field]?.[0])]
      : [],
    ...sorted.map(({ fake, metrics }) => row(shortName(fake), (field) => metrics[field])),
    `by the ${metricWords(comparison!)}, against the same resamples of the real images:`,
    ...pairs,
    ...rest ? [`  ${rest}`] : [],
  ].join("\n");
}

/** The end of a path, by which sets are known. */
function shortName(path: string): string {
  const name = printable(path === "-" ? path : basename(path));
  return name.length > 26 ? `…${name.slice(-25)}` : name;
}

/** A table for other programs: a line for each set. */
export function csvOf({ scores }: Scoring): string {
  const fields = [...new Set(scores.flatMap(({ metrics }) => Object.keys(metrics)))].filter((name) =>
    scores.every(({ metrics }) => ["number", "undefined"].includes(typeof metrics[name as keyof typeof metrics]))
  );
  const rename = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const rows = scores.map((
    { fake, fakeSha256 = "", metrics },
  ) => [fake, fakeSha256, ...fields.map((name) => metrics[name as keyof typeof metrics] as number | undefined ?? "")]);
  return csvText([["fake", "fake_sha256", ...fields.map(rename)], ...rows]);
}
