/** The kernel inception distance, of this project's latents. */
import { DigitFidError } from "../errors.ts";
import { DRAW, Random, type Seeded, STREAM } from "../random.ts";
import { checkPair, type Latents, type Rows, takeRows } from "./latents.ts";
import { dot, mean, standardDeviation, tiles } from "./numbers.ts";

/** Images of a subset at most, and subsets at least: of fewer than 5000 images the subsets are smaller. */
const SUBSET = { mostImages: 500, leastCount: 10 };

/** Which subsets are compared. */
export interface KernelOptions extends Seeded {
  /** How many disjoint subsets, 1 or more, as large as they can be; unless given, as many as there are of 500 images. */
  readonly subsets?: number;
}

/** A KID and how far chance moves it. */
export interface KernelDistance {
  /** Mean of the subsets' squared MMD; no unit; about 0 for equal distributions, so it can be a little negative. */
  readonly kid: number;
  /** Standard error of that mean; NaN where there is one subset alone. */
  readonly standardError: number;
}

/**
 * KID: the unbiased squared maximum mean discrepancy with the kernel (x·y / width + 1)³, averaged over disjoint random
 * subsets of 500 images (a tenth of the images, if there are fewer than 5000). The subsets share no image, so their
 * values are independent and their spread gives an honest standard error; the size of a subset moves that error alone,
 * not the value. The larger set is used as far as the smaller one goes.
 *
 * Source: Bińkowski et al., "Demystifying MMD GANs", ICLR 2018; who draw subsets that overlap.
 *
 * @param options the seed draws the subsets
 * @throws DigitFidError if a set has fewer than 4 rows, or holds NaN or infinity, the widths differ, or there are not
 * rows enough for so many subsets
 */
export function kernelDistance(real: Latents, fake: Latents, options: KernelOptions = {}): KernelDistance {
  const { subsets, size, ofReal, ofFake } = drawSubsets(real, fake, options);
  const subsetOf = (set: Latents, order: Uint32Array, s: number) =>
    takeRows(set, order.subarray(s * size, (s + 1) * size));
  const sums = Array.from({ length: subsets }, (_, s) => {
    const [x, y] = [subsetOf(real, ofReal, s), subsetOf(fake, ofFake, s)];
    return [sumWithin(x), sumWithin(y), sumBetween(x, y)];
  });
  return kernelDistanceOf(sums.flat(), size);
}

/** Disjoint random subsets of two sets: subset s of a set is its rows `size · s` … `size · (s + 1) - 1` of the order. */
export interface Subsets {
  /** How many subsets of each set. */
  readonly subsets: number;
  /** Rows of a subset. */
  readonly size: number;
  /** The real set's rows, in a random order. */
  readonly ofReal: Uint32Array;
  /** The generated set's rows, in a random order. */
  readonly ofFake: Uint32Array;
}

/**
 * Draws the subsets that a kernel distance is averaged over.
 *
 * @throws DigitFidError as {@linkcode kernelDistance}
 */
export function drawSubsets(real: Latents, fake: Latents, options: KernelOptions): Subsets {
  const { seed = 0 } = options;
  checkPair(real, fake);
  const count = Math.min(real.count, fake.count);
  if (count < 4) throw new DigitFidError(`${count} images are too few for KID: give at least 4`);
  const usual = Math.max(2, Math.min(SUBSET.mostImages, Math.floor(count / SUBSET.leastCount)));
  const { subsets = Math.floor(count / usual) } = options;
  if (!Number.isInteger(subsets) || subsets < 1 || subsets > count / 2) {
    throw new DigitFidError(
      `${subsets} subsets of ${count} images: give a whole number from 1 to ${Math.floor(count / 2)}`,
    );
  }
  const size = options.subsets === undefined ? usual : Math.floor(count / subsets);
  const random = new Random(seed, STREAM.bootstrap, DRAW.kid);
  const [ofReal, ofFake] = [real, fake].map((set) => random.permutation(set.count).subarray(0, subsets * size));
  return { subsets, size, ofReal, ofFake };
}

/**
 * The distance from sums of the kernel over the pairs of each pair of subsets.
 *
 * @param sums [subsets][3]: pairs of different rows of x, of y, and pairs of a row of x and one of y
 * @param size rows of a subset
 */
export function kernelDistanceOf(sums: ArrayLike<number>, size: number): KernelDistance {
  const pairs = size * (size - 1) / 2; // leaving out a row with itself is what keeps the bias away
  const distances = Array.from(
    { length: sums.length / 3 },
    (_, s) => sums[3 * s] / pairs + sums[3 * s + 1] / pairs - 2 * (sums[3 * s + 2] / size ** 2),
  );
  const deviation = distances.length > 1 ? standardDeviation(distances) : NaN;
  return { kid: mean(distances), standardError: deviation / Math.sqrt(distances.length) };
}

/** Sum of the kernel over all pairs of different rows. */
function sumWithin(rows: Rows): number {
  let sum = 0;
  for (const [from, to] of tiles(rows.count)) {
    for (let i = from + 1; i < rows.count; i++) sum += sumOfKernel(rows, i, rows, from, Math.min(i, to));
  }
  return sum;
}

function sumBetween(x: Rows, y: Rows): number {
  let sum = 0;
  for (const [from, to] of tiles(y.count)) {
    for (let i = 0; i < x.count; i++) sum += sumOfKernel(x, i, y, from, to);
  }
  return sum;
}

/** Sum of the kernel of a row with the rows `from` … `to - 1`. */
function sumOfKernel(x: Rows, i: number, y: Rows, from: number, to: number): number {
  const { width } = x;
  let sum = 0;
  for (let j = from; j < to; j++) {
    const base = dot(x.data, i * width, y.data, j * width, width) / width + 1;
    sum += base * base * base; // ** 3 is slow
  }
  return sum;
}
