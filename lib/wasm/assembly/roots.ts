// @ts-nocheck AssemblyScript
/** The linear algebra of the Fréchet distance: lib/metrics/roots.ts, operation for operation, to the same bits. */
import { dot, dots } from "./dots.ts";
import { add_multiple } from "./moments.ts";

const EPSILON: f64 = 2.220446049250313e-16;

// @inline
function at(x: usize, i: i32): f64 {
  return load<f64>(x + <usize> i * 8);
}

// @inline
function put(x: usize, i: i32, value: f64): void {
  store<f64>(x + <usize> i * 8, value);
}

/**
 * Rᵀ with R Rᵀ = the covariance.
 *
 * @param covariance [size][pitch]
 * @param root [size][pitch] out
 * @param left [pitch] scratch: the variances that are left, −1 for those taken
 * @returns how many rows the root has
 */
export function covariance_root(covariance: usize, size: i32, pitch: i32, root: usize, left: usize): i32 {
  const step: usize = <usize> pitch * 8;
  let most = -Infinity;
  for (let j = 0; j < size; j++) {
    const variance = load<f64>(covariance + <usize> j * step + <usize> j * 8);
    put(left, j, variance);
    most = max(most, variance);
  }
  const rounding = <f64> size * EPSILON * most;
  for (let rank = 0; rank < size; rank++) {
    let pivot = 0;
    for (let j = 1; j < size; j++) if (at(left, j) > at(left, pivot)) pivot = j;
    const variance = at(left, pivot);
    if (!(variance > rounding)) return rank;
    const row = root + <usize> rank * step;
    eliminate(row, covariance + <usize> pivot * step, root, rank, pivot, pitch);
    const scale = sqrt(variance);
    put(left, pivot, -1);
    for (let j = 0; j < size; j++) {
      const value = j == pivot ? scale : at(left, j) == -1 ? 0 : at(row, j) / scale;
      put(row, j, value);
      if (at(left, j) != -1) put(left, j, max(0, at(left, j) - value * value));
    }
  }
  return size;
}

/** row = from − Σ root[i][pivot] · root[i] over the first rows of the root, 8 columns at a time. */
function eliminate(row: usize, from: usize, root: usize, rank: i32, pivot: i32, pitch: i32): void {
  const step: usize = <usize> pitch * 8, end = root + <usize> rank * step, at: usize = <usize> pivot * 8;
  let k: usize = 0;
  for (; k + 64 <= step; k += 64) {
    let a = v128.load(from + k), b = v128.load(from + k, 16), c = v128.load(from + k, 32), d = v128.load(from + k, 48);
    for (let p = root; p < end; p += step) {
      const factor = f64x2.neg(v128.load64_splat(p + at));
      a = f64x2.add(a, f64x2.mul(factor, v128.load(p + k)));
      b = f64x2.add(b, f64x2.mul(factor, v128.load(p + k, 16)));
      c = f64x2.add(c, f64x2.mul(factor, v128.load(p + k, 32)));
      d = f64x2.add(d, f64x2.mul(factor, v128.load(p + k, 48)));
    }
    v128.store(row + k, a);
    v128.store(row + k, b, 16);
    v128.store(row + k, c, 32);
    v128.store(row + k, d, 48);
  }
  for (; k < step; k += 16) {
    let a = v128.load(from + k);
    for (let p = root; p < end; p += step) {
      a = f64x2.add(a, f64x2.mul(f64x2.neg(v128.load64_splat(p + at)), v128.load(p + k)));
    }
    v128.store(row + k, a);
  }
}

/** Sum of the squares of the rows of a root. */
export function squared_norm(root: usize, rows: i32, pitch: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < rows; i++) {
    const row = root + <usize> i * <usize> pitch * 8;
    sum += dot(row, row, pitch);
  }
  return sum;
}

/**
 * Sum of the singular values of A Bᵀ.
 *
 * @param matrix [rows][pitch] scratch
 * @param vectors 5 · (pitch + 4) doubles of scratch memory
 */
