/** A score as people and programs read it: the same words and fields on the command line and in the page. */
import { CORRUPTIONS } from "../data/corruption.ts";
import type { NetworkIdentity } from "../network/identity.ts";
import type { FloorMetric, LadderMetric, Meaning } from "./calibration.ts";
import type { Metrics } from "./fields.ts";

/** A metric in words. */
export interface ScoreRow {
  /** What it is called. */
  readonly label: string;
  /** Its value with four decimals; a dash where the input does not allow it. */
  readonly value: string;
  /** What as many real digits score, with its standard deviation; empty where that is not known. */
  readonly floor: string;
  /** What the value is to be held against. */
  readonly note: string;
}

/** Every metric of a score, the most important first. */
export function scoreRows(score: Metrics, meaning?: Meaning): ScoreRow[] {
  const { fidInterval: interval, kidStandardError: kidError, digitDistanceStandardError: error } = score;
  const rows: [label: string, name: FloorMetric | keyof Metrics, note: string][] = [
    ["digit distance", "digitDistance", `standard error ${show(error ?? NaN)}; 0 is best`],
    ["FID", "fid", interval ? `95 % interval ${interval.map(show).join(" to ")}` : "0 is best"],
    ["FID∞", "fidInfinity", "FID of infinitely many images"],
    ["KID", "kid", `${kidError === undefined ? "" : `± ${show(kidError)}; `}0 is best`],
    ["precision", "precision", "generated ones that look real"],
    ["recall", "recall", "real ones that could be made"],
    ["density", "density", "about 1 for real images"],
    ["coverage", "coverage", "real ones with a made one near"],
    ["classifier score", "classifierScore", "1 to 10"],
    ["mean confidence", "meanConfidence", "0.1 to 1"],
    ["digit imbalance", "digitImbalance", "0 for all digits alike, to 0.9"],
  ];
  return rows.map(([label, name, note]) => {
    const value = score[name] as number | undefined;
    if (value === undefined) return { label, value: "–", floor: "", note: "left out" };
    return { label, value: show(value), floor: showFloor(meaning, name), note };
  });
}

/**
 * A score as lines of a terminal of 80 columns: every metric on one of its own, then the digits, and what is as far.
 *
 * @param isPartial whether metrics were left out on purpose: then nothing is said of them
 */
export function scoreLines(score: Metrics, meaning?: Meaning, isPartial = false): string[] {
  const rows = scoreRows(score, meaning).filter(({ value }) => !isPartial || value !== "–");
  const width = rows.some(({ floor }) => floor !== "") ? 16 : 0;
  const histogram = score.digitHistogram?.join(" ");
  return [
    ...width > 0 ? [`${" ".repeat(31)}real digits`] : [],
    ...rows.map(({ label, value, floor, note }) =>
      `  ${label.padEnd(16)}${value.padStart(10)}   ${floor.padEnd(width)}${note}`
    ),
    ...histogram || !isPartial ? [`  digits 0 … 9    ${histogram ?? "         –   left out"}`] : [],
    ...missingLines(score),
    ...askedRows(score).map(({ label, value, note }) => `  ${label.padEnd(16)}${value.padStart(10)}   ${note}`),
    ...(meaning ? likenessRows(meaning) : []).map(([name, ...cells]) =>
      `  ${name.padEnd(30)}${cells.map((cell) => cell.padStart(18)).join("")}`
    ),
  ];
}

/** Of so many images one of each digit should be there. */
const ENOUGH = 100;

function missingLines({ digitHistogram = [], fakeImages }: Metrics): string[] {
  const missing = digitHistogram.flatMap((count, digit) => count === 0 ? [digit] : []);
  return missing.length === 0 || fakeImages < ENOUGH
    ? []
    : [`  missing${" ".repeat(11)}none is seen as ${missing.join(", ")}`];
}

/** The digits that were asked for against those that are seen, where it is known what was asked for. */
export function askedRows({ asked }: Metrics): ScoreRow[] {
  if (asked === undefined) return [];
  const { accuracy, loss } = asked;
  const doubt = accuracy < 0.5 ? "are what was asked for: are the labels in order?" : undefined;
  return [
    {
      label: "asked and seen",
      value: show(accuracy),
      floor: "",
      note: doubt ?? "of the digits are what was asked for",
    },
    { label: "cross-entropy", value: show(loss), floor: "", note: "of what was asked for, in nats" },
  ];
}

function showFloor(meaning: Meaning | undefined, name: FloorMetric | keyof Metrics): string {
  const floor = meaning?.floors[name as FloorMetric];
  if (floor === undefined) return "";
  const [mean, deviation] = floor;
  const digits = Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(deviation || 1))));
  return `${mean.toFixed(digits).replace(/^-(?=[0.]+$)/, "")} ± ${deviation.toFixed(digits)}`;
}

/** How strongly real digits have to be corrupted to be as far: a row of titles, and one for each corruption. */
export function likenessRows({ like }: Meaning): string[][] {
  const names: [LadderMetric, string][] = [["digitDistance", "by digit distance"], ["fid", "by FID"]];
  const known = names.flatMap(([metric, name]) => like[metric] ? [{ name, like: like[metric] }] : []);
  if (known.length === 0) return [];
  return [
    ["as far as real digits with", ...known.map(({ name }) => name)],
    ...CORRUPTIONS.map(({ name, title, strengths }) => [
      title,
      ...known.map(({ like }) => showStrength(like[name], strengths[strengths.length - 1])),
    ]),
  ];
}

function showStrength(strength: number, strongest: number): string {
  if (strength === Infinity) return `more than ${strongest}`;
  return strength === 0 ? "none" : strength.toFixed(strength < 0.1 ? 3 : strength < 1 ? 2 : 1);
}

/** What is known of a score besides its numbers. */
export interface Known {
  /** What they mean, where that is known. */
  readonly meaning?: Meaning;
  /** Which real images they were. */
  readonly realSha256?: string;
  /** Which generated images. */
  readonly fakeSha256?: string;
}

/** A score by the names that its fields have in JSON: `fidInterval` is `fid_interval`. */
export function scoreFields(
  score: Metrics,
  { identity, real, fake }: { readonly identity: NetworkIdentity; readonly real: string; readonly fake: string },
  { meaning = { floors: {}, like: {} }, realSha256, fakeSha256 }: Known = {},
): Record<string, unknown> {
  const floors = Object.entries(meaning.floors).map(([name, floor]) => [`${name}Floor`, floor]);
  const like = Object.entries(meaning.like).map(([name, strengths]) => [
    `${name}Like`,
    Object.fromEntries(Object.entries(strengths).map(([corruption, s]) => [corruption, s === Infinity ? null : s])),
  ]);
  return {
    ...{ network: identity.name, network_sha256: identity.sha256, real, fake },
    ...(realSha256 && { real_sha256: realSha256 }),
    ...(fakeSha256 && { fake_sha256: fakeSha256 }),
    ...toJsonNames({ ...score, ...Object.fromEntries([...floors, ...like]) }),
  };
}

/** An object by the names that its fields have in JSON, those of the objects in it included. */
export function toJsonNames(object: object): Record<string, unknown> {
  const rename = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    return typeof value === "object" && value !== null ? toJsonNames(value) : value;
  };
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), convert(value)]));
}

/** Four decimals, and no minus before what rounds to zero. */
export function show(value: number): string {
  return value.toFixed(4).replace(/^-(?=0\.0+$)/, "");
}
