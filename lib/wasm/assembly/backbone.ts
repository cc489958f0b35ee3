// @ts-nocheck AssemblyScript
/** The three convolutions of a block of four images, and the way back through them. */
import {
  BACKWARD3,
  BIAS1,
  BIAS2,
  BIAS3,
  BIAS_SUMS,
  CONV2,
  CONV3,
  FORWARD2,
  FORWARD3,
  INPUT2,
  INPUT3,
  INPUT_GRADIENT,
  KEEP,
  LATENT,
  PLACE2,
  Plan,
  POOL1,
  POOL2,
  POOL2_GRADIENT,
  PRODUCTS,
  SUMS3,
  UNIT_GRADIENTS,
  UNITS,
  WEIGHT1,
} from "./plan.ts";
import { add, clear, splat, V } from "./lanes.ts";
import { convolution1, convolution1Gradient } from "./convolution.ts";
import { largest } from "./pooling.ts";
import { convolution2Gradient, PIXEL, PIXEL_ROW } from "./scatter.ts";
import {
  addInputGradient,
  multiply,
  multiplySums,
  transformGradient,
  transformInput,
  transformOutput,
} from "./winograd.ts";

/** Bytes of a group of 8 transformed tiles. */
const GROUP3: usize = 16 * 17 * 8 * V;
/** Bytes of a position of the products. */
const P2: usize = 17 * 8 * V, P3: usize = 33 * 8 * V;
/** Bytes of two rows of pool1 and of four rows of pool2, which is how far groups of tiles lie apart. */
const ROWS1: usize = 2 * 18 * V, ROWS2: usize = 4 * 10 * V;

/** From the gathered images to the latent and the 128 units. `keep`: convolutions 1 and 2 before their ReLU, too. */
export function backbone(plan: Plan, scratch: usize, keep: bool): void {
  convolution1(scratch, plan.parameters + WEIGHT1 * 4, plan.parameters + BIAS1 * 4, keep, true);
  for (let group: usize = 0; group < 8; group++) {
    transformInput(scratch + POOL1 + group * ROWS1, 8, 8, scratch + INPUT2);
    multiply(plan.filters + FORWARD2, scratch + INPUT2, 8, 16, scratch + PRODUCTS);
    outputs2(plan, scratch, group);
  }
  for (let group: usize = 0; group < 2; group++) {
    const input = scratch + INPUT3 + group * GROUP3;
    transformInput(scratch + POOL2 + group * ROWS2, 16, 4, input);
    multiply(plan.filters + FORWARD3, input, 16, 32, scratch + PRODUCTS);
    outputs3(plan, scratch, group);
  }
}

/** A row of 8 tiles of convolution 2; a tile is a window of its pooling. */
function outputs2(plan: Plan, scratch: usize, group: usize): void {
  for (let o: usize = 0; o < 16; o++) {
    const bias = splat(plan.parameters + (BIAS2 + o) * 4);
    for (let t: usize = 0; t < 8; t++) {
      const place = o * 64 + group * 8 + t;
      const conv = scratch + CONV2 + place * 4 * V;
      transformOutput(scratch + PRODUCTS + (o * 8 + t) * V, P2, bias, conv);
      const to = scratch + POOL2 + ((o * 10 + group + 1) * 10 + t + 1) * V;
      const a = v128.load(conv), b = v128.load(conv, 16), c = v128.load(conv, 32), d = v128.load(conv, 48);
      const first = i32x4.splat(i32(2 * group * PIXEL_ROW + 2 * t * PIXEL));
      largest(a, b, c, d, to, scratch + PLACE2 + place * V, first, i32(PIXEL), i32(PIXEL_ROW - PIXEL));
    }
  }
}

/** Two rows of 4 tiles of convolution 3: a row of two windows of its pooling, each of 2×2 tiles. */
function outputs3(plan: Plan, scratch: usize, group: usize): void {
  const zero = f32x4.splat(0), sixteenth = f32x4.splat(1.0 / 16);
  for (let o: usize = 0; o < 32; o++) {
    const bias = splat(plan.parameters + (BIAS3 + o) * 4);
    const conv = scratch + CONV3 + (o * 16 + group * 8) * 4 * V;
    for (let t: usize = 0; t < 8; t++) {
      transformOutput(scratch + PRODUCTS + (o * 8 + t) * V, P3, bias, conv + t * 4 * V);
    }
    for (let window: usize = 0; window < 2; window++) {
      let before = zero, after = zero;
      for (let k: usize = 0; k < 16; k++) { // pixels of tiles 0 and 1 of a row, then of the next
        const value = v128.load(conv + ((k >> 3) * 4 + window * 2) * 4 * V + (k & 7) * V);
        before = add(before, value);
        after = add(after, f32x4.pmax(value, zero));
      }
      const unit = o * 4 + group * 2 + window;
      v128.store(scratch + LATENT + unit * V, f32x4.mul(before, sixteenth));
      v128.store(scratch + UNITS + unit * V, f32x4.mul(after, sixteenth));
    }
  }
}

/** From the gradient of the 128 units to the sums of the filters' and biases' gradients. */
export function backboneGradient(plan: Plan, scratch: usize): void {
  clear(scratch + POOL2_GRADIENT, 16 * 10 * 10 * V);
  for (let group: usize = 0; group < 2; group++) {
    gradients3(scratch, group);
    multiplySums(scratch + PRODUCTS, scratch + INPUT3 + group * GROUP3, 16, 32, scratch + SUMS3);
    multiply(plan.filters + BACKWARD3, scratch + PRODUCTS, 32, 16, scratch + INPUT_GRADIENT);
    addInputGradient(scratch + INPUT_GRADIENT, 16, 4, scratch + POOL2_GRADIENT + group * ROWS2);
  }
  convolution2Gradient(plan, scratch);
  convolution1Gradient(scratch);
}

/** Products' gradients of two rows of 4 tiles: a window's gradient reaches each pixel that was above zero. */
function gradients3(scratch: usize, group: usize): void {
  const zero = f32x4.splat(0), sixteenth = f32x4.splat(1.0 / 16);
  for (let o: usize = 0; o < 32; o++) {
    const biases = scratch + BIAS_SUMS + (24 + o) * V;
    let bias = v128.load(biases);
    for (let t: usize = 0; t < 8; t++) {
      const unit = (o * 4 + group * 2 + (t & 3) / 2) * V;
      const keep = f32x4.mul(v128.load(scratch + KEEP + unit), sixteenth);
      const g = f32x4.mul(v128.load(scratch + UNIT_GRADIENTS + unit), keep);
      const conv = scratch + CONV3 + (o * 16 + group * 8 + t) * 4 * V;
      const a = v128.and(g, f32x4.gt(v128.load(conv), zero)), b = v128.and(g, f32x4.gt(v128.load(conv, 16), zero));
      const c = v128.and(g, f32x4.gt(v128.load(conv, 32), zero)), d = v128.and(g, f32x4.gt(v128.load(conv, 48), zero));
      bias = add(bias, add(add(a, b), add(c, d)));
      transformGradient(a, b, c, d, scratch + PRODUCTS + (o * 8 + t) * V, P3);
    }
    v128.store(biases, bias);
  }
}
