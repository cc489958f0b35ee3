// @ts-nocheck AssemblyScript
/**
 * The convolutions of a block of four images for what they put out alone: the bits of `backbone.ts`, with nothing kept
 * for a way back and no output before its pooling.
 */
import {
  BIAS1,
  BIAS2,
  BIAS3,
  FORWARD2,
  FORWARD3,
  INPUT2,
  INPUT3,
  LATENT,
  Plan,
  POOL1,
  POOL2,
  PRODUCTS,
  UNITS,
  WEIGHT1,
} from "./plan.ts";
import { add, splat, sub, V } from "./lanes.ts";
import { convolution1 } from "./convolution.ts";
import { multiply, transformInput } from "./winograd.ts";

/** Bytes of a position of the products. */
const P2: usize = 17 * 8 * V, P3: usize = 33 * 8 * V;
/** Bytes of two rows of pool1 and of four rows of pool2, which is how far groups of tiles lie apart. */
const ROWS1: usize = 2 * 18 * V, ROWS2: usize = 4 * 10 * V;

/** From the gathered images to the latent and the 128 units. */
export function forward(plan: Plan, scratch: usize): void {
  convolution1(scratch, plan.parameters + WEIGHT1 * 4, plan.parameters + BIAS1 * 4, false, false);
  for (let group: usize = 0; group < 8; group++) {
    transformInput(scratch + POOL1 + group * ROWS1, 8, 8, scratch + INPUT2);
    multiply(plan.filters + FORWARD2, scratch + INPUT2, 8, 16, scratch + PRODUCTS);
    pooled2(plan, scratch, group);
  }
  for (let group: usize = 0; group < 2; group++) {
    transformInput(scratch + POOL2 + group * ROWS2, 16, 4, scratch + INPUT3);
    multiply(plan.filters + FORWARD3, scratch + INPUT3, 16, 32, scratch + PRODUCTS);
    pooled3(plan, scratch, group);
  }
}

/** A row of 8 tiles of convolution 2, the largest of each and zero. */
function pooled2(plan: Plan, scratch: usize, group: usize): void {
  const zero = f32x4.splat(0);
  for (let o: usize = 0; o < 16; o++) {
    const bias = splat(plan.parameters + (BIAS2 + o) * 4);
    let q = scratch + PRODUCTS + o * 8 * V, to = scratch + POOL2 + ((o * 10 + group + 1) * 10 + 1) * V;
    for (let t: usize = 0; t < 8; t++, q += V, to += V) {
      const r = q + 4 * P2, s = q + 8 * P2, u = q + 12 * P2;
      const b0 = v128.load(r), b1 = v128.load(r, P2), b2 = v128.load(r, 2 * P2), b3 = v128.load(r, 3 * P2);
      const c0 = v128.load(s), c1 = v128.load(s, P2), c2 = v128.load(s, 2 * P2), c3 = v128.load(s, 3 * P2);
      const e1 = add(add(v128.load(q, P2), b1), c1), e2 = add(add(v128.load(q, 2 * P2), b2), c2);
      const a = add(add(add(add(add(v128.load(q), b0), c0), e1), e2), bias);
      const b = add(add(sub(e1, e2), add(add(v128.load(q, 3 * P2), b3), c3)), bias);
      const f1 = add(sub(b1, c1), v128.load(u, P2)), f2 = add(sub(b2, c2), v128.load(u, 2 * P2));
      const c = add(add(add(add(sub(b0, c0), v128.load(u)), f1), f2), bias);
      const d = add(add(sub(f1, f2), add(sub(b3, c3), v128.load(u, 3 * P2))), bias);
      v128.store(to, f32x4.pmax(f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)), zero));
    }
  }
}

/** Two rows of 4 tiles of convolution 3, as the means of two windows of 2×2 tiles, before the ReLU and after it. */
function pooled3(plan: Plan, scratch: usize, group: usize): void {
  const zero = f32x4.splat(0), sixteenth = f32x4.splat(1.0 / 16);
  for (let o: usize = 0; o < 32; o++) {
    const bias = splat(plan.parameters + (BIAS3 + o) * 4);
    for (let window: usize = 0; window < 2; window++) {
      let before = zero, after = zero;
      for (let k: usize = 0; k < 4; k++) { // tiles 0 and 1 of a row, then of the next
        const q = scratch + PRODUCTS + (o * 8 + (k >> 1) * 4 + window * 2 + (k & 1)) * V;
        const r = q + 4 * P3, s = q + 8 * P3, u = q + 12 * P3;
        const b0 = v128.load(r), b1 = v128.load(r, P3), b2 = v128.load(r, 2 * P3), b3 = v128.load(r, 3 * P3);
        const c0 = v128.load(s), c1 = v128.load(s, P3), c2 = v128.load(s, 2 * P3), c3 = v128.load(s, 3 * P3);
        const e1 = add(add(v128.load(q, P3), b1), c1), e2 = add(add(v128.load(q, 2 * P3), b2), c2);
        const a = add(add(add(add(add(v128.load(q), b0), c0), e1), e2), bias);
        const b = add(add(sub(e1, e2), add(add(v128.load(q, 3 * P3), b3), c3)), bias);
        const f1 = add(sub(b1, c1), v128.load(u, P3)), f2 = add(sub(b2, c2), v128.load(u, 2 * P3));
        const c = add(add(add(add(sub(b0, c0), v128.load(u)), f1), f2), bias);
        const d = add(add(sub(f1, f2), add(sub(b3, c3), v128.load(u, 3 * P3))), bias);
        before = add(add(add(add(before, a), b), c), d);
        after = add(
          add(add(add(after, f32x4.pmax(a, zero)), f32x4.pmax(b, zero)), f32x4.pmax(c, zero)),
          f32x4.pmax(d, zero),
        );
      }
      const unit = o * 4 + group * 2 + window;
      v128.store(scratch + LATENT + unit * V, f32x4.mul(before, sixteenth));
      v128.store(scratch + UNITS + unit * V, f32x4.mul(after, sixteenth));
    }
  }
}
