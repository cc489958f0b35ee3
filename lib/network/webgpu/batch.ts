/** What changes from one batch to the next, as one small uniform buffer, and the kernel that gathers a batch. */
import type { GpuImages } from "./images.ts";
import { pixelSnippet } from "./images.ts";
import { webgpuBackend } from "./gpu.ts";

/** The numbers that every kernel may read about the batch in hand. */
export interface Batch {
  /** First image of the batch within the order. */
  readonly start: number;
  /** Images in the batch. */
  readonly count: number;
  /** Adam steps taken before this one. */
  readonly step: number;
  readonly seed: number;
  /** Probability that a latent unit is dropped: 0 outside of training. */
  readonly dropout: number;
  /** Adam's learning rate over its first bias correction, and the square root of its second. */
  readonly stepSize: number;
  readonly secondCorrection: number;
}

/** WGSL of {@linkcode Batch}: the first declaration of every kernel, at binding 0. */
export const BATCH_WGSL = `
struct Batch {
  start: u32, count: u32, step: u32, seed: u32,
  capacity: u32, dropThreshold: u32, keepScale: f32, stepSize: f32,
  secondCorrection: f32,
}
@group(0) @binding(0) var<uniform> batch: Batch;
`;

const BATCH_BYTES = 48;

/** The uniform buffer that holds a batch's numbers. */
export function batchBuffer(): GPUBuffer {
  return webgpuBackend().device.createBuffer({
    size: BATCH_BYTES,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
}

/** Sets the numbers for the kernels that are submitted next. `capacity`: images that the buffers are laid out for. */
export function writeBatch(buffer: GPUBuffer, batch: Batch, capacity: number): void {
  const data = new DataView(new ArrayBuffer(BATCH_BYTES));
  const { start, count, step, seed, dropout } = batch;
  const threshold = Math.floor(dropout * 2 ** 32);
  for (const [i, value] of [start, count, step, seed, capacity, threshold].entries()) {
    data.setUint32(4 * i, value, true);
  }
  for (const [i, value] of [1 / (1 - dropout), batch.stepSize, batch.secondCorrection].entries()) {
    data.setFloat32(24 + 4 * i, value, true);
  }
  webgpuBackend().device.queue.writeBuffer(buffer, 0, data);
}

/** Gathers images `order[start + i]` as [count, 32, 32] floats. Bindings: batch, order, pixels, output. */
export function gatherKernel(images: Pick<GpuImages, "size" | "type">): string {
  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> pixels: array<${images.type === "uint8" ? "i32" : "f32"}>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;
${pixelSnippet(images)}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x / 1024u;
  if (image >= batch.count) { return; }
  result[id.x] = pixel(order[batch.start + image], (id.x / 32u) % 32u, id.x % 32u);
}`;
}
