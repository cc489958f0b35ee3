/** The kernel inception distance, of this project's latents. */
import { DigitFidError } from "../errors.ts";
import { DRAW, Random, type Seeded, STREAM } from "../random.ts";
import { checkPair, type Latents, type Rows, takeRows } from "./latents.ts";
import { dot, mean, standardDeviation, tiles } from "./numbers.ts";

/** Images of a subset at most, and subsets at least: of fewer than 5000 images the subsets are smaller. */
const SUBSET = { mostImages: 500, leastCount: 10 };

/** A KID and how far chance moves it. */
export interface KernelDistance {
  /** Mean of the subsets' squared MMD; no unit; about 0 for equal distributions, so it can be a little negative. */
  readonly kid: number;
  /** Standard error of that mean. */
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
 * @throws DigitFidError if a set has fewer than 4 rows, or holds NaN or infinity, or the widths differ
 */
export function kernelDistance(real: Latents, fake: Latents, { seed = 0 }: Seeded = {}): KernelDistance {
  checkPair(real, fake);
  const count = Math.min(real.count, fake.count);
  if (count < 4) throw new DigitFidError(`${count} images are too few for KID: give at least 4`);
  const size = Math.max(2, Math.min(SUBSET.mostImages, Math.floor(count / SUBSET.leastCount)));
  const subsets = Math.floor(count / size);
  const random = new Random(seed, STREAM.bootstrap, DRAW.kid);
  const subsetsOf = (set: Latents) => {
    const order = random.permutation(set.count);
    return Array.from({ length: subsets }, (_, s) => takeRows(set, order.subarray(s * size, (s + 1) * size)));
  };
  const [reals, fakes] = [subsetsOf(real), subsetsOf(fake)];
  const distances = reals.map((x, s) => squaredDiscrepancy(x, fakes[s]));
  return { kid: mean(distances), standardError: standardDeviation(distances) / Math.sqrt(subsets) };
}

/** The unbiased estimate of the squared maximum mean discrepancy of two sets. */
function squaredDiscrepancy(x: Rows, y: Rows): number {
  return meanKernelWithin(x) + meanKernelWithin(y) - 2 * meanKernelBetween(x, y);
}

/** Mean of the kernel over all pairs of different rows; leaving out equal ones is what keeps the bias away. */
function meanKernelWithin(rows: Rows): number {
  let sum = 0;
  for (const [from, to] of tiles(rows.count)) {
    for (let i = from + 1; i < rows.count; i++) {
      for (let j = from; j < Math.min(i, to); j++) sum += kernel(rows, i, rows, j);
    }
  }
  return sum / (rows.count * (rows.count - 1) / 2);
}

function meanKernelBetween(x: Rows, y: Rows): number {
  let sum = 0;
  for (const [from, to] of tiles(y.count)) {
    for (let i = 0; i < x.count; i++) {
      for (let j = from; j < to; j++) sum += kernel(x, i, y, j);
    }
  }
  return sum / (x.count * y.count);
}

function kernel(x: Rows, i: number, y: Rows, j: number): number {
  const { width } = x;
  const base = dot(x.data, i * width, y.data, j * width, width) / width + 1;
  return base * base * base; // ** 3 is slow
}
