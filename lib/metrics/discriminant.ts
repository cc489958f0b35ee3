/** Fisher's linear discriminant: the direction along which two sets of rows differ most. */
import { Matrix, solve } from "ml-matrix";
import type { Moments } from "./moments.ts";

/** A share of the variance that is added to each column's own, so that what hardly varies does not rule. */
const RIDGE = 0.15;
/** Variance, in units of a column's own, that a direction counts as having along the way to a set that is alike. */
const ACROSS = 1e6;
/** A deviation below this share of the mean is rounding. */
const ROUNDING = 1e-9;

/**
 * The direction in which the means of two sets are farthest apart, in units of the spread within the sets; positive
 * towards the second. Columns that do not vary have no part in it.
 *
 * Source: Fisher, "The Use of Multiple Measurements in Taxonomic Problems", 1936; with the ridge of Friedman,
 * "Regularized Discriminant Analysis", 1989.
 *
 * @param alike sets that count as the first one: the direction is across the way from its mean to theirs
 * @returns a weight for each column
 */
export function discriminant(
  a: Moments,
  b: Moments,
  alike: readonly Moments[] = [],
): Float64Array<ArrayBuffer> {
  const { width } = a;
  const [ofA, ofB] = [a.covariance(), b.covariance()];
  const deviation = Float64Array.from({ length: width }, (_, j) => {
    const value = Math.sqrt(ofA[j * width + j]);
    return value > ROUNDING * Math.abs(a.mean[j]) ? value : 0;
  });
  const scaled = Matrix.zeros(width, width), difference = Matrix.zeros(width, 1);
  for (let j = 0; j < width; j++) {
    if (deviation[j] > 0) difference.set(j, 0, (b.mean[j] - a.mean[j]) / deviation[j]);
    for (let k = 0; k < width; k++) {
      const within = (ofA[j * width + k] + ofB[j * width + k]) / 2 / (deviation[j] * deviation[k]);
      scaled.set(j, k, deviation[j] > 0 && deviation[k] > 0 ? within + (j === k ? RIDGE : 0) : Number(j === k));
    }
  }
  for (const { mean } of alike) {
    const shift = Float64Array.from(mean, (value, j) => deviation[j] > 0 ? (value - a.mean[j]) / deviation[j] : 0);
    const weight = ACROSS / shift.reduce((sum, value) => sum + value ** 2, Number.MIN_VALUE);
    for (let j = 0; j < width; j++) {
      for (let k = 0; k < width; k++) scaled.set(j, k, scaled.get(j, k) + weight * shift[j] * shift[k]);
    }
  }
  const weights = solve(scaled, difference).to1DArray();
  return Float64Array.from(weights, (weight, j) => deviation[j] > 0 ? weight / deviation[j] : 0);
}
