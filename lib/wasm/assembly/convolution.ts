// @ts-nocheck AssemblyScript
/**
 * Convolution 1, with a single input channel: forward with ReLU and max pooling, and the gradient of its filters.
 * Of the 4×4 pixels that a window of 2×2 outputs sees each is loaded once, and serves up to four outputs.
 */
import { BIAS_SUMS, CONV1, IMAGE, INPUT2, PLACE1, POOL1, POOL1_GRADIENT, SUMS1 } from "./plan.ts";
import { add, madd, splat, V } from "./lanes.ts";
import { largest } from "./pooling.ts";

const ROW: usize = 34 * V;

/**
 * `weights` [8][9], `biases` [8]. Windows that see nothing but black are all alike, and computed once.
 *
 * @param keep whether to keep the outputs before the ReLU, too
 * @param places whether to keep which pixel of its window was the largest, for the way back
 */
export function convolution1(scratch: usize, weights: usize, biases: usize, keep: bool, places: bool): void {
  const inked = scratch + INPUT2; // free until convolution 2
  findWindows(scratch + IMAGE, inked);
  for (let o: usize = 0; o < 8; o++) {
    const w = weights + o * 36;
    const w0 = splat(w), w1 = splat(w + 4), w2 = splat(w + 8), w3 = splat(w + 12), w4 = splat(w + 16);
    const w5 = splat(w + 20), w6 = splat(w + 24), w7 = splat(w + 28), w8 = splat(w + 32);
    let place = scratch + PLACE1 + o * 256 * V;
    let raw = scratch + CONV1 + o * 1024 * V;
    const black = blackOf(w, biases + o * 4), pooled = f32x4.pmax(black, f32x4.splat(0));
    const placed = f32x4.le(black, f32x4.splat(0)); // the first pixel, or −1
    for (let y: usize = 0; y < 16; y++) {
      const windows = keep ? 0xffff : load<u32>(inked + y * 4);
      const first: usize = windows ? ctz(windows) : 16, last: usize = windows ? 32 - clz(windows) : 16;
      let to = scratch + POOL1 + ((o * 18 + y + 1) * 18 + 1) * V;
      fill(to, first, last, pooled);
      if (places) fill(place, first, last, placed);
      to += first * V;
      place += first * V;
      let p = scratch + IMAGE + 2 * y * ROW + first * 2 * V;
      const end = p + (last - first) * 2 * V;
      while (p < end) {
        const bias = splat(biases + o * 4);
        // Outputs a b / c d; pixels row by row.
        let x = v128.load(p);
        let a = madd(bias, x, w0);
        x = v128.load(p, 16);
        a = madd(a, x, w1);
        let b = madd(bias, x, w0);
        x = v128.load(p, 32);
        a = madd(a, x, w2);
        b = madd(b, x, w1);
        b = madd(b, v128.load(p, 48), w2);
        x = v128.load(p, 544);
        a = madd(a, x, w3);
        let c = madd(bias, x, w0);
        x = v128.load(p, 560);
        a = madd(a, x, w4);
        b = madd(b, x, w3);
        c = madd(c, x, w1);
        let d = madd(bias, x, w0);
        x = v128.load(p, 576);
        a = madd(a, x, w5);
        b = madd(b, x, w4);
        c = madd(c, x, w2);
        d = madd(d, x, w1);
        x = v128.load(p, 592);
        b = madd(b, x, w5);
        d = madd(d, x, w2);
        x = v128.load(p, 1088);
        a = madd(a, x, w6);
        c = madd(c, x, w3);
        x = v128.load(p, 1104);
        a = madd(a, x, w7);
        b = madd(b, x, w6);
        c = madd(c, x, w4);
        d = madd(d, x, w3);
        x = v128.load(p, 1120);
        a = madd(a, x, w8);
        b = madd(b, x, w7);
        c = madd(c, x, w5);
        d = madd(d, x, w4);
        x = v128.load(p, 1136);
        b = madd(b, x, w8);
        d = madd(d, x, w5);
        c = madd(c, v128.load(p, 1632), w6);
        x = v128.load(p, 1648);
        c = madd(c, x, w7);
        d = madd(d, x, w6);
        x = v128.load(p, 1664);
        c = madd(c, x, w8);
        d = madd(d, x, w7);
        d = madd(d, v128.load(p, 1680), w8);
        if (keep) {
          v128.store(raw, a);
          v128.store(raw, b, 16);
          v128.store(raw, c, 32);
          v128.store(raw, d, 48);
          raw += 4 * V;
        }
        if (places) largest(a, b, c, d, to, place, i32x4.splat(0), 1, 1);
        else v128.store(to, f32x4.pmax(f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)), f32x4.splat(0)));
        p += 2 * V;
        to += V;
        place += V;
      }
      place += (16 - last) * V;
    }
  }
}

/**
 * Which windows of each of the 16 rows see a pixel in any of the four images that is not black: a bit each.
 *
 * @param to [16] u32
 */
function findWindows(image: usize, to: usize): void {
  let before: u32 = 0; // 2×2 pixels: a window is two by two of these
  for (let y: usize = 0; y <= 16; y++) {
    let p = image + 2 * y * ROW, squares: u32 = 0;
    for (let x: u32 = 0; x <= 16; x++, p += 2 * V) {
      const square = v128.or(
        v128.or(v128.load(p), v128.load(p, 16)),
        v128.or(v128.load(p, 544), v128.load(p, 560)),
      );
      squares |= u32(v128.any_true(square)) << x;
    }
    const both = before | squares;
    if (y > 0) store<u32>(to + (y - 1) * 4, (both | both >> 1) & 0xffff);
    before = squares;
  }
}

