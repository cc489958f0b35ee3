// @ts-nocheck AssemblyScript
/**
 * Points laid out for the search of neighbours: in order of nearness, and once more in single precision, coordinate by
 * coordinate, 16 points side by side.
 *
 * ```text
 * rows   [count][stride] f64, the stride a multiple of 4
 * planes [blocks of 8 coordinates][groups of 16 points][9][16] f32, centred and scaled to about 1:
 *        row 0 is −½ |the block's coordinates|², in the first block plus `slack`; rows 1 … 8 are the coordinates
 * halves [groups][16] f32: half the squared radius of the small ball around each point, scaled; they follow the planes
 * boxes  [groups / 4][20] f32: of 64 points the least coordinates of the first block, the largest ones, the largest slack
 * ```
 *
 * So row 0 of x, row 0 of y and the products of their coordinates add up to −½ |x − y|² of the blocks so far, which is an
 * upper bound of −½ |x − y|² of them all. The slack is above all rounding of that sum. That makes sieving by it exact: a
 * pair that is dropped is farther apart than its bound, and any other is measured in double precision.
 */

/** Bytes of a group of 16 points in one block. */
export const GROUP: usize = 9 * 64;

/** Groups of 16 points. */
// @inline
export function groupsOf(count: i32): i32 {
  return (count + 15) >> 4;
}

/** Blocks of 8 coordinates. */
// @inline
export function blocksOf(stride: i32): i32 {
  return (stride + 7) >> 3;
}

/** Where the numbers of point i begin in a block. */
// @inline
export function pointOf(planes: usize, count: i32, block: i32, i: i32): usize {
  return planes + <usize> (block * groupsOf(count) + (i >> 4)) * GROUP + <usize> (i & 15) * 4;
}

/** Where the halves begin. */
// @inline
export function halvesOf(planes: usize, count: i32, stride: i32): usize {
  return planes + <usize> (blocksOf(stride) * groupsOf(count)) * GROUP;
}

/** Bytes of the box around 64 points. */
const BOX: usize = 80;
/** Groups in a box. */
export const BOXED: i32 = 4;

// @inline
function boxesOf(planes: usize, count: i32, stride: i32): usize {
  return halvesOf(planes, count, stride) + <usize> groupsOf(count) * 64;
}

/** Where the box around a group and its neighbours is. */
// @inline
export function boxOf(planes: usize, count: i32, stride: i32, group: i32): usize {
  return boxesOf(planes, count, stride) + <usize> (group / BOXED) * BOX;
}

/** Four coordinates of a point, from the first or the fifth on. */
// @inline
export function fourOf(x: usize, first: usize): v128 {
  const p = x + (first + 1) * 64;
  let four = v128.load32_zero(p);
  four = v128.load32_lane(p + 64, four, 1);
  four = v128.load32_lane(p + 128, four, 2);
  return v128.load32_lane(p + 192, four, 3);
}

/** What row 0 of a point has beyond −½ |x|² of the first block: its slack. */
// @inline
export function slackOf(x: usize): f32 {
  let squares: f32 = 0;
  for (let row: usize = 64; row <= 512; row += 64) squares += load<f32>(x + row) * load<f32>(x + row);
  return load<f32>(x) + <f32> 0.5 * squares;
}

/** Whether a point of these coordinates is farther from all points of a box than the bound; `half` as in `candidates`. */
// @inline
export function isFar(box: usize, low: v128, high: v128, slack: f32, half: f32): bool {
  const zero = f32x4.splat(0);
  const a = f32x4.pmax(f32x4.pmax(f32x4.sub(v128.load(box), low), f32x4.sub(low, v128.load(box, 32))), zero);
  const b = f32x4.pmax(f32x4.pmax(f32x4.sub(v128.load(box, 16), high), f32x4.sub(high, v128.load(box, 48))), zero);
  const s = f32x4.add(f32x4.mul(a, a), f32x4.mul(b, b));
  const squares = (f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1)) +
    (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
  return <f32> 0.5 * squares > half + slack + load<f32>(box, 64);
}

/**
 * Orders points so that those near each other come near each other: cut in two halves along the axis in which they
 * spread most, and so on down to groups of 16. The order saves time alone; no result depends on it. One task.
 *
 * @param order [count] u32, in: any order, out: the order found
 * @param axes how many coordinates to look at
 */
export function order_points(
  task: i32,
  thread: i32,
  rows: usize,
  count: i32,
  stride: i32,
  order: usize,
  axes: i32,
): void {
  halve(rows, <usize> stride * 8, order, 0, count, min(axes, stride));
}

