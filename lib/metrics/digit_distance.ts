/** The digit distance: how differently two sets of digits are distributed, as one number that small faults move. */
import { DigitFidError } from "../errors.ts";
import { MeanEmbedding } from "./mean_embedding.ts";
import { standardDeviation } from "./numbers.ts";
import { DRAW, Random, type Seeded, STREAM } from "../random.ts";

/** Resamples behind the standard error. */
const RESAMPLES = 50;
/** The distance is given in thousandths: 0 for equal sets, 2000 at the very most. */
const SCALE = 1000;

/** A digit distance and how far chance moves it. */
export interface DigitDistance {
  /** 1000 times the squared MMD, unbiased: 0 for equal distributions, where chance makes it a little negative too. */
  readonly digitDistance: number;
  /** Bootstrap standard error. */
  readonly standardError: number;
}

/**
 * The unbiased squared maximum mean discrepancy of two sets, in thousandths, with a kernel that is the weighted sum of
 * Gaussian kernels on whitened latents, logits and margins (`embedding.ts`).
 *
 * Source: Gretton et al., "A Kernel Two-Sample Test", JMLR 13, 2012, lemma 6, eq. 3, by way of random Fourier features
 * (Rahimi & Recht, NeurIPS 2007); Jayasumana et al., "Rethinking FID", CVPR 2024, take the same distance of CLIP's.
 *
 * @throws DigitFidError if a set has fewer than 2 images
 */
export function digitDistance(a: MeanEmbedding, b: MeanEmbedding): number {
  return SCALE * (meanKernelWithin(a) + meanKernelWithin(b) - 2 * a.meanKernel(b));
}

/** The kernel's mean over all pairs of different images; an image's kernel with itself is 1, up to rounding. */
function meanKernelWithin(set: MeanEmbedding): number {
  if (set.count < 2) throw new DigitFidError(`${set.count} images are too few for a distance: give at least 2`);
  return (set.count * set.meanKernel(set) - 1) / (set.count - 1);
}

/**
 * The digit distance of two sets that are given in random parts, and its standard error, from resampled parts.
 *
 * @param a mean embeddings of random parts of a set, or of a whole set that is held fixed
 * @param b the same of the other set
 */
export function digitDistanceOfParts(
  a: readonly MeanEmbedding[],
  b: readonly MeanEmbedding[],
  { seed = 0 }: Seeded = {},
): DigitDistance {
  const random = new Random(seed, STREAM.bootstrap, DRAW.digitDistance);
  const whole = (parts: readonly MeanEmbedding[]) => MeanEmbedding.merged(parts, parts.map(() => 1));
  const resample = (parts: readonly MeanEmbedding[]) => {
    const times = new Float64Array(parts.length);
    if (parts.length === 1) return whole(parts);
    for (let i = 0; i < parts.length; i++) times[random.below(parts.length)]++;
    return MeanEmbedding.merged(parts, times);
  };
  const distances = Array.from({ length: RESAMPLES }, () => digitDistance(resample(a), resample(b)));
  return { digitDistance: digitDistance(whole(a), whole(b)), standardError: standardDeviation(distances) };
}
