// @ts-nocheck AssemblyScript
/** Sums of cosines and sines of the angles of rows, as in lib/metrics/embedding.ts: to the same bits. */

/** Whole units of 2⁻²⁸, in which sums are exact. */
const UNITS: f64 = 268435456;

/** Rows that stay in the second-level cache while the matrix passes by. */
const TILE: i32 = 64;

/**
 * Task t adds up part t of the rows: those from ⌊t · count / parts⌋ to the next part's first.
 *
 * @param rows [count][stride] f64
 * @param matrix [frequencies / 4][width, made even by a row of zeros][4] f64, in turns
 * @param offset [frequencies] f64, in turns
 * @param sums [parts][2 · frequencies] f64 of zeros: cosines, then sines, in whole units
 */
export function embed(
  task: i32,
  thread: i32,
  rows: usize,
  count: i32,
  parts: i32,
  width: i32,
  stride: i32,
  matrix: usize,
  offset: usize,
  frequencies: i32,
  sums: usize,
): void {
  const first = <i32> (<i64> task * <i64> count / <i64> parts);
  const end = <i32> (<i64> (task + 1) * <i64> count / <i64> parts);
  const line: usize = <usize> frequencies * 8, length: usize = <usize> ((width + 1) & ~1) * 8;
  const cosines: usize = sums + <usize> task * 2 * line;
  for (let from = first; from < end; from += TILE) {
    const to = min(end, from + TILE);
    for (let j: usize = 0; j < line; j += 32) {
      for (let i = from; i < to; i += 4) {
        const row = rows + <usize> i * <usize> stride * 8;
        fourRows(row, to - i, <usize> stride * 8, length, matrix + j / 32 * length * 4, offset + j, cosines + j, line);
      }
    }
  }
}

/** Adds four frequencies of four rows; of fewer the last one is worked out again and again, and does not count. */
// @inline
function fourRows(
  p: usize,
  count: i32,
  step: usize,
  length: usize,
  matrix: usize,
  offset: usize,
  sum: usize,
  line: usize,
): void {
  const q = count > 1 ? p + step : p, r = count > 2 ? q + step : q, s = count > 3 ? r + step : r;
  let a0 = v128.load(offset), a1 = v128.load(offset, 16);
  let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
  let column = matrix;
  for (let k: usize = 0; k < length; k += 16, column += 64) {
    const m0 = v128.load(column), m1 = v128.load(column, 16);
    const n0 = v128.load(column, 32), n1 = v128.load(column, 48);
    let x = v128.load(p + k), u = i64x2.shuffle(x, x, 0, 0);
    a0 = f64x2.add(a0, f64x2.mul(u, m0)), a1 = f64x2.add(a1, f64x2.mul(u, m1));
    u = i64x2.shuffle(x, x, 1, 1);
    a0 = f64x2.add(a0, f64x2.mul(u, n0)), a1 = f64x2.add(a1, f64x2.mul(u, n1));
    x = v128.load(q + k), u = i64x2.shuffle(x, x, 0, 0);
    b0 = f64x2.add(b0, f64x2.mul(u, m0)), b1 = f64x2.add(b1, f64x2.mul(u, m1));
    u = i64x2.shuffle(x, x, 1, 1);
    b0 = f64x2.add(b0, f64x2.mul(u, n0)), b1 = f64x2.add(b1, f64x2.mul(u, n1));
    x = v128.load(r + k), u = i64x2.shuffle(x, x, 0, 0);
    c0 = f64x2.add(c0, f64x2.mul(u, m0)), c1 = f64x2.add(c1, f64x2.mul(u, m1));
    u = i64x2.shuffle(x, x, 1, 1);
    c0 = f64x2.add(c0, f64x2.mul(u, n0)), c1 = f64x2.add(c1, f64x2.mul(u, n1));
    x = v128.load(s + k), u = i64x2.shuffle(x, x, 0, 0);
    d0 = f64x2.add(d0, f64x2.mul(u, m0)), d1 = f64x2.add(d1, f64x2.mul(u, m1));
    u = i64x2.shuffle(x, x, 1, 1);
    d0 = f64x2.add(d0, f64x2.mul(u, n0)), d1 = f64x2.add(d1, f64x2.mul(u, n1));
  }
  addPoint(sum, line, a0), addPoint(sum + 16, line, a1);
  if (count > 1) addPoint(sum, line, b0), addPoint(sum + 16, line, b1);
  if (count > 2) addPoint(sum, line, c0), addPoint(sum + 16, line, c1);
  if (count > 3) addPoint(sum, line, d0), addPoint(sum + 16, line, d1);
}

/** Adds cosine and sine of two angles, in whole units, to the sums of both. */
// @inline
function addPoint(cosine: usize, line: usize, turns: v128): void {
  const half = f64x2.splat(0.5), quarter = f64x2.splat(0.25);
  const x = f64x2.sub(turns, f64x2.floor(f64x2.add(turns, half)));
  const above = v128.bitselect(f64x2.sub(half, x), x, f64x2.gt(x, quarter));
  const folded = v128.bitselect(
    f64x2.sub(f64x2.splat(-0.5), x),
    above,
    f64x2.lt(x, f64x2.splat(-0.25)),
  );
  addUnits(cosine, sineOfQuarter(f64x2.sub(quarter, f64x2.abs(x))));
  addUnits(cosine + line, sineOfQuarter(folded));
}

// @inline
function addUnits(sum: usize, value: v128): void {
  const units = f64x2.floor(f64x2.add(f64x2.mul(value, f64x2.splat(UNITS)), f64x2.splat(0.5)));
  v128.store(sum, f64x2.add(v128.load(sum), units));
}

/** The polynomial of lib/metrics/circle.ts. */
// @inline
function sineOfQuarter(x: v128): v128 {
  const s = f64x2.mul(x, x);
  let p = f64x2.splat(-0.7181223017785003);
  p = f64x2.add(f64x2.splat(3.819952584848281), f64x2.mul(s, p));
  p = f64x2.add(f64x2.splat(-15.094642576822988), f64x2.mul(s, p));
  p = f64x2.add(f64x2.splat(42.05869394489765), f64x2.mul(s, p));
  p = f64x2.add(f64x2.splat(-76.70585975306138), f64x2.mul(s, p));
  p = f64x2.add(f64x2.splat(81.60524927607504), f64x2.mul(s, p));
  p = f64x2.add(f64x2.splat(-41.341702240399755), f64x2.mul(s, p));
  return f64x2.mul(x, f64x2.add(f64x2.splat(6.283185307179586), f64x2.mul(s, p)));
}
