// @ts-nocheck AssemblyScript
/** Brings the pixels of four images into the four lanes, in [0, 1], with the border that makes 28 pixels 32. */
import { IMAGE, Plan } from "./plan.ts";
import { splat, V } from "./lanes.ts";

/** Bytes of a row of `IMAGE`. */
const ROW: usize = 34 * V;

/**
 * Images `first … first + 3` of the order; beyond `end` the last one again, whose lanes the caller leaves out.
 *
 * @param scratch the thread's; the border of 34×34 pixels is zero already
 */
export function gather(plan: Plan, scratch: usize, first: i32, end: i32): void {
  const a = image(plan, first), b = image(plan, min(first + 1, end - 1));
  const c = image(plan, min(first + 2, end - 1)), d = image(plan, min(first + 3, end - 1));
  const border = (34 - plan.side) >> 1;
  if (border > 1) blacken(scratch + IMAGE, border);
  let to: usize = scratch + IMAGE + usize(border) * (ROW + V);
  let from: usize = 0;
  for (let row = 0; row < plan.side; row++) {
    for (let column = 0; column < plan.side; column += 4) {
      if (plan.floats) fourFloats(a + from, b + from, c + from, d + from, to + usize(column) * V), from += 16;
      else fourBytes(a + from, b + from, c + from, d + from, to + usize(column) * V), from += 4;
    }
    to += ROW;
  }
}

/** Blackens a border, where larger images may have left their pixels. */
function blacken(image: usize, border: i32): void {
  const black = f32x4.splat(0);
  for (let y = 1; y < 33; y++) {
    const row = image + usize(y) * ROW, isBorder = y < border || y >= 34 - border;
    for (let x = 1; x < 33; x++) {
      if (isBorder || x < border || x >= 34 - border) v128.store(row + usize(x) * V, black);
    }
  }
}

/** Address of an image's pixels. */
function image(plan: Plan, place: i32): usize {
  const index: usize = indexOf(plan, place);
  return plan.pixels + index * usize(plan.side * plan.side) * (plan.floats ? 4 : 1);
}

/** Which image comes at a place of the order. */
// @inline
export function indexOf(plan: Plan, place: i32): usize {
  return plan.order ? usize(load<u32>(plan.order + (usize(place) << 2))) : usize(place);
}

/** Four pixels of each image. */
// @inline
function fourFloats(a: usize, b: usize, c: usize, d: usize, to: usize): void {
  const x = v128.load(a), y = v128.load(b), z = v128.load(c), w = v128.load(d);
  const xy = i32x4.shuffle(x, y, 0, 4, 1, 5), zw = i32x4.shuffle(z, w, 0, 4, 1, 5);
  const XY = i32x4.shuffle(x, y, 2, 6, 3, 7), ZW = i32x4.shuffle(z, w, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(xy, zw, 0, 2));
  v128.store(to, i64x2.shuffle(xy, zw, 1, 3), 16);
  v128.store(to, i64x2.shuffle(XY, ZW, 0, 2), 32);
  v128.store(to, i64x2.shuffle(XY, ZW, 1, 3), 48);
}

// @inline
function fourBytes(a: usize, b: usize, c: usize, d: usize, to: usize): void {
  const xy = i32x4.shuffle(splat(a), splat(b), 0, 4, 1, 5), zw = i32x4.shuffle(splat(c), splat(d), 0, 4, 1, 5);
  const all = i64x2.shuffle(xy, zw, 0, 2); // four bytes of each image in turn
  const bytes = i8x16.shuffle(all, all, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const low = i16x8.extend_low_i8x16_u(bytes), high = i16x8.extend_high_i8x16_u(bytes);
  const most = f32x4.splat(255);
  v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low)), most));
  v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low)), most), 16);
  v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high)), most), 32);
  v128.store(to, f32x4.div(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high)), most), 48);
}
