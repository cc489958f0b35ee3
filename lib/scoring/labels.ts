/** Scores digit by digit, where the classes of both sets are known. */
import type { Latents } from "../metrics/latents.ts";
import { Moments } from "../metrics/moments.ts";
import { standardDeviation } from "../metrics/numbers.ts";
import { CLASSES } from "../model.ts";
import { DRAW, Random, STREAM } from "../random.ts";
import { PLAIN } from "./arithmetic.ts";
import { type ScoredSet, scoreSets, takeSet } from "./features.ts";
import type { Metrics } from "./fields.ts";
import type { MetricsOptions } from "./metrics.ts";
import { takeLatents } from "./sample.ts";

/** Fewer images of a digit than these, in either set, and it is left out. */
const LEAST = 20;

/** The scores of one digit. */
export interface DigitScores extends Metrics {
  /** Standard error of the precision, over both sets of images. */
  readonly precisionStandardError?: number;
  /** Standard error of the recall, likewise. */
  readonly recallStandardError?: number;
}

/**
 * Every metric digit by digit, with its standard errors and intervals, which so few images make wide: generated digits
 * that were asked for against real ones of that class. A digit with fewer than 20 images in a set is left out.
 */
export async function scoresByDigit(
  real: ScoredSet,
  fake: ScoredSet,
  options: MetricsOptions = {},
): Promise<(DigitScores | undefined)[]> {
  const scores: (DigitScores | undefined)[] = [];
  for (let digit = 0; digit < CLASSES; digit++) {
    const [a, b] = [ofDigit(real, digit), ofDigit(fake, digit)];
    scores.push(a && b && { ...await scoreSets(a, b, options), ...await neighbourErrors(a, b, options) });
    for (const set of [a, b]) {
      if (set) options.arithmetic?.forget(set.features instanceof Moments ? set.features : set.features.latents);
    }
  }
  return scores;
}

/** How often both sets are halved at random. */
const HALVINGS = 10;

/**
 * Standard errors of precision and recall: their deviation over random halves of both sets, which is that of the whole
 * sets' values over sets of their size (the jackknife that leaves out half, right for what jumps as these do: Shao & Wu,
 * "A general theory for jackknife variance estimation", Annals of Statistics 17, 1989). A binomial's error would be half
 * as large for the recall: one generated image decides for many real ones.
 */
async function neighbourErrors(
  { features: real }: ScoredSet,
  { features: fake }: ScoredSet,
  { seed = 0, neighbours, arithmetic = PLAIN }: MetricsOptions,
): Promise<Pick<DigitScores, "precisionStandardError" | "recallStandardError">> {
  if (real instanceof Moments || fake instanceof Moments) return {};
  const random = new Random(seed, STREAM.bootstrap, DRAW.halves);
  const halvesOf = (latents: Latents) => {
    const order = random.permutation(latents.count), middle = latents.count >> 1;
    return [order.subarray(0, middle), order.subarray(middle)].map((numbers) => takeLatents(latents, numbers));
  };
  const [precisions, recalls]: [number[], number[]] = [[], []];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const halves = [halvesOf(real.latents), halvesOf(fake.latents)];
    for (const half of [0, 1]) {
      const { precision, recall } = await arithmetic.neighbourScores(halves[0][half], halves[1][half], {
        seed,
        neighbours,
      });
      precisions.push(precision);
      recalls.push(recall);
    }
    for (const latents of halves.flat()) arithmetic.forget(latents);
  }
  return { precisionStandardError: standardDeviation(precisions), recallStandardError: standardDeviation(recalls) };
}

function ofDigit({ features, embedded, labels }: ScoredSet, digit: number): ScoredSet | undefined {
  if (features instanceof Moments || !embedded || !labels) return undefined;
  const numbers = Uint32Array.from(labels.keys()).filter((i) => labels[i] === digit);
  return numbers.length < LEAST ? undefined : takeSet(embedded, numbers);
}
