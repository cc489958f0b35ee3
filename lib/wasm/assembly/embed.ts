// @ts-nocheck AssemblyScript
/** Sums of cosines and sines of the angles of rows, as in lib/metrics/embedding.ts: to the same bits. */

/** Whole units of 2⁻²⁸, in which sums are exact. */
const UNITS: f64 = 268435456;

/**
 * Task t adds up part t of the rows: those from ⌊t · count / parts⌋ to the next part's first.
 *
 * @param rows [count][stride] f64
 * @param matrix [frequencies / 8][width][8] f64, in turns
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
  const step: usize = <usize> stride * 8, line: usize = <usize> frequencies * 8;
  const cosines: usize = sums + <usize> task * 2 * line;
  // Eight frequencies at a time: their block of the matrix stays in the nearest cache while the rows pass by.
  for (let j: usize = 0; j < line; j += 64) {
    for (let i = first; i < end; i += 2) {
      const p: usize = rows + <usize> i * step, second = i + 1 < end;
      const q: usize = second ? p + step : p;
      let a0 = v128.load(offset + j), a1 = v128.load(offset + j, 16);
      let a2 = v128.load(offset + j, 32), a3 = v128.load(offset + j, 48);
      let b0 = a0, b1 = a1, b2 = a2, b3 = a3;
      let column: usize = matrix + j * <usize> width;
      for (let k: usize = 0; k < <usize> width * 8; k += 8) {
        const u = v128.load64_splat(p + k), v = v128.load64_splat(q + k);
        const m0 = v128.load(column), m1 = v128.load(column, 16);
        const m2 = v128.load(column, 32), m3 = v128.load(column, 48);
        a0 = f64x2.add(a0, f64x2.mul(u, m0)), a1 = f64x2.add(a1, f64x2.mul(u, m1));
        a2 = f64x2.add(a2, f64x2.mul(u, m2)), a3 = f64x2.add(a3, f64x2.mul(u, m3));
        b0 = f64x2.add(b0, f64x2.mul(v, m0)), b1 = f64x2.add(b1, f64x2.mul(v, m1));
        b2 = f64x2.add(b2, f64x2.mul(v, m2)), b3 = f64x2.add(b3, f64x2.mul(v, m3));
        column += 64;
      }
      const sum: usize = cosines + j;
      addPoint(sum, line, a0), addPoint(sum + 16, line, a1), addPoint(sum + 32, line, a2), addPoint(sum + 48, line, a3);
      if (!second) continue;
      addPoint(sum, line, b0), addPoint(sum + 16, line, b1), addPoint(sum + 32, line, b2), addPoint(sum + 48, line, b3);
    }
  }
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
