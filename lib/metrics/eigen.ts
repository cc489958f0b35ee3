/** Eigenvalues and eigenvectors; ml-matrix does the work. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

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
