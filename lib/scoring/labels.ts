/** Generated digits held against the digits that were asked for. */
import { Moments } from "../metrics/moments.ts";
import { CLASSES } from "../model.ts";
import { type Evaluation, evaluationOf } from "../training/evaluate.ts";
import { type ScoredSet, scoreSets, takeSet } from "./features.ts";
import type { Metrics } from "./fields.ts";
import type { MetricsOptions } from "./metrics.ts";

/** What was asked for against what the network sees: `confusion[asked][seen]`; undefined without labels or logits. */
export function askedAgainstSeen({ features, labels }: ScoredSet): Evaluation | undefined {
  if (features instanceof Moments || labels === undefined) return undefined;
  const { latents: { count }, logits } = features;
  return evaluationOf({ count, width: CLASSES, data: Float32Array.from(logits) }, labels);
}

/** Fewer images of a digit than these, in either set, and it is left out. */
const LEAST = 20;

/**
 * Every metric digit by digit, with its standard errors and intervals, which so few images make wide: generated digits
 * that were asked for against real ones of that class. A digit with fewer than 20 images in a set is left out.
 */
export async function scoresByDigit(
  real: ScoredSet,
  fake: ScoredSet,
  options: MetricsOptions = {},
): Promise<(Metrics | undefined)[]> {
  const scores: (Metrics | undefined)[] = [];
  for (let digit = 0; digit < CLASSES; digit++) {
    const [a, b] = [ofDigit(real, digit), ofDigit(fake, digit)];
    scores.push(a && b && await scoreSets(a, b, options));
    for (const set of [a, b]) {
      if (set) options.arithmetic?.forget(set.features instanceof Moments ? set.features : set.features.latents);
    }
  }
  return scores;
}

function ofDigit({ features, embedded, labels }: ScoredSet, digit: number): ScoredSet | undefined {
  if (features instanceof Moments || !embedded || !labels) return undefined;
  const numbers = Uint32Array.from(labels.keys()).filter((i) => labels[i] === digit);
  return numbers.length < LEAST ? undefined : takeSet(features, embedded, numbers);
}
