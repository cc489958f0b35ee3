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
import { together } from "../together.ts";
import { DigitFidError } from "../errors.ts";
import { CLASSES } from "../model.ts";
import { classifierScores } from "../metrics/classifier_score.ts";
import { checkLatents, checkWidths, type Latents } from "../metrics/latents.ts";
import type { MeanEmbedding } from "../metrics/mean_embedding.ts";
import { Moments } from "../metrics/moments.ts";
import { NEIGHBOUR_SAMPLE } from "../metrics/neighbours.ts";
import { type Arithmetic, openArithmetic } from "./arithmetic.ts";
import type { MetricName, Metrics } from "./fields.ts";

/** What the network makes of a set of images. */
export interface Features {
  /** The latents of the images, N × 128. */
  readonly latents: Latents;
  /** The logits of the same images, N × 10. */
  readonly logits: Float32Array;
  /** For each of them its number in the source that it is from; its place here unless given. */
  readonly order?: Uint32Array;
}

/** Statistics of all generated images, in random parts, where the features are only of some drawn from them. */
export interface Whole {
  /** How many images there are. */
  readonly count: number;
  /** Moments of the latents, part by part. */
  readonly moments: readonly Moments[];
  /** What the digit distance is taken from, part by part; none where the network has no such space. */
  readonly embedded: readonly MeanEmbedding[];
}

/** Fewer images of a set than these, and the metric is left out. */
const LEAST_IMAGES = { fidInfinity: 10, kid: 4 };

/** How to score. */
export interface MetricsOptions extends Seeded {
  /** Does the sums. Keep one where many sets are scored; unless given, one is opened for the call. */
  readonly arithmetic?: Arithmetic;
  /** Which metrics; all unless given. */
  readonly only?: ReadonlySet<MetricName>;
  /** Whether the Fréchet distance comes with its interval, which takes longest; it does unless this is false. */
  readonly interval?: boolean;
  /** {@linkcode NeighbourOptions.neighbours} of precision, recall, density and coverage. */
  readonly neighbours?: number;
  /** {@linkcode KernelOptions.subsets} of the kernel distance. */
  readonly subsets?: number;
  /** All generated images, where the features are of some of them: the Fréchet distances are then of all. */
  readonly whole?: Whole;
}

