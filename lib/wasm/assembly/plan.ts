// @ts-nocheck AssemblyScript
/** Where everything lies: addresses that the host hands over once, and the scratch memory of a thread. */
import { V } from "./lanes.ts";

/** What stays the same from step to step, filled in by `lib/network/cpu/plan.ts` in this order: 32-bit words. */
export class Plan {
  /** Parameters, packed in PyTorch's order. */
  parameters: usize;
  /** Filters of convolutions 2 and 3 for Winograd's algorithm, made from the parameters by `prepare_filters`. */
  filters: usize;
  /** Pixels of all images, their side (28 or 32), and whether they are floats (1) or bytes (0). */
  pixels: usize;
  side: i32;
  floats: i32;
  /** Class of each image, bytes. */
  labels: usize;
  /** Indices of the images in the order to take them, uint32; 0: the images as they lie. */
  order: usize;
  /** `SCRATCH` bytes for each thread. */
  scratch: usize;
  /** Partial gradients: floats packed as the parameters, `stride` of them a part, and the parts' losses, float64. */
  partials: usize;
  stride: usize;
  losses: usize;
  /** Linear layers of the head, and their widths from the latent to the logits. */
  layers: i32;
  width0: i32;
  width1: i32;
  width2: i32;
  width3: i32;
}

/** Floats of the convolutions' parameters, and where each begins. */
export const WEIGHT1: usize = 0, BIAS1: usize = 72, WEIGHT2: usize = 80, BIAS2: usize = 1232;
export const WEIGHT3: usize = 1248, BIAS3: usize = 5856, HEAD: usize = 5888;

/** Within `Plan.filters`, bytes: filters for the forward pass and for the gradient of the input. */
export const FORWARD2: usize = 0, BACKWARD2: usize = 8192, FORWARD3: usize = 12800, BACKWARD3: usize = 45568;
export const FILTERS: usize = 78336;

// A thread's scratch memory, for a block of four images; see README.md for the layouts.
/** [34][34]: the images with their border, and a border more. */
export const IMAGE: usize = 0;
/** [8][18][18]: pool1 within a border of zeros. */
export const POOL1: usize = IMAGE + 34 * 34 * V;
/** [16][10][10]: pool2 within a border of zeros. */
export const POOL2: usize = POOL1 + 8 * 18 * 18 * V;
/** [8][256] int32: which pixel of its window was the largest, 0 to 3; −1 if none was above zero. */
export const PLACE1: usize = POOL2 + 16 * 10 * 10 * V;
/** [16][64] int32: bytes from the first of `PIXELS` to the patch that the largest pixel came from; −1 likewise. */
export const PLACE2: usize = PLACE1 + 8 * 256 * V;
/** [16][8 + 1][8 tiles], [2 groups][16][16 + 1][8 tiles]: inputs of convolutions 2 (a group) and 3, transformed. */
export const INPUT2: usize = PLACE2 + 16 * 64 * V;
export const INPUT3: usize = INPUT2 + 16 * 9 * 8 * V;
/** [16][32 + 1][8 tiles]: products of transformed inputs and filters, or gradients of them. */
export const PRODUCTS: usize = INPUT3 + 2 * 16 * 17 * 8 * V;
/** [16][16 + 1][8 tiles]: gradient of a transformed input. */
export const INPUT_GRADIENT: usize = PRODUCTS + 16 * 33 * 8 * V;
/** Outputs of the convolutions before their ReLU, [channels][tiles][4 pixels]; 1 and 2 are kept only where asked for. */
export const CONV1: usize = INPUT_GRADIENT + 16 * 17 * 8 * V;
export const CONV2: usize = CONV1 + 8 * 1024 * V;
export const CONV3: usize = CONV2 + 16 * 256 * V;
/** [128]: the latent (no ReLU), and what dropout multiplies each unit by. */
export const LATENT: usize = CONV3 + 32 * 64 * V;
export const KEEP: usize = LATENT + 128 * V;
/** [128 + 64 + 32 + 10, padded to 240]: units of the head, layer after layer; the same after ReLU is what is kept. */
export const UNITS: usize = KEEP + 128 * V;
/** [64 + 32]: hidden units before their ReLU. */
export const HIDDEN: usize = UNITS + 240 * V;
/** [240]: gradients of the units. */
export const UNIT_GRADIENTS: usize = HIDDEN + 96 * V;
/** [4 blocks × 4 images][240] floats: units and their gradients of the images of a part, a row each. */
export const UNIT_ROWS: usize = UNIT_GRADIENTS + 240 * V;
export const GRADIENT_ROWS: usize = UNIT_ROWS + 16 * 240 * 4;
/** [8][18][18], [16][10][10]: gradients of pool1 and pool2 within a border that is not used. */
export const POOL1_GRADIENT: usize = GRADIENT_ROWS + 16 * 240 * 4;
export const POOL2_GRADIENT: usize = POOL1_GRADIENT + 8 * 18 * 18 * V;
/** [4 images][18][18][8 channels] floats: pool1 and its gradient once more, a pixel's channels side by side. */
export const IMAGE_PIXELS: usize = 18 * 18 * 32;
export const PIXELS: usize = POOL2_GRADIENT + 16 * 10 * 10 * V;
export const PIXEL_GRADIENTS: usize = PIXELS + 4 * IMAGE_PIXELS;
/** [64] pairs: the list of `scatter.ts`. */
export const LIST: usize = PIXEL_GRADIENTS + 4 * IMAGE_PIXELS;
/** Sums over the blocks of a part: one a lane [8][9]; of channels [16][2][9][4]; one a lane [16][32][16], [56] biases. */
export const SUMS1: usize = LIST + 1024;
export const SUMS2: usize = SUMS1 + 72 * V;
export const SUMS3: usize = SUMS2 + 288 * V;
export const BIAS_SUMS: usize = SUMS3 + 16 * 512 * V;
/** All of it, and a border so that threads do not share a cache line. */
export const SCRATCH: usize = BIAS_SUMS + 56 * V + 4096;
