// @ts-nocheck AssemblyScript
/**
 * The gradients of convolution 2. Max pooling let one of four outputs through and the ReLU not even all of these, so a
 * list of those is made for each image and channel, and only they are visited. The lanes are four channels here:
 * pixels lie as [image][18][18][8 channels], with a border of zeros.
 */
import {
  BACKWARD2,
  BIAS_SUMS,
  IMAGE_PIXELS,
  LIST,
  PIXEL_GRADIENTS,
  PIXELS,
  PLACE2,
  Plan,
  POOL1,
  POOL1_GRADIENT,
  POOL2_GRADIENT,
  SUMS2,
} from "./plan.ts";
import { clear, madd, splat, transpose, V } from "./lanes.ts";

/** Bytes of a pixel and of a row of pixels. */
export const PIXEL: usize = 32, PIXEL_ROW: usize = 18 * PIXEL;

/** Adds the gradients of this block to the part's sums, and leaves the gradient of pool1. */
export function convolution2Gradient(plan: Plan, scratch: usize): void {
  pixelsOf(scratch);
  clear(scratch + PIXEL_GRADIENTS, 4 * IMAGE_PIXELS);
  for (let image: usize = 0; image < 4; image++) {
    const pixels = scratch + PIXELS + image * IMAGE_PIXELS;
    const gradients = scratch + PIXEL_GRADIENTS + image * IMAGE_PIXELS;
    for (let o: usize = 0; o < 16; o++) {
      const end = listOf(scratch, image, o);
      const sums = scratch + SUMS2 + o * 18 * V, weights = plan.filters + BACKWARD2 + o * 18 * V;
      for (let half: usize = 0; half < 2; half++) {
        addFilterGradient(scratch + LIST, end, pixels + half * V, sums + half * 9 * V);
        addPixelGradients(scratch + LIST, end, gradients + half * V, weights + half * 9 * V);
      }
    }
  }
  mapsOf(scratch);
}

/** Lists where the gradient of an image's channel is not zero, 8 bytes each: the patch's first pixel, the gradient. */
function listOf(scratch: usize, image: usize, o: usize): usize {
  let place = scratch + PLACE2 + o * 64 * V + image * 4, to = scratch + LIST;
  let total: f32 = 0;
  for (let y: usize = 0; y < 8; y++) {
    let gradient = scratch + POOL2_GRADIENT + ((o * 10 + y + 1) * 10 + 1) * V + image * 4;
    const end = place + 8 * V;
    while (place < end) {
      const first = load<i32>(place), g = load<f32>(gradient);
      store<i32>(to, first);
      store<f32>(to, g, 4);
      total += first < 0 ? 0 : g;
      to += first < 0 ? 0 : 8;
      place += V;
      gradient += V;
    }
  }
  const bias = scratch + BIAS_SUMS + (8 + o) * V + image * 4;
  store<f32>(bias, load<f32>(bias) + total);
  return to;
}

/** sums[tap] += gradient pixel[tap], for four of the eight channels. */
function addFilterGradient(list: usize, end: usize, pixels: usize, sums: usize): void {
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32), s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64), s5 = v128.load(sums, 80), s6 = v128.load(sums, 96), s7 = v128.load(sums, 112);
  let s8 = v128.load(sums, 128);
  for (let entry = list; entry < end; entry += 8) {
    const p = pixels + load<u32>(entry), g = splat(entry + 4);
    s0 = madd(s0, v128.load(p), g);
    s1 = madd(s1, v128.load(p, 32), g);
    s2 = madd(s2, v128.load(p, 64), g);
    s3 = madd(s3, v128.load(p, 576), g);
    s4 = madd(s4, v128.load(p, 608), g);
    s5 = madd(s5, v128.load(p, 640), g);
    s6 = madd(s6, v128.load(p, 1152), g);
    s7 = madd(s7, v128.load(p, 1184), g);
    s8 = madd(s8, v128.load(p, 1216), g);
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
  v128.store(sums, s8, 128);
}

/** gradient of pixel[tap] += gradient weight[tap], for four of the eight channels. */
function addPixelGradients(list: usize, end: usize, pixels: usize, weights: usize): void {
  const w0 = v128.load(weights), w1 = v128.load(weights, 16), w2 = v128.load(weights, 32);
  const w3 = v128.load(weights, 48), w4 = v128.load(weights, 64), w5 = v128.load(weights, 80);
  const w6 = v128.load(weights, 96), w7 = v128.load(weights, 112), w8 = v128.load(weights, 128);
  for (let entry = list; entry < end; entry += 8) {
    const p = pixels + load<u32>(entry), g = splat(entry + 4);
    v128.store(p, madd(v128.load(p), w0, g));
    v128.store(p, madd(v128.load(p, 32), w1, g), 32);
    v128.store(p, madd(v128.load(p, 64), w2, g), 64);
    v128.store(p, madd(v128.load(p, 576), w3, g), 576);
    v128.store(p, madd(v128.load(p, 608), w4, g), 608);
    v128.store(p, madd(v128.load(p, 640), w5, g), 640);
    v128.store(p, madd(v128.load(p, 1152), w6, g), 1152);
    v128.store(p, madd(v128.load(p, 1184), w7, g), 1184);
    v128.store(p, madd(v128.load(p, 1216), w8, g), 1216);
  }
}

/** pool1 from [8][18][18] of four images to [4][18][18][8]. */
function pixelsOf(scratch: usize): void {
  const plane: usize = 18 * 18 * V;
  for (let pixel: usize = 0; pixel < 18 * 18; pixel++) {
    const from = scratch + POOL1 + pixel * V, to = scratch + PIXELS + pixel * PIXEL;
    transpose(from, plane, to, IMAGE_PIXELS);
    transpose(from + 4 * plane, plane, to + V, IMAGE_PIXELS);
  }
}

/** The gradients from [4][18][18][8] to [8][18][18] of four images. */
function mapsOf(scratch: usize): void {
  const plane: usize = 18 * 18 * V;
  for (let pixel: usize = 0; pixel < 18 * 18; pixel++) {
    const from = scratch + PIXEL_GRADIENTS + pixel * PIXEL, to = scratch + POOL1_GRADIENT + pixel * V;
    transpose(from, IMAGE_PIXELS, to, plane);
    transpose(from + V, IMAGE_PIXELS, to + 4 * plane, plane);
  }
}
