/**
 * Roots of covariance matrices and the sum of singular values: all the linear algebra of the Fréchet distance.
 *
 * `lib/wasm/assembly/roots.ts` is the twin of this file for threads. The two do the same operations in the same order,
 * so their results are equal to the last bit.
 */
import { dot } from "./numbers.ts";

/** A matrix, row after row; rows lie `pitch` numbers apart, filled up with zeros. */
export interface Rectangle {
  /** How many rows there are. */
  readonly rows: number;
  /** How many columns. */
  readonly columns: number;
  /** A multiple of 4, not below the columns. */
  readonly pitch: number;
  /** `rows · pitch` numbers. */
  readonly data: Float64Array;
}

/**
 * The transpose of a matrix R with R Rᵀ = the given covariance: Cholesky's decomposition, the largest variance left
 * first, until what is left is within rounding of zero. So it has as many rows as the covariance has ranks, and singular
 * ones lose no digits. Source: Higham, "Accuracy and Stability of Numerical Algorithms", 2002, sec. 10.3.
 *
 * @param tolerance what counts as rounding, of the largest variance; that of double precision unless given
 */
export function covarianceRoot(covariance: Float64Array, tolerance?: number): Rectangle {
  const size = Math.sqrt(covariance.length), pitch = 4 * Math.ceil(size / 4);
  const root = new Float64Array(size * pitch);
  const left = Float64Array.from({ length: size }, (_, j) => covariance[j * size + j]); // variances
  const taken = new Uint8Array(size);
  const rounding = (tolerance ?? size * Number.EPSILON) * Math.max(...left);
  let rank = 0;
  for (; rank < size; rank++) {
    const pivot = left.indexOf(Math.max(...left));
    if (!(left[pivot] > rounding)) break;
    const row = root.subarray(rank * pitch, (rank + 1) * pitch);
    row.set(covariance.subarray(pivot * size, (pivot + 1) * size));
    for (let i = 0; i < rank; i++) addMultiple(row, 0, -root[i * pitch + pivot], root, i * pitch, pitch);
    const scale = Math.sqrt(left[pivot]);
    taken[pivot] = 1;
    for (let j = 0; j < size; j++) {
      row[j] = j === pivot ? scale : taken[j] ? 0 : row[j] / scale;
      left[j] = taken[j] ? 0 : left[j] - row[j] * row[j];
    }
  }
  return { rows: rank, columns: size, pitch, data: root.subarray(0, rank * pitch) };
}

/** Sum of the squares of all numbers. */
export function squaredNorm({ rows, pitch, data }: Rectangle): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += dot(data, i * pitch, data, i * pitch, pitch);
  return sum;
}

/** A Bᵀ, or B Aᵀ if B has more rows: never wider than it is tall. */
export function product(a: Rectangle, b: Rectangle): Rectangle {
  const [tall, wide] = a.rows >= b.rows ? [a, b] : [b, a];
  const pitch = 4 * Math.ceil(wide.rows / 4);
  const data = new Float64Array(tall.rows * pitch);
  for (let i = 0; i < tall.rows; i++) {
    for (let j = 0; j < wide.rows; j++) {
      data[i * pitch + j] = dot(tall.data, i * tall.pitch, wide.data, j * wide.pitch, tall.pitch);
    }
  }
  return { rows: tall.rows, columns: wide.rows, pitch, data };
}

/** Sum of the singular values of a matrix that is not wider than it is tall. The matrix is lost. */
export function nuclearNorm(matrix: Rectangle): number {
  const { diagonal, beside } = bidiagonalise(matrix);
  singularValues(diagonal, beside);
  return diagonal.reduce((sum, value) => sum + Math.abs(value), 0);
}

/**
 * Reduces a matrix by reflections from both sides, which keep its singular values, to numbers on the diagonal and to the
 * right of it. Source: Golub & Kahan, "Calculating the Singular Values and Pseudo-Inverse of a Matrix", 1965.
 */
function bidiagonalise({ rows, columns, pitch, data }: Rectangle): { diagonal: Float64Array; beside: Float64Array } {
  const diagonal = new Float64Array(columns), beside = new Float64Array(columns);
  const v = new Float64Array(rows), w = new Float64Array(pitch), u = new Float64Array(pitch);
  for (let k = 0; k < columns; k++) {
    let squares = 0;
    for (let i = k; i < rows; i++) {
      v[i] = data[i * pitch + k];
      squares += v[i] * v[i];
    }
    const norm = Math.sqrt(squares), corner = v[k];
    diagonal[k] = corner > 0 ? -norm : norm;
    if (k + 1 === columns) break;

    const from = k + 1 - (k + 1) % 4, length = pitch - from; // whole vectors; what is left of column k + 1 is 0
    const factor = norm > 0 ? 1 / (norm * (norm + Math.abs(corner))) : 0;
    v[k] -= diagonal[k];
    w.fill(0);
    for (let i = k; i < rows; i++) addMultiple(w, from, v[i], data, i * pitch + from, length);
    for (let j = from; j < pitch; j++) w[j] = j > k ? w[j] * factor : 0;

    addMultiple(data, k * pitch + from, -v[k], w, from, length);
    for (let j = from; j < pitch; j++) u[j] = j > k ? data[k * pitch + j] : 0;
    const uNorm = Math.sqrt(dot(u, from, u, from, length)), uCorner = u[k + 1];
    beside[k] = uCorner > 0 ? -uNorm : uNorm;
    const uFactor = uNorm > 0 ? 1 / (uNorm * (uNorm + Math.abs(uCorner))) : 0;
    u[k + 1] -= beside[k];
    for (let i = k + 1; i < rows; i++) {
      const row = i * pitch + from;
      addMultiple(data, row, -v[i], w, from, length);
      addMultiple(data, row, -(dot(data, row, u, from, length) * uFactor), u, from, length);
    }
  }
  return { diagonal, beside };
}

