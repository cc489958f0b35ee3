// @ts-nocheck AssemblyScript
/**
 * Dot products in double precision. All of them add up in one order, that of `dot` in lib/metrics/numbers.ts: four sums
 * side by side, terms 0, 4, 8, … in the first; (first + second) + (third + fourth) at the end. Strides are multiples of
 * 4, filled with zeros.
 */

// @inline
function total(low: v128, high: v128): f64 {
  return (f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1)) +
    (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1));
}

/** Dot product of two rows. */
export function dot(x: usize, y: usize, stride: i32): f64 {
  let low = f64x2.splat(0), high = low;
  for (const end = x + <usize> stride * 8; x < end; x += 32, y += 32) {
    low = f64x2.add(low, f64x2.mul(v128.load(x), v128.load(y)));
    high = f64x2.add(high, f64x2.mul(v128.load(x, 16), v128.load(y, 16)));
  }
  return total(low, high);
}

/** Dot products of rows p and p + 1 with rows q and q + 1: `out` and the double after it for p, `next` for p + 1. */
export function dots_2x2(p: usize, q: usize, stride: i32, out: usize, next: usize): void {
  const step: usize = <usize> stride * 8, s = p + step, t = q + step;
  let a = f64x2.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
  for (let k: usize = 0; k < step; k += 32) {
    const p0 = v128.load(p + k), p1 = v128.load(p + k, 16), s0 = v128.load(s + k), s1 = v128.load(s + k, 16);
    const q0 = v128.load(q + k), q1 = v128.load(q + k, 16);
    a = f64x2.add(a, f64x2.mul(p0, q0));
    b = f64x2.add(b, f64x2.mul(p1, q1));
    e = f64x2.add(e, f64x2.mul(s0, q0));
    f = f64x2.add(f, f64x2.mul(s1, q1));
    const t0 = v128.load(t + k), t1 = v128.load(t + k, 16);
    c = f64x2.add(c, f64x2.mul(p0, t0));
    d = f64x2.add(d, f64x2.mul(p1, t1));
    g = f64x2.add(g, f64x2.mul(s0, t0));
    h = f64x2.add(h, f64x2.mul(s1, t1));
  }
  store<f64>(out, total(a, b));
  store<f64>(out, total(c, d), 8);
  store<f64>(next, total(e, f));
  store<f64>(next, total(g, h), 8);
}

/** Dot products of `n` rows with `m` rows: `out` [n] rows of `pitch` doubles, of which the first m are filled. */
export function dots(x: usize, n: i32, y: usize, m: i32, stride: i32, out: usize, pitch: i32): void {
  const step: usize = <usize> stride * 8, line: usize = <usize> pitch * 8;
  for (let i = 0; i < n; i += 2) {
    const p = x + <usize> i * step, row = out + <usize> i * line;
    for (let j = 0; j < m; j += 2) {
      const q = y + <usize> j * step, at = row + <usize> j * 8;
      if (i + 1 < n && j + 1 < m) {
        dots_2x2(p, q, stride, at, at + line);
        continue;
      }
      store<f64>(at, dot(p, q, stride));
      if (i + 1 < n) store<f64>(at + line, dot(p + step, q, stride));
      if (j + 1 < m) store<f64>(at, dot(p, q + step, stride), 8);
    }
  }
}

/**
 * Task t multiplies 64 rows, from the 64 t-th on, by a matrix: `out[i][j]` is the dot product of row i of x and row j of
 * y.
 *
 * @param x [n][stride] f64
 * @param y [m][stride] f64
 * @param out [n][stride] f64, of which the first m of each row are filled
 */
export function multiply_rows(
  task: i32,
  thread: i32,
  x: usize,
  n: i32,
  y: usize,
  m: i32,
  stride: i32,
  out: usize,
): void {
  const tile = 16; // rows of x that stay in the nearest cache
  const end = min(n, (task + 1) * 64);
  for (let i = task * 64; i < end; i += tile) {
    const first = <usize> i * <usize> stride * 8;
    dots(x + first, min(tile, end - i), y, m, stride, out + first, stride);
  }
}