/** Whether a metric is asked for. */
export function isWanted(name: MetricName, { only }: MetricsOptions): boolean {
  return only === undefined || only.has(name);
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
  options: MetricsOptions = {},
): Promise<Metrics> {
  const { arithmetic, whole } = options;
  if (arithmetic === undefined) {
    const opened = await openArithmetic();
    try {
      return await metricsOf(real, fake, { ...options, arithmetic: opened });
    } finally { // `await using`, for Node before 24
      await opened[Symbol.asyncDispose]();
    }
  }
  const fakeLatents = fake instanceof Moments ? fake : fake.latents;
  if (!(fake instanceof Moments) && fake.logits.length !== fakeLatents.count * CLASSES) {
    throw new DigitFidError(`${fake.logits.length} logits for ${fakeLatents.count} images: give ${CLASSES} an image`);
  }
  const [ofPairs, ofMoments, ofClassifier] = await together(
    real instanceof Moments || fakeLatents instanceof Moments
      ? {}
      : pairScores(real, fakeLatents, { ...options, arithmetic }),
    frechetScores(real, fakeLatents, { ...options, arithmetic }),
    fake instanceof Moments || !isWanted("classifierScore", options) ? {} : classifierScores(fake.logits),
  );
  const metrics: Metrics = {
    realImages: real.count,
    fakeImages: whole?.count ?? fakeLatents.count,
    ...ofMoments,
    ...ofPairs,
    ...ofClassifier,
    warnings: [...warningsOf(real, fakeLatents, options), ...whole ? [sampleWarning(whole, fakeLatents)] : []],
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
  options: MetricsOptions & { readonly arithmetic: Arithmetic },
): Promise<Pick<Metrics, "fid" | "fidInterval" | "fidInfinity">> {
  const { seed = 0, arithmetic, whole, interval = true } = options;
  if (!(real instanceof Moments)) checkLatents(real, "real images");
  if (!(fake instanceof Moments)) checkLatents(fake, "generated images");
  checkWidths(real, fake);
  const partsOf = (set: Latents | Moments) => set instanceof Moments ? 1 : partCount(set.count);
  const [wantsFid, wantsInfinity] = [isWanted("fid", options), isWanted("fidInfinity", options)];
  if (!wantsFid && !wantsInfinity) return {};
  const [a, b] = [partsOf(real), whole?.moments.length ?? partsOf(fake)];
  const images = fewestImages(real, fake);
  const resamples = images === undefined || !wantsFid || !interval ? [] : drawResamples(a, b, { seed });
  const isEnough = images !== undefined && images >= LEAST_IMAGES.fidInfinity;
  const pieces = isEnough && wantsInfinity ? drawPieces(a, b, { seed }) : [];
  const distances = await arithmetic.distances(real, whole?.moments ?? fake, [drawAll(a, b), ...resamples, ...pieces], {
    seed,
  });
  const [fid] = distances;
  const [ofResamples, ofPieces] = [distances.slice(1, 1 + resamples.length), distances.slice(1 + resamples.length)];
  return {
    ...(wantsFid && { fid }),
    ...(resamples.length > 0 && { fidInterval: intervalAround(fid, ofResamples) }),
    ...(pieces.length > 0 && { fidInfinity: infinityOf(ofPieces) }),
  };
}

/** Size of the smallest set that is there by its images; none if both are statistics. */
function fewestImages(...sets: (Latents | Moments)[]): number | undefined {
  const counts = sets.filter((set) => !(set instanceof Moments)).map((set) => set.count);
  return counts.length > 0 ? Math.min(...counts) : undefined;
}

const NEIGHBOUR_METRICS = ["precision", "recall", "density", "coverage"] as const;

async function pairScores(
  real: Latents,
  fake: Latents,
  options: MetricsOptions & { readonly arithmetic: Arithmetic },
): Promise<Partial<Metrics>> {
  const { arithmetic, seed, neighbours, subsets } = options;
  const isEnough = Math.min(real.count, fake.count) >= LEAST_IMAGES.kid;
  const wanted = NEIGHBOUR_METRICS.filter((name) => isWanted(name, options));
  const [ofNeighbours, ofKernel] = await together(
    wanted.length > 0 ? arithmetic.neighbourScores(real, fake, { seed, neighbours }) : undefined,
    isEnough && isWanted("kid", options) ? arithmetic.kernelDistance(real, fake, { seed, subsets }) : undefined,
  );
  const { kid, standardError = NaN } = ofKernel ?? {};
  return {
    ...(kid !== undefined && { kid }),
    ...(Number.isFinite(standardError) && { kidStandardError: standardError }),
    ...Object.fromEntries(wanted.map((name) => [name, ofNeighbours![name]])),
  };
}

function sampleWarning({ count }: Whole, kept: { readonly count: number }): string {
  return `${count} generated images: FID and the digit distance are of all, the other scores of ${kept.count} of them`;
}

/** Share of images that may be the same as earlier ones without a word. */
const MOST_REPEATS = 0.05;

/** How many rows begin as an earlier one does, to the last bit. */
function repeatedRows({ count, width, data }: Latents): number {
  const length = Math.min(4, width);
  const beginnings = Array.from({ length: count }, (_, i) => data.subarray(i * width, i * width + length).join());
  return count - new Set(beginnings).size;
}

/** What bends the Fréchet distances. */
function frechetWarnings(real: Latents | Moments, fake: Latents | Moments): string[] {
  const warnings: string[] = [];
  for (const [name, set] of [["real", real], ["generated", fake]] as const) {
    if (set.count <= set.width) {
      warnings.push(
        `${set.count} ${name} images for ${set.width} latents: the covariance is singular, FID mostly bias`,
      );
    } else if (set.count < FID_INFINITY_IMAGES) {
      warnings.push(
        `${set.count} ${name} images: FID has a large bias, and below ${FID_INFINITY_IMAGES} FID∞ is rough`,
      );
    }
  }
  return warnings;
}

function warningsOf(real: Latents | Moments, fake: Latents | Moments, options: MetricsOptions): string[] {
  const warnings: string[] = [];
  if (isWanted("fid", options) || isWanted("fidInfinity", options)) warnings.push(...frechetWarnings(real, fake));
  const repeats = fake instanceof Moments ? 0 : repeatedRows(fake);
  if (repeats > MOST_REPEATS * fake.count) {
    warnings.push(
      `${repeats} of ${fake.count} generated images are the same as earlier ones: there are fewer than it seems`,
    );
  }
  if (real instanceof Moments || fake instanceof Moments) {
    warnings.push(
      "statistics hold no images: kid, precision, recall, density and coverage need the images of both sets",
    );
  } else if (
    Math.max(real.count, fake.count) > NEIGHBOUR_SAMPLE && NEIGHBOUR_METRICS.some((name) => isWanted(name, options))
  ) {
    warnings.push(`precision, recall, density and coverage compare ${NEIGHBOUR_SAMPLE} images drawn from a larger set`);
  }
  return warnings;
}