function halve(rows: usize, step: usize, order: usize, from: i32, to: i32, axes: i32): void {
  if (to - from <= 16) return;
  let widest: usize = 0, most = -1.0;
  for (let axis: usize = 0; axis < <usize> axes; axis++) {
    let low = Infinity, high = -Infinity;
    for (let i = from; i < to; i++) {
      const value = load<f64>(rows + <usize> load<u32>(order + <usize> i * 4) * step + axis * 8);
      low = min(low, value);
      high = max(high, value);
    }
    if (high - low > most) {
      most = high - low;
      widest = axis;
    }
  }
  const middle = from + ((to - from + 31) >> 5 << 4); // a whole number of groups
  select(rows + widest * 8, step, order, from, to - 1, middle);
  halve(rows, step, order, from, middle, axes);
  halve(rows, step, order, middle, to, axes);
}

/** Hoare's selection: smaller values before the place, larger ones behind it. */
function select(values: usize, step: usize, order: usize, from: i32, to: i32, place: i32): void {
  while (from < to) {
    const pivot = load<f64>(values + <usize> load<u32>(order + <usize> ((from + to) >> 1) * 4) * step);
    let i = from, j = to;
    while (i <= j) {
      while (load<f64>(values + <usize> load<u32>(order + <usize> i * 4) * step) < pivot) i++;
      while (pivot < load<f64>(values + <usize> load<u32>(order + <usize> j * 4) * step)) j--;
      if (i > j) break;
      const swapped = load<u32>(order + <usize> i * 4);
      store<u32>(order + <usize> i * 4, load<u32>(order + <usize> j * 4));
      store<u32>(order + <usize> j * 4, swapped);
      i++;
      j--;
    }
    if (place <= j) to = j;
    else if (place >= i) from = i;
    else return;
  }
}

/** Scaled coordinates are cut off here, so that no square overflows. It makes distances smaller, never larger. */
const FARTHEST: f64 = 1099511627776.0; // 2^40
/** Above all that underflow can take from a squared length. */
const TINY: f64 = 7.888609052210118e-31; // 2^-100

/**
 * Task t fills the planes of 64 points, from the 64 t-th on.
 *
 * @param centre [stride] f64, taken off
 * @param slack share of a point's squared length that covers the rounding
 */
export function fill_planes(
  task: i32,
  thread: i32,
  rows: usize,
  count: i32,
  stride: i32,
  planes: usize,
  centre: usize,
  scale: f64,
  slack: f64,
): void {
  const end = min(groupsOf(count) * 16, (task + 1) * 64);
  for (let i = task * 64; i < end; i++) {
    const row = rows + <usize> i * <usize> stride * 8;
    let all = 0.0;
    for (let block = 0; block < blocksOf(stride); block++) {
      const out = pointOf(planes, count, block, i);
      let squares = 0.0;
      for (let k = 0; k < 8; k++) {
        const axis = <usize> (block * 8 + k) * 8;
        let value: f32 = 0;
        if (i < count && block * 8 + k < stride) {
          const scaled = (load<f64>(row + axis) - load<f64>(centre + axis)) * scale;
          value = <f32> max(-FARTHEST, min(FARTHEST, scaled));
        }
        squares += <f64> value * <f64> value;
        store<f32>(out + <usize> (k + 1) * 64, value);
      }
      all += squares;
      store<f32>(out, <f32> (-0.5 * squares));
    }
    const first = pointOf(planes, count, 0, i); // places without a point are far from everything
    store<f32>(first, i < count ? load<f32>(first) + <f32> (slack * all + TINY) : -f32.MAX_VALUE);
  }
  fillBox(planes, count, task * 64, boxesOf(planes, count, stride) + <usize> task * BOX);
}

function fillBox(planes: usize, count: i32, from: i32, box: usize): void {
  const to = min(count, from + 64);
  for (let k: usize = 0; k < 8; k++) {
    let least = f32.MAX_VALUE, largest = -f32.MAX_VALUE;
    for (let i = from; i < to; i++) {
      const value = load<f32>(pointOf(planes, count, 0, i) + (k + 1) * 64);
      least = min(least, value);
      largest = max(largest, value);
    }
    store<f32>(box + k * 4, least);
    store<f32>(box + k * 4, largest, 32);
  }
  let slack: f32 = 0;
  for (let i = from; i < to; i++) slack = max(slack, slackOf(pointOf(planes, count, 0, i)));
  store<f32>(box, slack, 64);
}
