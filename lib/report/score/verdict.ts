/** A score in three sentences: how far, why, and how varied. */
import { fixed, grouped, percent } from "../../numerals.ts";
import type { LadderMetric } from "../../scoring/calibration.ts";
import type { Copies } from "../../scoring/copies.ts";
import type { ScoreFindings } from "./findings.ts";
import { amongGenerators } from "./generators.ts";

/** So many standard deviations above what real digits score, a distance is more than chance. */
const CHANCE = 3;
/** Weaker noise and blur than these are not put into numbers. */
const WEAKEST = { noise: 0.01, blur: 0.1 };
/** Shares of what real digits reach, from which on generated ones are about as varied, and lack some. */
const VARIETY = { all: 0.9, some: 0.6 };
/** Of fewer digits little can be said. */
const LEAST = 100;
/** A digit is hardly made below this share of its fair tenth. */
const HARDLY = 0.2;

/** The verdict. */
export function verdictOf(findings: ScoreFindings): [far: string, why: string, varied: string] {
  return [howFar(findings), why(findings), howVaried(findings)];
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
  const real = `${fixed(floor[0], 1)}\u00a0±\u00a0${fixed(floor[1], 1)}`;
  if (isChance(line)) {
    return `These ${count} digits cannot be told from real ones by their ${name}: it is ${fixed(value, 1)}, and ` +
      `as many real digits score ${real}.`;
  }
  const among = metric === "digitDistance" ? `${amongGenerators(value)} among the examples, and ` : "";
  return `The ${name} of these ${count} digits is ${fixed(value, 1)}, where as many real digits score ${real}: ` +
    `${among}${likeness(findings.meaning?.like[metric])}.`;
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

function howVaried(findings: ScoreFindings): string {
  const { metrics: { recall, digitHistogram = [], fakeImages }, meaning, copies } = findings;
  const rare = digitHistogram.flatMap((count, digit) => count < HARDLY * fakeImages / 10 ? [digit] : []);
  const missing = fakeImages < LEAST
    ? "they are too few to say which are missing"
    : rare.length === 0
    ? "every digit is made"
    : rare.length === 1
    ? `the digit ${rare[0]} is hardly made`
    : `the digits ${rare.join(", ")} are hardly made`;
  const copied = copies ? `, and ${copiedWords(copies)}` : "";
  const floor = meaning?.floors.recall?.[0];
  if (recall === undefined) return `As for variety, ${missing}${copied}.`;
  if (floor === undefined) {
    return `They reach ${percent(recall, 0)} of the real handwriting (recall); ${missing}${copied}.`;
  }
  const share = recall / floor;
  const grade = share >= VARIETY.all
    ? "about as varied as real ones"
    : share >= VARIETY.some
    ? "less varied than real ones"
    : "much less varied than real ones";
  return `They are ${grade}: they reach ${percent(recall, 0)} of the real handwriting (recall), where as many real ` +
    `digits reach ${percent(floor, 0)}; ${missing}${copied}.`;
}

function copiedWords({ isCopying, near }: Copies): string {
  if (!isCopying) return "no copying of the training images shows";
  return `copies show: ${grouped(near.count)} lie very near to training images, where chance has it for ` +
    fixed(near.byChance, 1);
}
