/** Which of several sets of generated images is nearer to the real ones, and whether that is more than chance. */
import { drawAll, partCount } from "../fid.ts";
import { digitDistance } from "../metrics/digit_distance.ts";
import { exp } from "../metrics/elementary.ts";
import { MeanEmbedding } from "../metrics/mean_embedding.ts";
import { type Draw, Moments } from "../metrics/moments.ts";
import { standardDeviation } from "../metrics/numbers.ts";
import { DRAW, Random, STREAM } from "../random.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { ScoredSet } from "./features.ts";

/** Resamples behind an interval; its width is then known to 5 %. */
const RESAMPLES = 200;
/** Differences that chance makes this often in all the pairs together count as chance. */
const SIGNIFICANCE = 0.05;

/** Two sets by their numbers, the nearer first. */
export interface Pair {
  /** The one whose distance is smaller. */
  readonly nearer: number;
  /** The other. */
  readonly farther: number;
  /** How much larger the other's distance is, 0 or more. */
  readonly difference: number;
  /** 95 % interval of that difference, of this pair alone. */
  readonly interval: readonly [number, number];
  /** How often chance makes a difference as large, corrected for the number of pairs (Holm). */
  readonly p: number;
  /** Whether it is more than chance, at 5 % for all pairs together. */
  readonly isReal: boolean;
}

/** Sets of generated images in order. */
export interface Comparison {
  /** The distance that they are compared by: the digit distance where the network has one. */
  readonly metric: "digitDistance" | "fid";
  /** Every two of them. */
  readonly pairs: readonly Pair[];
}

/**
 * Compares sets of generated images by their distances to the same real images. All are held against the same resamples
 * of the real set, so what chance does to that moves all distances alike, and mostly leaves their differences.
 *
 * Source: Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 8; Holm, "A Simple Sequentially Rejective
 * Multiple Test Procedure", Scand. J. Statist. 6, 1979.
 */
export async function compareSets(
  real: ScoredSet,
  fakes: readonly ScoredSet[],
  { seed = 0, arithmetic }: { readonly seed?: number; readonly arithmetic: Arithmetic },
): Promise<Comparison> {
  const space = real.embedded?.embedding;
  const isEmbedded = space !== undefined && fakes.every(({ embedded }) => embedded?.embedding === space);
  const distances: number[][] = [];
  for (const [index, fake] of fakes.entries()) {
    const draws = drawPaired(real, fake, seed, index);
    distances.push(
      isEmbedded ? await digitDistances(real, fake, draws, { seed, arithmetic }) : await arithmetic.distances(
        latentsOf(real),
        latentsOf(fake),
        draws,
        { seed },
      ),
    );
  }
  return { metric: isEmbedded ? "digitDistance" : "fid", pairs: pairsOf(distances) };
}

/** The sets as they are, and the resamples: those of the real set are the same whatever it is held against. */
function drawPaired(real: ScoredSet, fake: ScoredSet, seed: number, index: number): Draw[] {
  const [a, b] = [real, fake].map((set) => latentsOf(set) instanceof Moments ? 1 : partCount(latentsOf(set).count));
  const ofReal = new Random(seed, STREAM.bootstrap, DRAW.pairedReal);
  const ofFake = new Random(seed, STREAM.bootstrap, DRAW.pairedFakes + index);
  const resample = (parts: number, random: Random) => {
    const times = new Float64Array(parts);
    for (let i = 0; i < parts; i++) times[random.below(parts)]++;
    return times;
  };
  const resamples = Array.from({ length: RESAMPLES }, () => ({ a: resample(a, ofReal), b: resample(b, ofFake) }));
  return [drawAll(a, b), ...resamples];
}

async function digitDistances(
  { embedded: real }: ScoredSet,
  { embedded: fake }: ScoredSet,
  draws: readonly Draw[],
  { seed, arithmetic }: { readonly seed: number; readonly arithmetic: Arithmetic },
): Promise<number[]> {
  const { projections } = real!.embedding;
  const ofReal = await arithmetic.embedParts(projections, real!.outputs, { seed, of: "real" });
  const ofFake = await arithmetic.embedParts(projections, fake!.outputs, { seed, of: "fake" });
  return draws.map(({ a, b }) => digitDistance(MeanEmbedding.merged(ofReal, a), MeanEmbedding.merged(ofFake, b)));
}

/**
 * The pairs of sets by their distances.
 *
 * @param distances of each set: its own, then those of the resamples
 */
export function pairsOf(distances: readonly (readonly number[])[]): Pair[] {
  const order = distances.map((_, i) => i).sort((i, j) => distances[i][0] - distances[j][0]);
  const pairs = order.flatMap((nearer, n) =>
    order.slice(n + 1).map((farther) => {
      const [difference, ...resampled] = distances[farther].map((distance, r) => distance - distances[nearer][r]);
      const error = standardDeviation(resampled);
      const interval = [difference - 1.96 * error, difference + 1.96 * error] as const;
      return { nearer, farther, difference, interval, p: difference === 0 ? 1 : twoSided(difference / error) };
    })
  );
  const corrected = holm(pairs.map(({ p }) => p));
  return pairs.map((pair, i) => ({ ...pair, p: corrected[i], isReal: corrected[i] <= SIGNIFICANCE }));
}

/** Probabilities as they are after so many tries: the smallest times their number, the next times one less, … */
function holm(probabilities: readonly number[]): number[] {
  const order = probabilities.map((_, i) => i).sort((i, j) => probabilities[i] - probabilities[j]);
  const corrected: number[] = [];
  let least = 0;
  for (const [rank, i] of order.entries()) {
    corrected[i] = least = Math.max(least, Math.min(1, (probabilities.length - rank) * probabilities[i]));
  }
  return corrected;
}

/**
 * How often a normal number is at least so many deviations from its mean, to seven digits.
 *
 * Source: Abramowitz & Stegun, "Handbook of Mathematical Functions", 1964, 7.1.26.
 */
function twoSided(deviations: number): number {
  const x = Math.abs(deviations) / Math.SQRT2, t = 1 / (1 + 0.3275911 * x);
  const terms = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  return terms.reduceRight((sum, term) => (sum + term) * t, 0) * exp(-x * x);
}

function latentsOf({ features }: ScoredSet) {
  return features instanceof Moments ? features : features.latents;
}
