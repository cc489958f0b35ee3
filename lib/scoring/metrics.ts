/** All metrics of a set of generated images against real ones, as one plain object. */
import {
  drawAll,
  drawPieces,
  drawResamples,
  FID_INFINITY_IMAGES,
  infinityOf,
  intervalAround,
  partCount,
} from "../fid.ts";
import type { Seeded } from "../random.ts";
import type { WarningCode } from "../data/warnings.ts";
import { DigitFidError } from "../errors.ts";
import { CLASSES } from "../model.ts";
import { classifierScores } from "../metrics/classifier_score.ts";
import { checkLatents, checkWidths, type Latents } from "../metrics/latents.ts";
import { Moments } from "../metrics/moments.ts";
import { NEIGHBOUR_SAMPLE } from "../metrics/neighbours.ts";
import { type Arithmetic, openArithmetic } from "./arithmetic.ts";

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
  /** The digit distance ({@linkcode digitDistanceOfParts}): 0 for equal distributions. */
  readonly digitDistance?: number;
  /** Its standard error. */
  readonly digitDistanceStandardError?: number;
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
  /** How the real images were understood, with what was done to them: range, turning, resizing and its filter. */
  readonly realAs?: string;
  /** The same of the generated images. */
  readonly fakeAs?: string;
  /** What to keep in mind when reading these numbers, a sentence each. */
  readonly warnings: readonly string[];
  /** What is to be kept in mind about the images themselves, in words for programs. */
  readonly warningCodes?: readonly WarningCode[];
}

/** Fewer images of a set than these, and the metric is left out. */
const LEAST_IMAGES = { fidInfinity: 10, kid: 4 };

/** How to score. */
export interface MetricsOptions extends Seeded {
  /** Does the sums. Keep one where many sets are scored; unless given, one is opened for the call. */
  readonly arithmetic?: Arithmetic;
}

/**
 * Scores generated images against real ones.
 *
 * @param real latents of the real images, or their statistics
 * @param fake latents and logits of the generated images, or statistics of their latents
 * @throws DigitFidError if a set has fewer than 2 images, or holds NaN or infinity, the widths differ, or numbers are so
 * large or small that a metric has no value
 */
export async function metricsOf(
  real: Latents | Moments,
  fake: Features | Moments,
  { seed = 0, arithmetic }: MetricsOptions = {},
): Promise<Metrics> {
  if (arithmetic === undefined) {
    const opened = await openArithmetic();
    try {
      return await metricsOf(real, fake, { seed, arithmetic: opened });
    } finally { // `await using`, for Node before 24
      await opened[Symbol.asyncDispose]();
    }
  }
  const fakeLatents = fake instanceof Moments ? fake : fake.latents;
  if (!(fake instanceof Moments) && fake.logits.length !== fakeLatents.count * CLASSES) {
    throw new DigitFidError(`${fake.logits.length} logits for ${fakeLatents.count} images: give ${CLASSES} an image`);
  }
  const metrics: Metrics = {
    realImages: real.count,
    fakeImages: fakeLatents.count,
    ...await frechetScores(real, fakeLatents, seed, arithmetic),
    ...(real instanceof Moments || fakeLatents instanceof Moments
      ? {}
      : await pairScores(real, fakeLatents, seed, arithmetic)),
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

/** All Fréchet distances are worked out in one go: of the sets, of their resamples and of their pieces. */
async function frechetScores(
  real: Latents | Moments,
  fake: Latents | Moments,
  seed: number,
  arithmetic: Arithmetic,
): Promise<Pick<Metrics, "fid" | "fidInterval" | "fidInfinity">> {
  if (!(real instanceof Moments)) checkLatents(real, "real images");
  if (!(fake instanceof Moments)) checkLatents(fake, "generated images");
  checkWidths(real, fake);
  const [a, b] = [real, fake].map((set) => set instanceof Moments ? 1 : partCount(set.count));
  const images = fewestImages(real, fake);
  const resamples = images === undefined ? [] : drawResamples(a, b, { seed });
  const pieces = images === undefined || images < LEAST_IMAGES.fidInfinity ? [] : drawPieces(a, b, { seed });
  const distances = await arithmetic.distances(real, fake, [drawAll(a, b), ...resamples, ...pieces], { seed });
  const [fid] = distances, ofPieces = distances.slice(1 + resamples.length);
  if (resamples.length === 0) return { fid };
  const fidInterval = intervalAround(fid, distances.slice(1, 1 + resamples.length));
  return pieces.length === 0 ? { fid, fidInterval } : { fid, fidInterval, fidInfinity: infinityOf(ofPieces) };
}

/** Size of the smallest set that is there by its images; none if both are statistics. */
function fewestImages(...sets: (Latents | Moments)[]): number | undefined {
  const counts = sets.filter((set) => !(set instanceof Moments)).map((set) => set.count);
  return counts.length > 0 ? Math.min(...counts) : undefined;
}

async function pairScores(
  real: Latents,
  fake: Latents,
  seed: number,
  arithmetic: Arithmetic,
): Promise<Partial<Metrics>> {
  const neighbours = await arithmetic.neighbourScores(real, fake, { seed });
  if (Math.min(real.count, fake.count) < LEAST_IMAGES.kid) return { ...neighbours };
  const { kid, standardError } = await arithmetic.kernelDistance(real, fake, { seed });
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
