// @ts-nocheck AssemblyScript
/** Sums of the kernel of KID over pairs of rows, as in lib/metrics/kid.ts: to the same bits. */
import { dots } from "./dots.ts";

/** Rows of y that stay in the nearest cache while rows of x pass by: `TILE` in lib/metrics/numbers.ts. */
const TILE: i32 = 32;
/** Bytes of scratch memory a thread: two rows of a tile. */
const SCRATCH: usize = 2 * 32 * 8;

/**
 * Task t sums up a pair of subsets, the (t ÷ 3)-th of each set: t modulo 3 is 0 for pairs within x, 1 within y, 2 between
 * the two.
 *
 * @param x [subsets · size][stride] f64
 * @param y the same of the other set
 * @param width what a dot product is divided by
 * @param sums [subsets][3] f64
 * @param scratch 512 bytes a thread
 */
export function kernel_sums(
  task: i32,
  thread: i32,
  x: usize,
  y: usize,
  size: i32,
  width: i32,
  stride: i32,
  sums: usize,
  scratch: usize,
): void {
  const first: usize = <usize> (task / 3 * size) * <usize> stride * 8;
  const kind = task % 3;
  const p = (kind == 1 ? y : x) + first, q = (kind == 0 ? x : y) + first;
  store<f64>(
    sums + <usize> task * 8,
    sum_pairs(p, q, size, kind != 2, <f64> width, stride, scratch + <usize> thread * SCRATCH),
  );
}

/** Tile by tile of q, row by row of p: a sum of each row's part of the tile, and these added up. */
function sum_pairs(p: usize, q: usize, size: i32, within: bool, width: f64, stride: i32, scratch: usize): f64 {
  const step: usize = <usize> stride * 8;
  let sum = 0.0;
  for (let from = 0; from < size; from += TILE) {
    const tile = min(TILE, size - from);
    for (let i = within ? from : 0; i < size; i += 2) {
      const rows = min(2, size - i);
      dots(p + <usize> i * step, rows, q + <usize> from * step, tile, stride, scratch, TILE);
      sum += sum_of_cubes(scratch, within ? min(tile, i - from) : tile, width);
      if (rows == 2) sum += sum_of_cubes(scratch + <usize> TILE * 8, within ? min(tile, i + 1 - from) : tile, width);
    }
  }
  return sum;
}

function sum_of_cubes(dots: usize, count: i32, width: f64): f64 {
  let sum = 0.0;
  for (let j = 0; j < count; j++) {
    const base = load<f64>(dots + <usize> j * 8) / width + 1;
    sum += base * base * base;
  }
  return sum;
}
