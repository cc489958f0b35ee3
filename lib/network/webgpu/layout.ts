/** How numbers lie in the buffers; README.md draws it. */
import type { CONVOLUTIONS } from "../../model.ts";

/** One of the backbone's convolutions. */
export type Convolution = typeof CONVOLUTIONS[number];

/** Where a layer's weights and biases begin among the packed parameters. */
export interface Place {
  readonly weight: number;
  readonly bias: number;
}

/** How gradients of parameters are summed: in so many chunks of the batch, each with room for all parameters. */
export interface Chunks {
  readonly chunks: number;
  /** Length of the packed parameters, a multiple of four. */
  readonly stride: number;
}

/** Length of a stored row of units: whole vec4s. */
export const padded = (units: number): number => Math.ceil(units / 4) * 4;

/** Channels that one invocation computes, two planes, whose gates fill a 32-bit word. */
export const GROUP = 8;

/** Side of the image in 2×2 tiles. */
export const tilesAcross = ({ size }: Convolution): number => size / 2;

/** 2×2 tiles of an image. */
export const tilesOf = (convolution: Convolution): number => tilesAcross(convolution) ** 2;

/**
 * How the gradient of a pooled feature map is stored: [channels / 4][capacity][windows] vec4. For max pooling a window
 * is a tile; for the average one it is a quadrant of four tiles.
 */
export function windowsOf(convolution: Convolution): number {
  return convolution.pool === 2 ? tilesOf(convolution) : 4;
}
