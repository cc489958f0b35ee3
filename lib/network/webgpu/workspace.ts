/** The buffers that one batch passes through, and their places; README.md draws what lies in them. */
import { type Arch, CONVOLUTIONS, HEAD, LATENT_SIZE, parameterCount } from "../../model.ts";
import { labelsOf } from "../network.ts";
import { BATCH_BYTES } from "./batch.ts";
import { bufferOf, type GpuImages } from "./images.ts";
import { GROUP, padded, tilesOf, windowsOf } from "./layout.ts";
import type { Memory } from "./memory.ts";

/** What the forward pass reads and writes; index i is convolution i or linear layer i. */
export interface ForwardBuffers {
  /** Images that there is room for. */
  readonly capacity: number;
  /** The batch's numbers. */
  readonly batch: GPUBuffer;
  /** Numbers of the images in the order in which batches take them. */
  readonly order: GPUBuffer;
  readonly pixels: GPUBuffer;
  readonly parameters: GPUBuffer;
  /** The input image first, then each convolution's pooled output; the last one's are tile sums. */
  readonly maps: readonly GPUBuffer[];
  readonly gates: readonly GPUBuffer[];
  /** Tile sums of the last convolution before its ReLU. */
  readonly linear: GPUBuffer;
  readonly latent: GPUBuffer;
  /** The flattened latent after dropout first, then each linear layer's output. */
  readonly units: readonly GPUBuffer[];
}

/** What the backward pass needs beside: gradients laid out as what they are gradients of, but for the last maps'. */
export interface GradientBuffers extends ForwardBuffers {
  readonly labels: GPUBuffer;
  /** Of each convolution's pooled output; the last one's are of the four quadrants. */
  readonly mapGradients: readonly GPUBuffer[];
  readonly unitGradients: readonly GPUBuffer[];
  readonly losses: GPUBuffer;
  /** A sum for each chunk of the batch. */
  readonly partial: GPUBuffer;
  readonly gradient: GPUBuffer;
  readonly runningLoss: GPUBuffer;
}

/** What Adam needs beside. */
export interface TrainingBuffers extends GradientBuffers {
  readonly firstMoment: GPUBuffer;
  readonly secondMoment: GPUBuffer;
}

/** Batches are laid out in multiples of 16 images, so that whole workgroups stay inside a plane. */
const capacityFor = (images: number): number => Math.ceil(images / 16) * 16;

/** Length of the packed parameters in whole vec4s. */
export const strideOf = (arch: Arch): number => padded(parameterCount(arch));

/** Makes the buffers of the forward pass for batches of up to so many images. */
export function forwardBuffers(
  memory: Memory,
  arch: Arch,
  { images, parameters, batchSize, orderLength = capacityFor(batchSize) }: {
    images: GpuImages;
    parameters: GPUBuffer;
    batchSize: number;
    orderLength?: number;
  },
): ForwardBuffers {
  const capacity = capacityFor(batchSize);
  const storage = (lengthOfOne: number) => memory.storage(capacity * lengthOfOne);
  const [first, , last] = CONVOLUTIONS;
  return {
    capacity,
    batch: memory.uniform(BATCH_BYTES),
    order: memory.storage(orderLength),
    pixels: bufferOf(images.pixels),
    parameters,
    maps: [storage(first.size ** 2), ...CONVOLUTIONS.map((c) => storage(c.outputs * tilesOf(c)))],
    gates: CONVOLUTIONS.map((c) => storage(c.outputs / GROUP * tilesOf(c))),
    linear: storage(last.outputs * tilesOf(last)),
    latent: storage(LATENT_SIZE),
    units: HEAD[arch].map((width) => storage(padded(width))),
  };
}

/** Adds those of the backward pass. */
export function gradientBuffers(
  memory: Memory,
  arch: Arch,
  images: GpuImages,
  forward: ForwardBuffers,
  chunks: number,
) {
  const storage = (lengthOfOne: number) => memory.storage(forward.capacity * lengthOfOne);
  return {
    ...forward,
    labels: bufferOf(labelsOf(images)),
    mapGradients: CONVOLUTIONS.map((c) => storage(c.outputs * windowsOf(c))),
    unitGradients: HEAD[arch].slice(1).map((width) => storage(padded(width))),
    losses: storage(1),
    partial: memory.storage(chunks * strideOf(arch)),
    gradient: memory.storage(strideOf(arch)),
    runningLoss: memory.storage(1),
  } satisfies GradientBuffers;
}

/** Adds those of Adam. */
export function trainingBuffers(memory: Memory, arch: Arch, gradients: GradientBuffers): TrainingBuffers {
  const [firstMoment, secondMoment] = [memory.storage(strideOf(arch)), memory.storage(strideOf(arch))];
  return { ...gradients, firstMoment, secondMoment };
}