/** What the filter gives where all is black: the bias, by the very operations that lead to any other output. */
function blackOf(weights: usize, bias: usize): v128 {
  let black = splat(bias);
  for (let k: usize = 0; k < 36; k += 4) black = madd(black, f32x4.splat(0), splat(weights + k));
  return black;
}

/** Fills the windows of a row before the first and from the last on. */
function fill(row: usize, first: usize, last: usize, value: v128): void {
  for (let x: usize = 0; x < first; x++) v128.store(row + x * V, value);
  for (let x = last; x < 16; x++) v128.store(row + x * V, value);
}

/** Adds this block's gradients of filters and biases to the part's sums. */
export function convolution1Gradient(scratch: usize): void {
  for (let o: usize = 0; o < 8; o++) {
    const s = scratch + SUMS1 + o * 9 * V;
    let s0 = v128.load(s), s1 = v128.load(s, 16), s2 = v128.load(s, 32), s3 = v128.load(s, 48), s4 = v128.load(s, 64);
    let s5 = v128.load(s, 80), s6 = v128.load(s, 96), s7 = v128.load(s, 112), s8 = v128.load(s, 128);
    let place = scratch + PLACE1 + o * 256 * V;
    for (let y: usize = 0; y < 16; y++) {
      let g = scratch + POOL1_GRADIENT + ((o * 18 + y + 1) * 18 + 1) * V;
      let p = scratch + IMAGE + 2 * y * ROW;
      const end = p + 32 * V;
      while (p < end) {
        const which = v128.load(place), gradient = v128.load(g);
        const a = v128.and(gradient, i32x4.eq(which, i32x4.splat(0)));
        const b = v128.and(gradient, i32x4.eq(which, i32x4.splat(1)));
        const c = v128.and(gradient, i32x4.eq(which, i32x4.splat(2)));
        const d = v128.and(gradient, i32x4.eq(which, i32x4.splat(3)));
        s0 = madd(s0, v128.load(p), a);
        let x = v128.load(p, 16);
        s1 = madd(s1, x, a);
        s0 = madd(s0, x, b);
        x = v128.load(p, 32);
        s2 = madd(s2, x, a);
        s1 = madd(s1, x, b);
        s2 = madd(s2, v128.load(p, 48), b);
        x = v128.load(p, 544);
        s3 = madd(s3, x, a);
        s0 = madd(s0, x, c);
        x = v128.load(p, 560);
        s4 = madd(s4, x, a);
        s3 = madd(s3, x, b);
        s1 = madd(s1, x, c);
        s0 = madd(s0, x, d);
        x = v128.load(p, 576);
        s5 = madd(s5, x, a);
        s4 = madd(s4, x, b);
        s2 = madd(s2, x, c);
        s1 = madd(s1, x, d);
        x = v128.load(p, 592);
        s5 = madd(s5, x, b);
        s2 = madd(s2, x, d);
        x = v128.load(p, 1088);
        s6 = madd(s6, x, a);
        s3 = madd(s3, x, c);
        x = v128.load(p, 1104);
        s7 = madd(s7, x, a);
        s6 = madd(s6, x, b);
        s4 = madd(s4, x, c);
        s3 = madd(s3, x, d);
        x = v128.load(p, 1120);
        s8 = madd(s8, x, a);
        s7 = madd(s7, x, b);
        s5 = madd(s5, x, c);
        s4 = madd(s4, x, d);
        x = v128.load(p, 1136);
        s8 = madd(s8, x, b);
        s5 = madd(s5, x, d);
        s6 = madd(s6, v128.load(p, 1632), c);
        x = v128.load(p, 1648);
        s7 = madd(s7, x, c);
        s6 = madd(s6, x, d);
        x = v128.load(p, 1664);
        s8 = madd(s8, x, c);
        s7 = madd(s7, x, d);
        s8 = madd(s8, v128.load(p, 1680), d);
        p += 2 * V;
        place += V;
        g += V;
      }
    }
    v128.store(s, s0);
    v128.store(s, s1, 16);
    v128.store(s, s2, 32);
    v128.store(s, s3, 48);
    v128.store(s, s4, 64);
    v128.store(s, s5, 80);
    v128.store(s, s6, 96);
    v128.store(s, s7, 112);
    v128.store(s, s8, 128);
    convolution1BiasGradient(scratch, o);
  }
}

/** A bias reaches every output: its gradient is that of all windows in which one was above zero. */
function convolution1BiasGradient(scratch: usize, o: usize): void {
  let bias = v128.load(scratch + BIAS_SUMS + o * V);
  let place = scratch + PLACE1 + o * 256 * V;
  for (let y: usize = 0; y < 16; y++) {
    const g = scratch + POOL1_GRADIENT + ((o * 18 + y + 1) * 18 + 1) * V;
    let row = f32x4.splat(0);
    for (let x: usize = 0; x < 16 * V; x += V) {
      row = add(row, v128.and(v128.load(g + x), i32x4.ge_s(v128.load(place), i32x4.splat(0))));
      place += V;
    }
    bias = add(bias, row);
  }
  v128.store(scratch + BIAS_SUMS + o * V, bias);
}
