/** The matrix decompositions that the metrics need; ml-matrix does the work. */
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";

/** Eigenvalues of a symmetric matrix, largest first, and its eigenvectors as the columns of a matrix. */
export function symmetricEigen(matrix: Float64Array): { values: number[]; vectors: Matrix } {
  const size = Math.sqrt(matrix.length);
  const decomposition = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true });
  const values = decomposition.realEigenvalues;
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]);
  return {
    values: order.map((i) => values[i]),
    vectors: decomposition.eigenvectorMatrix.subMatrixColumn(order),
  };
}

/**
 * A matrix R with R Rᵀ = the given covariance: its eigenvectors times the roots of the eigenvalues. Eigenvalues within
 * rounding of zero, or below it, count as zero: a covariance has no others, and their roots would not be small.
 */
export function covarianceRoot(covariance: Float64Array): Matrix {
  const { values, vectors } = symmetricEigen(covariance);
  const rounding = values.length * Number.EPSILON * values[0];
  return vectors.mulRowVector(values.map((value) => value > rounding ? Math.sqrt(value) : 0));
}

/** Sum of the singular values. */
export function nuclearNorm(matrix: Matrix): number {
  const options = { computeLeftSingularVectors: false, computeRightSingularVectors: false };
  return new SingularValueDecomposition(matrix, options).diagonal.reduce((sum, value) => sum + value, 0);
}
