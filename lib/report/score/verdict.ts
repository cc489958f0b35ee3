/** A score in three sentences: how far, why, and how real and varied; or what is wrong with the images. */
import type { WarningCode } from "../../data/warnings.ts";
import { fixed, grouped, percent } from "../../numerals.ts";
import type { LadderMetric } from "../../scoring/calibration.ts";
import type { Copies } from "../../scoring/copies.ts";
import type { ScoreFindings } from "./findings.ts";
import { amongGenerators } from "./generators.ts";

/** So many standard deviations above what real digits score, a distance is more than chance. */
const CHANCE = 3;
/** Weaker noise and blur than these are not put into numbers. */
const WEAKEST = { noise: 0.01, blur: 0.1 };
/** Shares of what real digits reach, from which on generated ones are about as real or varied, and less so. */
const REACHED = { all: 0.9, some: 0.6 };
/** Of fewer digits little can be said. */
const LEAST = 100;
/** A digit is hardly made below this share of its fair tenth. */
const HARDLY = 0.2;

/** Warnings of images that were saved or read otherwise than they were made: a score of those is not of the generator. */
const FAULTS: readonly WarningCode[] = [
  ...[
    "other-images",
    "overflown",
    "mixed",
    "inverted",
    "turned",
    "blank",
    "grey-background",
    "dim-white",
    "brightness",
  ] as const,
  ...["stretched", "binary", "curved", "large-digits", "bordered"] as const,
];

/** The verdict: of images that seem faulty only that, and the distance. */
export function verdictOf(findings: ScoreFindings): string[] {
  const fault = faultOf(findings);
  if (fault === undefined) return [howFar(findings), why(findings), howRealAndVaried(findings)];
  const { name, value, floor } = headline(findings);
  const real = floor ? `, where as many real digits score ${spread(floor)}` : "";
  return [
    `Look at the images first. ${fault}.`,
    `Until that is set right the numbers say little of the generator: the ${name} of these ` +
    `${grouped(findings.metrics.fakeImages)} digits as they are is ${fixed(value, 1)}${real}.`,
  ];
}

/** The warning that names what is wrong with the images, if one does; the gravest of several. */
export function faultOf({ metrics: { warnings, warningCodes = [] } }: ScoreFindings): string | undefined {
  const [gravest] = FAULTS.filter((code) => warningCodes.includes(code));
  return gravest && warnings[warningCodes.indexOf(gravest)];
}

/** The distance that the verdict goes by, what it is called, and what as many real digits score. */
export function headline({ metrics, meaning }: ScoreFindings) {
  const metric: LadderMetric = metrics.digitDistance === undefined ? "fid" : "digitDistance";
  const name = metric === "fid" ? "FID" : "digit distance";
  return { metric, name, value: metrics[metric]!, floor: meaning?.floors[metric] };
}

function isChance({ value, floor }: ReturnType<typeof headline>): boolean {
  return floor !== undefined && value < floor[0] + CHANCE * floor[1];
}

function howFar(findings: ScoreFindings): string {
  const line = headline(findings);
  const { metric, name, value, floor } = line;
  const count = grouped(findings.metrics.fakeImages);
  if (floor === undefined) {
    const known = findings.meaning && findings.metrics.fakeImages < LEAST
      ? "what so few real digits score is not known"
      : "what real digits score is known only for the reference network and MNIST";
    return `The ${name} of these ${count} digits is ${fixed(value, 1)}, where 0 is best; ${known}.`;
  }
  const real = spread(floor);
  if (isChance(line)) {
    return `These ${count} digits cannot be told from real ones by their ${name}: it is ${fixed(value, 1)}, and ` +
      `as many real digits score ${real}.`;
  }
  const among = metric === "digitDistance" ? `${amongGenerators(value)} among the examples, and ` : "";
  return `The ${name} of these ${count} digits is ${fixed(value, 1)}, where as many real digits score ${real}: ` +
    `${among}${likeness(findings.meaning?.like[metric])}.`;
}

function spread([mean, deviation]: readonly [number, number]): string {
  return `${fixed(mean, 1)}\u00a0±\u00a0${fixed(deviation, 1)}`;
}

