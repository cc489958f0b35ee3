/** The buffers that one batch passes through, forward and backward, and their places. */
import { type Arch, CONVOLUTIONS, HEAD, LATENT_SIZE, parameterCount } from "../../model.ts";
import { batchBuffer } from "./batch.ts";
import { GROUP, tilesOf } from "./kernels/convolution.ts";
import { storage } from "./kernel.ts";
import { padded } from "./kernels/linear.ts";

/** Buffers for batches of up to `capacity` images; index i is convolution i or linear layer i. */
export interface Workspace {
  readonly capacity: number;
  readonly batch: GPUBuffer;
  /** The input image first, then each convolution's pooled output; the last one's are tile sums. */
  readonly maps: readonly GPUBuffer[];
  readonly gates: readonly GPUBuffer[];
  /** Tile sums of the last convolution before its ReLU. */
  readonly linear: GPUBuffer;
  readonly latent: GPUBuffer;
  /** The flattened latent after dropout first, then each linear layer's output. */
  readonly units: readonly GPUBuffer[];
  dispose(): void;
}

/** What training needs beside: gradients laid out as what they are gradients of, but for the last maps' quadrants. */
export interface GradientWorkspace {
  readonly maps: readonly GPUBuffer[];
  readonly units: readonly GPUBuffer[];
  readonly losses: GPUBuffer;
  readonly partial: GPUBuffer;
  readonly gradient: GPUBuffer;
  readonly runningLoss: GPUBuffer;
  dispose(): void;
}

/** Batches are laid out in multiples of 16 images, so that whole workgroups stay inside a plane. */
export const capacityFor = (images: number): number => Math.ceil(images / 16) * 16;

/** Length of the packed parameters in whole vec4s. */
export const strideOf = (arch: Arch): number => padded(parameterCount(arch));

/** Allocates the forward buffers. */
export function createWorkspace(arch: Arch, capacity: number): Workspace {
  const maps = [
    storage(capacity * CONVOLUTIONS[0].size ** 2),
    ...CONVOLUTIONS.map((convolution) => storage(capacity * convolution.outputs * tilesOf(convolution))),
  ];
  const gates = CONVOLUTIONS.map((convolution) =>
    storage(capacity * convolution.outputs / GROUP * tilesOf(convolution))
  );
  const linear = storage(capacity * CONVOLUTIONS[2].outputs * tilesOf(CONVOLUTIONS[2]));
  const latent = storage(capacity * LATENT_SIZE);
  const units = HEAD[arch].map((width) => storage(capacity * padded(width)));
  const batch = batchBuffer();
  return {
    capacity,
    batch,
    maps,
    gates,
    linear,
    latent,
    units,
    dispose: destroy([batch, ...maps, ...gates, linear, latent, ...units]),
  };
}

/** Allocates the gradients' buffers. `chunks`: parts of a batch whose gradients are summed on their own first. */
export function createGradientWorkspace(arch: Arch, capacity: number, chunks: number): GradientWorkspace {
  const maps = CONVOLUTIONS.map(({ outputs, size, pool }) => storage(capacity * outputs * (size / pool) ** 2));
  const units = HEAD[arch].slice(1).map((width) => storage(capacity * padded(width)));
  const losses = storage(capacity);
  const partial = storage(chunks * strideOf(arch));
  const gradient = storage(strideOf(arch));
  const runningLoss = storage(1);
  const dispose = destroy([...maps, ...units, losses, partial, gradient, runningLoss]);
  return { maps, units, losses, partial, gradient, runningLoss, dispose };
}

function destroy(buffers: readonly GPUBuffer[]): () => void {
  return () => buffers.forEach((buffer) => buffer.destroy());
}