/**
 * Turns the diagonal of a bidiagonal matrix into its singular values, of any sign, by implicit QR steps. Source: Golub &
 * Reinsch, "Singular Value Decomposition and Least Squares Solutions", 1970; after LINPACK's `dsvdc`.
 *
 * @param s diagonal, @param e to the right of it; NaN everywhere where that does not come to an end
 */
function singularValues(s: Float64Array, e: Float64Array): void {
  const { EPSILON } = Number;
  let steps = 0;
  for (let end = s.length - 1; end > 0;) {
    let start = end - 1; // the block start + 1 … end is cut off from what is before it
    for (; start >= 0; start--) {
      if (Math.abs(e[start]) > EPSILON * (Math.abs(s[start]) + Math.abs(s[start + 1]))) continue;
      e[start] = 0;
      break;
    }
    if (start === end - 1) {
      end--;
      continue;
    }
    if (++steps > 100 * s.length) return void s.fill(NaN);
    let zero = end; // a zero on the diagonal
    for (; zero > start; zero--) {
      const around = (zero < end ? Math.abs(e[zero]) : 0) + (zero > start + 1 ? Math.abs(e[zero - 1]) : 0);
      if (Math.abs(s[zero]) > EPSILON * around) continue;
      s[zero] = 0;
      break;
    }
    if (zero === end) deflateEnd(s, e, start + 1, end);
    else if (zero > start) deflate(s, e, zero, end);
    else step(s, e, start + 1, end);
  }
}

/** s[end] is 0: rotates away the number above it. */
function deflateEnd(s: Float64Array, e: Float64Array, start: number, end: number): void {
  let f = e[end - 1];
  e[end - 1] = 0;
  for (let j = end - 1; j >= start; j--) {
    const t = Math.sqrt(s[j] * s[j] + f * f);
    if (t === 0) break;
    const cosine = s[j] / t, sine = f / t;
    s[j] = t;
    if (j === start) break;
    f = -sine * e[j - 1];
    e[j - 1] = cosine * e[j - 1];
  }
}

/** s[zero] is 0: rotates away the number to the right of it. */
function deflate(s: Float64Array, e: Float64Array, zero: number, end: number): void {
  let f = e[zero];
  e[zero] = 0;
  for (let j = zero + 1; j <= end; j++) {
    const t = Math.sqrt(s[j] * s[j] + f * f);
    if (t === 0) break;
    const cosine = s[j] / t, sine = f / t;
    s[j] = t;
    if (j === end) break;
    f = -sine * e[j];
    e[j] = cosine * e[j];
  }
}

/** One QR step on the block start … end, shifted by a singular value of its last corner. */
function step(s: Float64Array, e: Float64Array, start: number, end: number): void {
  let scale = Math.max(Math.abs(s[end]), Math.abs(s[end - 1]), Math.abs(e[end - 1]));
  scale = Math.max(scale, Math.abs(s[start]), Math.abs(e[start]));
  const last = s[end] / scale, before = s[end - 1] / scale, corner = e[end - 1] / scale;
  const first = s[start] / scale, next = e[start] / scale;
  const b = ((before + last) * (before - last) + corner * corner) / 2, c = last * corner * (last * corner);
  let shift = 0;
  if (b !== 0 || c !== 0) {
    const root = Math.sqrt(b * b + c);
    shift = c / (b + (b < 0 ? -root : root));
  }
  let f = (first + last) * (first - last) + shift, g = first * next;
  for (let j = start; j < end; j++) {
    let t = Math.sqrt(f * f + g * g);
    let cosine = t > 0 ? f / t : 1, sine = t > 0 ? g / t : 0;
    if (j > start) e[j - 1] = t;
    f = cosine * s[j] + sine * e[j];
    e[j] = cosine * e[j] - sine * s[j];
    g = sine * s[j + 1];
    s[j + 1] = cosine * s[j + 1];
    t = Math.sqrt(f * f + g * g);
    cosine = t > 0 ? f / t : 1, sine = t > 0 ? g / t : 0;
    s[j] = t;
    f = cosine * e[j] + sine * s[j + 1];
    s[j + 1] = cosine * s[j + 1] - sine * e[j];
    g = sine * e[j + 1];
    e[j + 1] = cosine * e[j + 1];
  }
  e[end - 1] = f;
}

/** y[q + …] += factor · x[p + …], `length` numbers. */
function addMultiple(y: Float64Array, q: number, factor: number, x: Float64Array, p: number, length: number): void {
  for (let k = 0; k < length; k++) y[q + k] += factor * x[p + k];
}
