/** Orthogonal axes of which the first few hold most of a set's variance, as principal axes do, for far less work. */
import { dot } from "./numbers.ts";

/**
 * Perpendicular unit vectors along which points of this covariance spread, most of all along the first. They are those of
 * a QR decomposition of the covariance's fourth power, the longest column that is left first: a step of subspace
 * iteration, after which the first axes span nearly what the principal ones do. Source: Golub & Van Loan, "Matrix
 * Computations", 2013, sec. 5.4.2 and 8.2.4.
 *
 * @param covariance symmetric, finite
 * @returns as large as the covariance, an axis a row
 */
export function spreadAxes(covariance: Float64Array): Float64Array {
  const size = Math.sqrt(covariance.length);
  const columns = squared(squared(covariance, size), size); // rows are columns, as it is symmetric
  const reflectors = new Float64Array(size * size), factors = new Float64Array(size);
  const order = Array.from({ length: size }, (_, i) => i); // which column is taken when
  for (let k = 0; k < size; k++) {
    const squares = order.map((column, i) =>
      i < k ? -1 : dot(columns, column * size + k, columns, column * size + k, size - k)
    );
    const longest = squares.indexOf(Math.max(...squares));
    [order[k], order[longest]] = [order[longest], order[k]];
    const norm = Math.sqrt(squares[longest]), corner = columns[order[k] * size + k];
    if (!(norm > 0)) break; // nothing is left: the axes from here on are any that are perpendicular
    reflectors.set(columns.subarray(order[k] * size + k, (order[k] + 1) * size), k * size + k);
    reflectors[k * size + k] += corner < 0 ? -norm : norm;
    factors[k] = 1 / (norm * (norm + Math.abs(corner)));
    for (let i = k + 1; i < size; i++) reflect(columns, order[i] * size, reflectors, factors, k, size);
  }
  const axes = Float64Array.from({ length: size * size }, (_, at) => at % (size + 1) === 0 ? 1 : 0);
  for (let axis = 0; axis < size; axis++) {
    for (let k = axis; k >= 0; k--) reflect(axes, axis * size, reflectors, factors, k, size);
  }
  return axes;
}

/** The square of a symmetric matrix, divided by its largest entry before so that it stays in range. */
function squared(matrix: Float64Array, size: number): Float64Array {
  const largest = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scaled = matrix.map((value) => value / (largest || 1));
  const square = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      square[i * size + j] = square[j * size + i] = dot(scaled, i * size, scaled, j * size, size);
    }
  }
  return square;
}

/** Reflects the row at `start` by reflector k. */
function reflect(
  rows: Float64Array,
  start: number,
  reflectors: Float64Array,
  factors: Float64Array,
  k: number,
  size: number,
): void {
  const length = size - k, row = start + k, reflector = k * size + k;
  const amount = dot(rows, row, reflectors, reflector, length) * factors[k];
  for (let i = 0; i < length; i++) rows[row + i] -= amount * reflectors[reflector + i];
}
