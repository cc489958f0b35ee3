/** Arithmetic on plain arrays that several metrics share. */
import { exp } from "./elementary.ts";

/** Arithmetic mean. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Standard deviation with the count less one as its divisor; NaN of a single value. */
export function standardDeviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) ** 2;
  return Math.sqrt(sum / (values.length - 1));
}

/**
 * Standard error of a statistic, from its values without one part of the data each, of parts that are alike (jackknife).
 *
 * Source: Efron & Stein, "The Jackknife Estimate of Variance", Annals of Statistics 9, 1981.
 */
export function jackknifeError(values: readonly number[]): number {
  const count = values.length, centre = mean(values);
  return Math.sqrt((count - 1) / count * values.reduce((sum, value) => sum + (value - centre) ** 2, 0));
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/**
 * Probabilities from logits, shifted by the largest one so that no exponential overflows.
 *
 * @param into an array to write them to: a new one unless given
 */
export function softmax(logits: ArrayLike<number>, into: number[] = []): number[] {
  let largest = -Infinity, sum = 0;
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i]);
  for (let i = 0; i < logits.length; i++) sum += into[i] = exp(logits[i] - largest);
  for (let i = 0; i < logits.length; i++) into[i] /= sum;
  return into;
}

/** x[p] y[q] + x[p + 1] y[q + 1] + …, `length` terms: four sums side by side, which the processor runs at once. */
export function dot(x: Float64Array, p: number, y: Float64Array, q: number, length: number): number {
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const end = p + length, whole = end - length % 4;
  for (; p < whole; p += 4, q += 4) {
    s0 += x[p] * y[q];
    s1 += x[p + 1] * y[q + 1];
    s2 += x[p + 2] * y[q + 2];
    s3 += x[p + 3] * y[q + 3];
  }
  if (p < end) s0 += x[p] * y[q];
  if (p + 1 < end) s1 += x[p + 1] * y[q + 1];
  if (p + 2 < end) s2 += x[p + 2] * y[q + 2];
  return (s0 + s1) + (s2 + s3);
}

/** Rows that stay in the processor's nearest cache (32 rows of 128 doubles are 32 KiB) while other rows pass by. */
const TILE = 32;

/** Ranges of row numbers: loops over all pairs of rows run twice as fast when they go tile by tile. */
export function tiles(count: number): [from: number, to: number][] {
  return Array.from({ length: Math.ceil(count / TILE) }, (_, t) => [t * TILE, Math.min(count, (t + 1) * TILE)]);
}
