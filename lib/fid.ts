/** The Fréchet distance between two sets of latents, how far chance moves it, and what it would be without bias. */
import { DigitFidError } from "./errors.ts";
import { checkWidths, type Latents, randomParts, takeRows } from "./metrics/latents.ts";
import { type Draw, Moments } from "./metrics/moments.ts";
import { mean, standardDeviation } from "./metrics/numbers.ts";
import { covarianceRoot, nuclearNorm, product, squaredNorm } from "./metrics/roots.ts";
import { DRAW, Random, type Seeded, STREAM } from "./random.ts";

/** Below this many images FID∞ is a guess: the bias is no longer a straight line in 1/N. */
export const FID_INFINITY_IMAGES = 2000;

/** Most parts that a set is cut into for resampling. */
const PARTS = 100;
/** Resamples behind an interval; its width is then known to about 10 %. */
const RESAMPLES = 50;
/** FID∞ is fitted on the whole sets, their halves, thirds, … and this many pieces. */
const MOST_PIECES = 5;

/**
 * The Fréchet distance: the squared Wasserstein-2 distance between the normal distributions with these moments,
 * |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr √(√Σ₁ Σ₂ √Σ₁), in squared units of the latents; 0 or more, smaller is closer.
 *
 * The last trace is the sum of the singular values of R₁ᵀR₂ for any roots R Rᵀ = Σ, here from Cholesky's decomposition.
 * So nothing is squared and rooted again: singular covariances (few images, constant latents) lose no digits, and
 * nothing can turn imaginary.
 *
 * Source: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule…", NeurIPS 2017, eq. 6; Dowson & Landau 1982.
 *
 * It is computed in a unit near the latents' own size, a power of two, so that nothing rounds away or overflows between
 * 1e-150 and 1e150.
 *
 * @throws DigitFidError if a set has fewer than 2 rows, the widths differ, or the latents are beyond those sizes
 */
export function frechetDistance(a: Moments, b: Moments): number {
  checkWidths(a, b);
  const covariances = [a.covariance(), b.covariance()];
  const difference = a.mean.map((mean, j) => mean - b.mean[j]);
  const unit = unitOf(difference, ...covariances);
  if (unit === 0) return 0;
  const [scaledA, scaledB] = covariances.map((covariance) => covariance.map((value) => value / unit / unit));
  return unit * (unit * scaledDistance(difference.map((value) => value / unit), scaledA, scaledB));
}

/** The power of two just below the largest difference of means or standard deviation; 0 if there is none at all. */
function unitOf(difference: Float64Array, ...covariances: Float64Array[]): number {
  const largest = covariances.reduce(
    (most, covariance) => Math.max(most, Math.sqrt(covariance.reduce((a, b) => Math.max(a, b)))),
    difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0),
  );
  if (largest === 0) return 0;
  if (largest > 1e-152 && largest < 1e152) return 2 ** Math.floor(Math.log2(largest));
  throw new DigitFidError(`latents of a size of ${largest} have no distance in double precision: scale them`);
}

/** The distance, of a difference of means and two covariances. */
function scaledDistance(difference: Float64Array, a: Float64Array, b: Float64Array): number {
  const [rootA, rootB] = [covarianceRoot(a), covarianceRoot(b)];
  const meanTerm = difference.reduce((sum, value) => sum + value * value, 0);
  const covarianceTerm = squaredNorm(rootA) + squaredNorm(rootB) - 2 * nuclearNorm(product(rootA, rootB));
  return meanTerm + Math.max(0, covarianceTerm);
}

/**
 * Moments of random parts of a set, at most 100 of equal size: what intervals and FID∞ are drawn from. Resampling parts
 * in place of images gives the same variance (the parts are independent), at a cost that does not grow with the images.
 *
 * @param options the seed draws the parts, of `real` images by default and otherwise than of `fake` ones
 */
export function momentsOfParts(
  latents: Latents,
  { seed = 0, of = "real" }: Seeded & { readonly of?: "real" | "fake" } = {},
): Moments[] {
  return drawParts(latents.count, { seed, of }).map((rows) => Moments.of(takeRows(latents, rows)));
}

/** Numbers of the rows of each part that {@linkcode momentsOfParts} cuts a set into. */
export function drawParts(
  count: number,
  { seed = 0, of = "real" }: Seeded & { readonly of?: "real" | "fake" } = {},
): Uint32Array[] {
  const random = new Random(seed, STREAM.bootstrap, of === "real" ? DRAW.realParts : DRAW.fakeParts);
  return randomParts(count, partCount(count), random);
}

/** How many parts a set of so many images is cut into. */
export function partCount(images: number): number {
  return Math.min(PARTS, images);
}

/** Everything in the parts of both sets, once. */
export function drawAll(a: number, b: number): Draw {
  return { a: new Float64Array(a).fill(1), b: new Float64Array(b).fill(1) };
}

/** The Fréchet distances of draws from two sets. */
export function distancesOf(a: readonly Moments[], b: readonly Moments[], draws: readonly Draw[]): number[] {
  return draws.map((draw) => frechetDistance(Moments.merged(a, draw.a), Moments.merged(b, draw.b)));
}