/** How strongly real digits have to be corrupted to be as far. */
function likeness(strengths: Readonly<Record<string, number>> = {}): string {
  const { noise = Infinity, blur = Infinity } = strengths;
  const words = [
    ...noise === Infinity
      ? []
      : noise < WEAKEST.noise
      ? [`less than Gaussian noise of σ\u00a0=\u00a0${WEAKEST.noise}`]
      : [`Gaussian noise of σ\u00a0≈\u00a0${fixed(noise, 2)}`],
    ...blur === Infinity
      ? []
      : blur < WEAKEST.blur
      ? [`less than a blur of ${WEAKEST.blur}\u00a0pixels`]
      : [`a blur of ${fixed(blur, 1)}\u00a0pixels`],
  ];
  if (words.length === 0) return "farther than real digits under the strongest noise and blur that were tried";
  return `as far as real digits with ${words.join(" or ")}`;
}

function why(findings: ScoreFindings): string {
  const { causes } = findings;
  if (isChance(headline(findings))) return "So there is no fault to look for that this many images would show.";
  if (causes === undefined) return noCauses(findings);
  const [first] = causes.causes;
  if (first === undefined) {
    return "No single fault that was tried – levels, noise, position, size, strokes, edges, the mix of digits – makes up " +
      "a fifth of that.";
  }
  const { finding, digitDistance: without } = first;
  return `The largest cause: ${finding}; with that alone set right, the distance of a sample falls from ` +
    `${fixed(causes.digitDistance, 1)} to ${fixed(without, 1)}.`;
}

/** Why nothing is said of causes. */
export function noCauses({ metrics: { fakeImages, realImages, digitDistance } }: ScoreFindings): string {
  if (digitDistance === undefined) return "What the distance is made of is known only for the reference network.";
  if (Math.min(fakeImages, realImages) < LEAST) {
    return `Fewer than ${LEAST} digits are too few to say what the distance is made of.`;
  }
  return "The distance is too small to tell what it is made of.";
}

function howRealAndVaried({ metrics, meaning, copies }: ScoreFindings): string {
  const { precision, recall } = metrics, { floors = {} } = meaning ?? {};
  const qualities = [
    ...precision === undefined ? [] : [quality(precision, floors.precision?.[0], {
      as: (grade) => `they look ${grade("real")}`,
      reached: (share) => `${share} of them lie among real digits (precision)`,
      ofReal: (share) => `of as many real ones ${share} do`,
    })],
    ...recall === undefined ? [] : [quality(recall, floors.recall?.[0], {
      as: (grade) => `they are ${grade("varied")}`,
      reached: (share) => `they reach ${share} of the real handwriting (recall)`,
      ofReal: (share) => `as many real digits reach ${share}`,
    })],
  ];
  const made = `${missing(metrics)}${copies ? `, and ${copiedWords(copies)}` : ""}`;
  const worstFirst = qualities.sort((a, b) => a.share - b.share).map(({ words }) => words);
  return [...worstFirst, made].map((words) => `${words[0].toUpperCase()}${words.slice(1)}.`).join(" ");
}

/** How a share of the generated digits stands beside that of real ones, and that in words. */
function quality(
  value: number,
  floor: number | undefined,
  { as, reached, ofReal }: {
    readonly as: (grade: (of: string) => string) => string;
    readonly reached: (share: string) => string;
    readonly ofReal: (share: string) => string;
  },
): { share: number; words: string } {
  if (floor === undefined) return { share: 0, words: reached(percent(value, 0)) };
  const share = value / floor;
  const grade = (of: string) =>
    share >= REACHED.all
      ? `about as ${of} as real ones`
      : `${share >= REACHED.some ? "less" : "much less"} ${of} than real ones`;
  return { share, words: `${as(grade)}: ${reached(percent(value, 0))}, where ${ofReal(percent(floor, 0))}` };
}

function missing({ digitHistogram = [], fakeImages }: ScoreFindings["metrics"]): string {
  if (fakeImages < LEAST) return "they are too few to say which digits are missing";
  const rare = digitHistogram.flatMap((count, digit) => count < HARDLY * fakeImages / 10 ? [digit] : []);
  if (rare.length === 0) return "every digit is made";
  return `${rare.length === 1 ? `the digit ${rare[0]} is` : `the digits ${rare.join(", ")} are`} hardly made`;
}

function copiedWords({ isCopying, near }: Copies): string {
  if (!isCopying) return "no copying of the training images shows";
  return `copies show: ${grouped(near.count)} lie very near to training images, where chance has it for ` +
    fixed(near.byChance, 1);
}