export function nuclear_norm(
  a: usize,
  aRows: i32,
  b: usize,
  bRows: i32,
  pitch: i32,
  matrix: usize,
  vectors: usize,
): f64 {
  const rows = max(aRows, bRows), columns = min(aRows, bRows);
  const lines = (columns + 3) >> 2 << 2;
  memory.fill(matrix, 0, <usize> (rows * lines) * 8);
  if (aRows >= bRows) dots(a, aRows, b, bRows, pitch, matrix, lines);
  else dots(b, bRows, a, aRows, pitch, matrix, lines);
  const room: usize = <usize> (pitch + 4) * 8;
  const s = vectors, e = s + room;
  bidiagonalise(matrix, rows, columns, lines, s, e, e + room);
  singular_values(s, e, columns);
  let sum = 0.0;
  for (let i = 0; i < columns; i++) sum += abs(at(s, i));
  return sum;
}

function bidiagonalise(
  data: usize,
  rows: i32,
  columns: i32,
  pitch: i32,
  diagonal: usize,
  beside: usize,
  scratch: usize,
): void {
  const step: usize = <usize> pitch * 8;
  const v = scratch, w = v + <usize> (rows + 8) * 8, u = w + step;
  for (let k = 0; k < columns; k++) {
    let squares = 0.0;
    for (let i = k; i < rows; i++) {
      const value = load<f64>(data + <usize> i * step + <usize> k * 8);
      put(v, i, value);
      squares += value * value;
    }
    const norm = sqrt(squares), corner = at(v, k);
    put(diagonal, k, corner > 0 ? -norm : norm);
    put(beside, k, 0);
    if (k + 1 == columns) break;

    const from = k + 1 - (k + 1) % 4, first: usize = <usize> from * 8, length: usize = step - first;
    const factor = norm > 0 ? 1 / (norm * (norm + abs(corner))) : 0;
    put(v, k, at(v, k) - at(diagonal, k));
    memory.fill(w, 0, step);
    add_rows(w + first, v, data + first, k, rows, step, length);
    for (let j = from; j < pitch; j++) put(w, j, j > k ? at(w, j) * factor : 0);

    const row = data + <usize> k * step;
    add_multiple(row + first, -at(v, k), w + first, length);
    for (let j = from; j < pitch; j++) put(u, j, j > k ? at(row, j) : 0);
    const uNorm = sqrt(dot(u + first, u + first, pitch - from)), uCorner = at(u, k + 1);
    put(beside, k, uCorner > 0 ? -uNorm : uNorm);
    const uFactor = uNorm > 0 ? 1 / (uNorm * (uNorm + abs(uCorner))) : 0;
    put(u, k + 1, at(u, k + 1) - at(beside, k));
    for (let i = k + 1; i < rows; i++) {
      reflect(data + <usize> i * step + first, -at(v, i), w + first, u + first, uFactor, length);
    }
  }
}

/** w += Σ v[i] · data[i], row after row; four rows at a time. */
function add_rows(w: usize, v: usize, data: usize, from: i32, to: i32, step: usize, length: usize): void {
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const p = data + <usize> i * step, q = p + step, r = q + step, s = r + step;
    const f = v128.load64_splat(v + <usize> i * 8), g = v128.load64_splat(v + <usize> i * 8, 8);
    const h = v128.load64_splat(v + <usize> i * 8, 16), l = v128.load64_splat(v + <usize> i * 8, 24);
    for (let k: usize = 0; k < length; k += 32) {
      let a = v128.load(w + k), b = v128.load(w + k, 16);
      a = f64x2.add(a, f64x2.mul(f, v128.load(p + k)));
      b = f64x2.add(b, f64x2.mul(f, v128.load(p + k, 16)));
      a = f64x2.add(a, f64x2.mul(g, v128.load(q + k)));
      b = f64x2.add(b, f64x2.mul(g, v128.load(q + k, 16)));
      a = f64x2.add(a, f64x2.mul(h, v128.load(r + k)));
      b = f64x2.add(b, f64x2.mul(h, v128.load(r + k, 16)));
      a = f64x2.add(a, f64x2.mul(l, v128.load(s + k)));
      b = f64x2.add(b, f64x2.mul(l, v128.load(s + k, 16)));
      v128.store(w + k, a);
      v128.store(w + k, b, 16);
    }
  }
  for (; i < to; i++) add_multiple(w, at(v, i), data + <usize> i * step, length);
}