/**
 * A 95 % interval for the Fréchet distance that two sets of these sizes have on average: what another draw of images
 * can be expected to give. It is the distance and 1.96 bootstrap standard errors to each side, cut off at 0.
 *
 * Each of 50 resamples draws the parts of both sets anew, with replacement; moments that come as one part are held
 * fixed. Centring on the distance itself keeps out the bias that resampling adds. Between two sets of one distribution,
 * where the distance is nothing but bias, the interval is up to twice too wide. Source: Efron & Tibshirani, "An
 * Introduction to the Bootstrap", 1993, ch. 6 and 13.
 *
 * @param a moments of the random parts of a set, from {@linkcode momentsOfParts}, or of a whole set that is held fixed
 * @param b the same of the other set
 * @param options the seed draws the resamples
 * @returns lower and upper end, in the Fréchet distance's own unit
 */
export function frechetInterval(
  a: readonly Moments[],
  b: readonly Moments[],
  { seed = 0 }: Seeded = {},
): [number, number] {
  const [distance, ...resampled] = distancesOf(a, b, [
    drawAll(a.length, b.length),
    ...drawResamples(a.length, b.length, { seed }),
  ]);
  return intervalAround(distance, resampled);
}

/** Draws the parts of both sets anew, with replacement, for each resample. */
export function drawResamples(a: number, b: number, { seed = 0 }: Seeded = {}): Draw[] {
  const random = new Random(seed, STREAM.bootstrap, DRAW.interval);
  const resample = (parts: number) => {
    const times = new Float64Array(parts);
    for (let i = 0; i < parts; i++) times[random.below(parts)]++;
    return times;
  };
  return Array.from({ length: RESAMPLES }, () => ({ a: resample(a), b: resample(b) }));
}

/** The interval around a distance by those of its resamples. */
export function intervalAround(distance: number, resampled: readonly number[]): [number, number] {
  const reach = 1.96 * standardDeviation(resampled);
  return [Math.max(0, distance - reach), distance + reach];
}

/**
 * FID∞, the Fréchet distance that infinitely many images would have. The distance has a bias of about c/N, so it is
 * fitted by a straight line in 1/N and read off at 1/N = 0. Both sets are cut alike, so the biases of both go; moments
 * that come as one part stay whole, and keep theirs. For equal distributions it can come out a little below 0.
 *
 * Source: Chong & Forsyth, "Effectively Unbiased FID and Inception Score and where to find them", CVPR 2020.
 * They draw one random subset of each size; here the whole set is cut into pieces of each size and their distances are
 * averaged, which leaves a third of the noise at the same cost.
 *
 * @param a moments of the random parts of a set, from {@linkcode momentsOfParts}, or of a whole set that stays whole
 * @param b the same of the other set
 * @param options the seed draws the pieces
 * @returns the intercept, in the Fréchet distance's own unit
 * @throws DigitFidError if a set that is cut has fewer than 10 parts, so that a piece might hold fewer than 2 images
 */
export function frechetInfinity(a: readonly Moments[], b: readonly Moments[], { seed = 0 }: Seeded = {}): number {
  return infinityOf(distancesOf(a, b, drawPieces(a.length, b.length, { seed })));
}

/**
 * Draws what FID∞ is fitted on: both sets as one piece, as two pieces, three …
 *
 * @throws DigitFidError as {@linkcode frechetInfinity}
 */
export function drawPieces(a: number, b: number, { seed = 0 }: Seeded = {}): Draw[] {
  const random = new Random(seed, STREAM.bootstrap, DRAW.infinity);
  return Array.from({ length: MOST_PIECES }, (_, i) => i + 1).flatMap((pieces) => {
    const [ofA, ofB] = [cut(a, pieces, random), cut(b, pieces, random)];
    return ofA.map((piece, i) => ({ a: piece, b: ofB[i] }));
  });
}

/** Cuts parts at random into pieces, which hold equally many but for one; a single part goes whole into every piece. */
function cut(parts: number, pieces: number, random: Random): Float64Array[] {
  if (parts === 1) return Array<Float64Array>(pieces).fill(Float64Array.of(1));
  if (parts < 2 * MOST_PIECES) {
    throw new DigitFidError(`${parts} images are too few for FID∞: give at least ${2 * MOST_PIECES}`);
  }
  return randomParts(parts, pieces, random).map((piece) => {
    const times = new Float64Array(parts);
    for (const part of piece) times[part] = 1;
    return times;
  });
}

/** FID∞ from the distances of the pieces: of one piece, of two pieces … */
export function infinityOf(distances: readonly number[]): number {
  const pieces = Array.from({ length: MOST_PIECES }, (_, i) => i + 1);
  const means = pieces.map((count) => {
    const before = count * (count - 1) / 2;
    return mean(distances.slice(before, before + count));
  });
  return intercept(pieces, means); // 1/N grows as the number of pieces
}

/** Where the least-squares line through the points meets x = 0. */
function intercept(x: readonly number[], y: readonly number[]): number {
  const [meanX, meanY] = [mean(x), mean(y)];
  const slope = mean(x.map((value, i) => (value - meanX) * (y[i] - meanY))) / mean(x.map((v) => (v - meanX) ** 2));
  return meanY - slope * meanX;
}
