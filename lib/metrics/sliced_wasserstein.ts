/** The sliced Wasserstein-2 distance, which takes no distribution for normal, and what a normal one would give. */
import { DRAW, Random, type Seeded, STREAM } from "../random.ts";
import { checkPair, type Latents, type Rows, takeRows } from "./latents.ts";
import { dot, mean, standardDeviation } from "./numbers.ts";

/** Random directions that the distance is averaged over. */
const DIRECTIONS = 200;

/** A sliced Wasserstein-2 distance, with and without the assumption that the latents are normal. */
export interface SlicedDistance {
  /** Of the sets as they are, in the latents' own unit; 0 or more. */
  readonly distance: number;
  /** Along the same directions, of the normal distributions of the same means and variances; never more. */
  readonly normalDistance: number;
}

/**
 * The sliced Wasserstein-2 distance: the root of the mean, over 200 random directions, of the squared Wasserstein-2
 * distance of the two sets projected on a direction, which is exact from sorted values.
 *
 * Beside it stands the same for normal distributions, a Fréchet distance in slices. It is a lower bound (Gelbrich 1990),
 * so (normalDistance / distance)² is the share of the squared distance that the Fréchet distance can see. Like the
 * Fréchet distance both have a positive bias that shrinks with the number of images.
 *
 * Source: Bonneel et al., "Sliced and Radon Wasserstein Barycenters of Measures", 2015.
 *
 * @param options the seed draws the directions
 * @throws DigitFidError if a set has fewer than 2 rows or holds NaN or infinity, or the widths differ
 */
export function slicedWasserstein(real: Latents, fake: Latents, { seed = 0 }: Seeded = {}): SlicedDistance {
  checkPair(real, fake);
  const random = new Random(seed, STREAM.bootstrap, DRAW.sliced);
  const [realRows, fakeRows] = [real, fake].map((set) =>
    takeRows(set, Uint32Array.from({ length: set.count }, (_, i) => i))
  );
  const squared: number[] = [], squaredNormal: number[] = [];
  for (let i = 0; i < DIRECTIONS; i++) {
    const direction = randomDirection(real.width, random);
    const x = projected(realRows, direction), y = projected(fakeRows, direction);
    squared.push(squaredWasserstein(x, y));
    squaredNormal.push((mean(x) - mean(y)) ** 2 + (spread(x) - spread(y)) ** 2);
  }
  return { distance: Math.sqrt(mean(squared)), normalDistance: Math.sqrt(mean(squaredNormal)) };
}

/** A uniformly drawn unit vector. */
function randomDirection(width: number, random: Random): Float64Array {
  const vector = Float64Array.from({ length: width }, () => random.normal());
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Coordinates of the rows along a direction, ascending. */
function projected({ count, width, data }: Rows, direction: Float64Array): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => dot(data, i * width, direction, 0, width)).sort();
}

/** Squared Wasserstein-2 distance of two sorted sets: the integral of (F⁻¹ − G⁻¹)² over the steps of both. */
function squaredWasserstein(x: Float64Array, y: Float64Array): number {
  const [n, m] = [x.length, y.length];
  let sum = 0, reached = 0; // up to which quantile, in units of 1 / (n m), so that steps meet exactly
  for (let i = 0, j = 0; i < n;) {
    const next = Math.min((i + 1) * m, (j + 1) * n);
    sum += (next - reached) * (x[i] - y[j]) ** 2;
    reached = next;
    if (next === (j + 1) * n) j++;
    if (next === (i + 1) * m) i++;
  }
  return sum / (n * m);
}

/** Standard deviation with the count as its divisor, the one that the bound holds for. */
function spread(values: Float64Array): number {
  return standardDeviation(values) * Math.sqrt(1 - 1 / values.length);
}
