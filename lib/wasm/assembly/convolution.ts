// @ts-nocheck AssemblyScript
/** Convolution 1, with a single input channel: forward with ReLU and max pooling, and the gradient of its filters. */
import { ARGMAX1, BIAS_SUMS, CONV1, IMAGE, POOL1, POOL1_GRADIENT, SUMS1 } from "./plan.ts";
import { add, madd, splat, V } from "./lanes.ts";
import { largest } from "./pooling.ts";

const ROW: usize = 34 * V;

/** `weights` [8][9], `biases` [8]. Keeps the outputs before the ReLU too if `keep`. */
export function convolution1(scratch: usize, weights: usize, biases: usize, keep: bool): void {
  for (let o: usize = 0; o < 8; o++) {
    const w = weights + o * 36;
    const w0 = splat(w), w1 = splat(w + 4), w2 = splat(w + 8), w3 = splat(w + 12), w4 = splat(w + 16);
    const w5 = splat(w + 20), w6 = splat(w + 24), w7 = splat(w + 28), w8 = splat(w + 32);
    const bias = splat(biases + o * 4);
    let argmax = scratch + ARGMAX1 + o * 256 * V;
    let raw = scratch + CONV1 + o * 1024 * V;
    for (let y: usize = 0; y < 16; y++) {
      let p = scratch + IMAGE + 2 * y * ROW;
      let to = scratch + POOL1 + ((o * 18 + y + 1) * 18 + 1) * V;
      for (let x = 0; x < 16; x++) {
        const a = nine(p, bias, w0, w1, w2, w3, w4, w5, w6, w7, w8);
        const b = nine(p + V, bias, w0, w1, w2, w3, w4, w5, w6, w7, w8);
        const c = nine(p + ROW, bias, w0, w1, w2, w3, w4, w5, w6, w7, w8);
        const d = nine(p + ROW + V, bias, w0, w1, w2, w3, w4, w5, w6, w7, w8);
        if (keep) {
          v128.store(raw, a);
          v128.store(raw, b, 16);
          v128.store(raw, c, 32);
          v128.store(raw, d, 48);
          raw += 4 * V;
        }
        largest(a, b, c, d, to, argmax);
        p += 2 * V;
        to += V;
        argmax += V;
      }
    }
  }
}

/** The bias and nine products: the pixel at `p` is the upper left of the nine. */
// @inline
function nine(
  p: usize,
  bias: v128,
  w0: v128,
  w1: v128,
  w2: v128,
  w3: v128,
  w4: v128,
  w5: v128,
  w6: v128,
  w7: v128,
  w8: v128,
): v128 {
  let a = madd(bias, v128.load(p), w0);
  a = madd(a, v128.load(p, 16), w1);
  a = madd(a, v128.load(p, 32), w2);
  a = madd(a, v128.load(p + ROW), w3);
  a = madd(a, v128.load(p + ROW, 16), w4);
  a = madd(a, v128.load(p + ROW, 32), w5);
  a = madd(a, v128.load(p + 2 * ROW), w6);
  a = madd(a, v128.load(p + 2 * ROW, 16), w7);
  return madd(a, v128.load(p + 2 * ROW, 32), w8);
}

/** Adds this block's gradients of filters and biases to the part's sums. */
export function convolution1Gradient(scratch: usize): void {
  for (let o: usize = 0; o < 8; o++) {
    const s = scratch + SUMS1 + o * 9 * V;
    let s0 = v128.load(s), s1 = v128.load(s, 16), s2 = v128.load(s, 32), s3 = v128.load(s, 48), s4 = v128.load(s, 64);
    let s5 = v128.load(s, 80), s6 = v128.load(s, 96), s7 = v128.load(s, 112), s8 = v128.load(s, 128);
    let bias = v128.load(scratch + BIAS_SUMS + o * V);
    let argmax = scratch + ARGMAX1 + o * 256 * V;
    for (let y: usize = 0; y < 16; y++) {
      let g = scratch + POOL1_GRADIENT + ((o * 18 + y + 1) * 18 + 1) * V;
      for (let x: usize = 0; x < 16; x++) {
        const which = v128.load(argmax), gradient = v128.load(g);
        for (let k: usize = 0; k < 4; k++) {
          const v = v128.and(gradient, i32x4.eq(which, i32x4.splat(i32(k))));
          const p = scratch + IMAGE + (2 * y + (k >> 1)) * ROW + (2 * x + (k & 1)) * V;
          bias = add(bias, v);
          s0 = madd(s0, v128.load(p), v);
          s1 = madd(s1, v128.load(p, 16), v);
          s2 = madd(s2, v128.load(p, 32), v);
          s3 = madd(s3, v128.load(p + ROW), v);
          s4 = madd(s4, v128.load(p + ROW, 16), v);
          s5 = madd(s5, v128.load(p + ROW, 32), v);
          s6 = madd(s6, v128.load(p + 2 * ROW), v);
          s7 = madd(s7, v128.load(p + 2 * ROW, 16), v);
          s8 = madd(s8, v128.load(p + 2 * ROW, 32), v);
        }
        argmax += V;
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
    v128.store(scratch + BIAS_SUMS + o * V, bias);
  }
}
