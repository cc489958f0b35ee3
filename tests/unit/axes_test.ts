/** The axes that the search of neighbours looks along: perpendicular always, and the first hold most of the spread. */
import { assertAlmostEquals, assertGreater } from "@std/assert";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { spreadAxes } from "../../lib/metrics/axes.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { normalLatents } from "../support/samples.ts";

/** Covariance of normal numbers whose deviations fall by a tenth from one to the next, turned by a mixture. */
function covariance(count: number, width: number): Float64Array {
  const { data } = normalLatents(count, width, 1), { data: mixture } = normalLatents(width, width, 2);
  const fallen = Matrix.from1DArray(count, width, data.map((value, i) => value * 0.9 ** (i % width)));
  const mixed = fallen.mmul(Matrix.from1DArray(width, width, mixture));
  return Moments.of({ count, width, data: Float64Array.from(mixed.to1DArray()) }).covariance();
}

Deno.test("axes: perpendicular and of length 1, for singular covariances and zeros too", () => {
  for (const matrix of [covariance(300, 24), covariance(9, 24), new Float64Array(49), Float64Array.of(2)]) {
    const size = Math.sqrt(matrix.length), axes = Matrix.from1DArray(size, size, spreadAxes(matrix));
    const products = axes.mmul(axes.transpose()).to2DArray();
    products.forEach((row, i) => row.forEach((value, j) => assertAlmostEquals(value, i === j ? 1 : 0, 1e-13)));
  }
});

Deno.test("axes: the first 8 hold nearly as much as the first 8 principal axes", () => {
  const matrix = covariance(300, 24), size = 24;
  const axes = Matrix.from1DArray(size, size, spreadAxes(matrix));
  const variances = axes.mmul(Matrix.from1DArray(size, size, matrix)).mmul(axes.transpose()).diagonal();
  const { realEigenvalues } = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix));
  const sum = (values: number[]) => values.slice(0, 8).reduce((a, b) => a + b);
  assertGreater(sum(variances), 0.98 * sum(realEigenvalues.toSorted((a, b) => b - a)));
});
