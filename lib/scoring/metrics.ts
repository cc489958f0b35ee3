/** All metrics of a set of generated images against real ones, as one plain object. */
import {
  FID_INFINITY_IMAGES,
  frechetDistance,
  frechetInfinity,
  frechetInterval,
  mergeAll,
  momentsOfParts,
} from "../fid.ts";
import type { Seeded } from "../random.ts";
import { DigitFidError } from "../errors.ts";
import { CLASSES } from "../model.ts";
import { classifierScores } from "../metrics/classifier_score.ts";
import { kernelDistance } from "../metrics/kid.ts";
import { checkLatents, type Latents } from "../metrics/latents.ts";
import { Moments } from "../metrics/moments.ts";
import { NEIGHBOUR_SAMPLE, neighbourScores } from "../metrics/neighbours.ts";

/** What the network makes of a set of images. */
export interface Features {
  /** The latents of the images, N × 128. */
  readonly latents: Latents;
  /** The logits of the same images, N × 10. */
  readonly logits: Float32Array;
}

/**
 * Every metric that the input allows; the others are left out. Names are those that `--json` prints.
 * Of two sets of images that is all of them; statistics have no single images, so they leave the Fréchet distance, and
 * what can be had from the other set.
 */
export interface Metrics {
  /** Real images. */
  readonly realImages: number;
  /** Generated images. */
  readonly fakeImages: number;
  /** Fréchet distance ({@linkcode frechetDistance}). */
  readonly fid: number;
  /** 95 % interval of the Fréchet distance of sets of these sizes: 1.96 bootstrap standard errors each way. */
  readonly fidInterval?: readonly [number, number];
  /** Fréchet distance extrapolated to infinitely many images ({@linkcode frechetInfinity}). */
  readonly fidInfinity?: number;
  /** Kernel distance ({@linkcode kernelDistance}). */
  readonly kid?: number;
  /** Its standard error. */
  readonly kidStandardError?: number;
  /** Share of generated images that lie among real ones ({@linkcode neighbourScores}, as the next three). */
  readonly precision?: number;
  /** Share of real images that lie among generated ones. */
  readonly recall?: number;
  /** How densely real images surround generated ones. */
  readonly density?: number;
  /** Share of real images that have a generated one near. */
  readonly coverage?: number;
  /** Inception score's formula on the generated images ({@linkcode classifierScores}, as the next three). */
  readonly classifierScore?: number;
  /** Generated images taken for each digit, 0 … 9. */
  readonly digitHistogram?: readonly number[];
  /** Total variation between that histogram and the uniform one. */
  readonly digitImbalance?: number;
  /** Mean probability of the most likely digit. */
  readonly meanConfidence?: number;
  /** What to keep in mind when reading these numbers, a sentence each. */
  readonly warnings: readonly string[];
}

/** Fewer images of a set than these, and the metric is left out. */
const LEAST_IMAGES = { fidInfinity: 10, kid: 4 };

/**
 * Scores generated images against real ones.
 *
 * @param real latents of the real images, or their statistics
 * @param fake latents and logits of the generated images, or statistics of their latents
 * @throws DigitFidError if a set has fewer than 2 images, or holds NaN or infinity, the widths differ, or numbers are so
 * large or small that a metric has no value
 */
export function metricsOf(real: Latents | Moments, fake: Features | Moments, options: Seeded = {}): Metrics {
  const fakeLatents = fake instanceof Moments ? fake : fake.latents;
  if (!(fake instanceof Moments) && fake.logits.length !== fakeLatents.count * CLASSES) {
    throw new DigitFidError(`${fake.logits.length} logits for ${fakeLatents.count} images: give ${CLASSES} an image`);
  }
  const metrics: Metrics = {
    realImages: real.count,
    fakeImages: fakeLatents.count,
    ...frechetScores(real, fakeLatents, options),
    ...(real instanceof Moments || fakeLatents instanceof Moments ? {} : pairScores(real, fakeLatents, options)),
    ...(fake instanceof Moments ? {} : classifierScores(fake.logits)),
    warnings: warningsOf(real, fakeLatents),
  };
  checkFinite(metrics);
  return metrics;
}

/** What is no number is no score: it would be read as one, or be lost as null. */
function checkFinite(metrics: Metrics): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (
      Array.isArray(value)
        ? value.every((item) => Number.isFinite(item) || typeof item === "string")
        : Number.isFinite(value)
    ) continue;
    throw new DigitFidError(`${name} comes out as ${value}: the latents are too large or too small to compute with`);
  }
}

function frechetScores(
  real: Latents | Moments,
  fake: Latents | Moments,
  options: Seeded,
): Pick<Metrics, "fid" | "fidInterval" | "fidInfinity"> {
  const realParts = partsOf(real, "real", options);
  const fakeParts = partsOf(fake, "fake", options);
  const fid = frechetDistance(mergeAll(realParts), mergeAll(fakeParts));
  const images = fewestImages(real, fake);
  if (images === undefined) return { fid };
  const fidInterval = frechetInterval(realParts, fakeParts, options);
  if (images < LEAST_IMAGES.fidInfinity) return { fid, fidInterval };
  return { fid, fidInterval, fidInfinity: frechetInfinity(realParts, fakeParts, options) };
}

/** Moments of random parts, to be resampled; statistics are one part, which is held fixed. */
function partsOf(set: Latents | Moments, of: "real" | "fake", { seed }: Seeded): Moments[] {
  if (set instanceof Moments) return [set];
  checkLatents(set, of === "real" ? "real images" : "generated images");
  return momentsOfParts(set, { seed, of });
}

/** Size of the smallest set that is there by its images; none if both are statistics. */
function fewestImages(...sets: (Latents | Moments)[]): number | undefined {
  const counts = sets.filter((set) => !(set instanceof Moments)).map((set) => set.count);
  return counts.length > 0 ? Math.min(...counts) : undefined;
}

function pairScores(real: Latents, fake: Latents, options: Seeded): Partial<Metrics> {
  const neighbours = neighbourScores(real, fake, options);
  if (Math.min(real.count, fake.count) < LEAST_IMAGES.kid) return { ...neighbours };
  const { kid, standardError } = kernelDistance(real, fake, options);
  return { kid, kidStandardError: standardError, ...neighbours };
}

function warningsOf(real: Latents | Moments, fake: Latents | Moments): string[] {
  const warnings: string[] = [];
  for (const [name, set] of [["real", real], ["generated", fake]] as const) {
    if (set.count <= set.width) {
      warnings.push(
        `${set.count} ${name} images for ${set.width} latents: the covariance is singular, fid mostly bias`,
      );
    } else if (set.count < FID_INFINITY_IMAGES) {
      warnings.push(
        `${set.count} ${name} images: fid has a large bias, and below ${FID_INFINITY_IMAGES} FID∞ is rough`,
      );
    }
  }
  if (real instanceof Moments || fake instanceof Moments) {
    warnings.push(
      "statistics hold no images: kid, precision, recall, density and coverage need the images of both sets",
    );
  } else if (Math.max(real.count, fake.count) > NEIGHBOUR_SAMPLE) {
    warnings.push(`precision, recall, density and coverage compare ${NEIGHBOUR_SAMPLE} images drawn from a larger set`);
  }
  return warnings;
}