/** Both reflections on one row: row += factor · w, and then row −= (row · u) uFactor · u. */
function reflect(row: usize, factor: f64, w: usize, u: usize, uFactor: f64, length: usize): void {
  const f = f64x2.splat(factor);
  let low = f64x2.splat(0), high = low;
  for (let k: usize = 0; k < length; k += 32) {
    const a = f64x2.add(v128.load(row + k), f64x2.mul(f, v128.load(w + k)));
    const b = f64x2.add(v128.load(row + k, 16), f64x2.mul(f, v128.load(w + k, 16)));
    v128.store(row + k, a);
    v128.store(row + k, b, 16);
    low = f64x2.add(low, f64x2.mul(a, v128.load(u + k)));
    high = f64x2.add(high, f64x2.mul(b, v128.load(u + k, 16)));
  }
  const dot = (f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1)) +
    (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1));
  add_multiple(row, -(dot * uFactor), u, length);
}

function singular_values(s: usize, e: usize, size: i32): void {
  let steps = 0;
  for (let end = size - 1; end > 0;) {
    let start = end - 1;
    for (; start >= 0; start--) {
      if (abs(at(e, start)) > EPSILON * (abs(at(s, start)) + abs(at(s, start + 1)))) continue;
      put(e, start, 0);
      break;
    }
    if (start == end - 1) {
      end--;
      continue;
    }
    if (++steps > 100 * size) {
      for (let i = 0; i < size; i++) put(s, i, NaN);
      return;
    }
    let zero = end;
    for (; zero > start; zero--) {
      const around = (zero < end ? abs(at(e, zero)) : 0) + (zero > start + 1 ? abs(at(e, zero - 1)) : 0);
      if (abs(at(s, zero)) > EPSILON * around) continue;
      put(s, zero, 0);
      break;
    }
    if (zero == end) deflate_end(s, e, start + 1, end);
    else if (zero > start) deflate(s, e, zero, end);
    else step(s, e, start + 1, end);
  }
}

function deflate_end(s: usize, e: usize, start: i32, end: i32): void {
  let f = at(e, end - 1);
  put(e, end - 1, 0);
  for (let j = end - 1; j >= start; j--) {
    const t = sqrt(at(s, j) * at(s, j) + f * f);
    if (t == 0) break;
    const cosine = at(s, j) / t, sine = f / t;
    put(s, j, t);
    if (j == start) break;
    f = -sine * at(e, j - 1);
    put(e, j - 1, cosine * at(e, j - 1));
  }
}

function deflate(s: usize, e: usize, zero: i32, end: i32): void {
  let f = at(e, zero);
  put(e, zero, 0);
  for (let j = zero + 1; j <= end; j++) {
    const t = sqrt(at(s, j) * at(s, j) + f * f);
    if (t == 0) break;
    const cosine = at(s, j) / t, sine = f / t;
    put(s, j, t);
    if (j == end) break;
    f = -sine * at(e, j);
    put(e, j, cosine * at(e, j));
  }
}

function step(s: usize, e: usize, start: i32, end: i32): void {
  let scale = max(max(abs(at(s, end)), abs(at(s, end - 1))), abs(at(e, end - 1)));
  scale = max(max(scale, abs(at(s, start))), abs(at(e, start)));
  const last = at(s, end) / scale, before = at(s, end - 1) / scale, corner = at(e, end - 1) / scale;
  const first = at(s, start) / scale, next = at(e, start) / scale;
  const b = ((before + last) * (before - last) + corner * corner) / 2, c = last * corner * (last * corner);
  let shift = 0.0;
  if (b != 0 || c != 0) {
    const root = sqrt(b * b + c);
    shift = c / (b + (b < 0 ? -root : root));
  }
  let f = (first + last) * (first - last) + shift, g = first * next;
  let sj = at(s, start), ej = at(e, start);
  for (let j = start; j < end; j++) {
    let t = sqrt(f * f + g * g);
    let cosine = t > 0 ? f / t : 1, sine = t > 0 ? g / t : 0;
    if (j > start) put(e, j - 1, t);
    f = cosine * sj + sine * ej;
    ej = cosine * ej - sine * sj;
    const sNext = at(s, j + 1);
    g = sine * sNext;
    const turned = cosine * sNext;
    t = sqrt(f * f + g * g);
    cosine = t > 0 ? f / t : 1, sine = t > 0 ? g / t : 0;
    put(s, j, t);
    f = cosine * ej + sine * turned;
    sj = cosine * turned - sine * ej;
    const eNext = at(e, j + 1);
    g = sine * eNext;
    ej = cosine * eNext;
  }
  put(s, end, sj);
  put(e, end, ej);
  put(e, end - 1, f);
}
