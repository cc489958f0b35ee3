/**
 * Metrics of latents and logits, from whatever network: arrays in, numbers out. No GPU and no files, so this runs
 * wherever TypeScript or JavaScript does.
 *
 * ```ts
 * import { frechetDistance, Moments } from "@digit-fid/digit-fid/metrics";
 *
 * const real = Moments.of({ count: 3, width: 2, data: Float32Array.of(0, 0, 1, 2, 2, 1) });
 * const fake = Moments.of({ count: 3, width: 2, data: Float32Array.of(1, 0, 2, 2, 3, 1) });
 * console.log(frechetDistance(real, fake)); // 1, the square of the shift
 * ```
 *
 * @module
 */
export type { MetricName, Metrics } from "../lib/scoring/fields.ts";
export { type Features, metricsOf, type MetricsOptions, type Whole } from "../lib/scoring/metrics.ts";
export { type Arithmetic, type Drawable, openArithmetic, type Parts } from "../lib/scoring/arithmetic.ts";
export { frechetDistance, frechetInfinity, frechetInterval, momentsOfParts } from "../lib/fid.ts";
export { type KernelDistance, kernelDistance, type KernelOptions } from "../lib/metrics/kid.ts";
export { type NeighbourOptions, type NeighbourScores, neighbourScores } from "../lib/metrics/neighbours.ts";
export { type ClassifierScores, classifierScores } from "../lib/metrics/classifier_score.ts";
export {
  type LatentNormality,
  normality,
  type NormalitySummary,
  summariseNormality,
} from "../lib/metrics/normality.ts";
export { type SlicedDistance, slicedWasserstein } from "../lib/metrics/sliced_wasserstein.ts";
export type { Latents } from "../lib/metrics/latents.ts";
export type { Nearest, NearestOptions } from "../lib/metrics/nearest.ts";
export { type Draw, Moments } from "../lib/metrics/moments.ts";
export type { WarningCode } from "../lib/data/warnings.ts";
export type { Seeded } from "../lib/random.ts";
export { DigitFidError, type DigitFidErrorOptions, type Remedy, type RemedyOption } from "../lib/errors.ts";
