/** How long each kernel of a training step takes, by the GPU's own clock. */
import { type LabelledImages, limit } from "../lib/data/images.ts";
import { openGpu, webgpuBackend } from "../lib/network/webgpu/gpu.ts";
import { backwardDispatches } from "../lib/network/webgpu/backward.ts";
import { writeBatch } from "../lib/network/webgpu/batch.ts";
import { forwardDispatches } from "../lib/network/webgpu/forward.ts";
import { bufferOf, uploadImages } from "../lib/network/webgpu/images.ts";
import { compile, type Dispatch, dispatchOf, storage } from "../lib/network/webgpu/kernel.ts";
import { adamKernel } from "../lib/network/webgpu/kernels/optimizer.ts";
import { tuningFor } from "../lib/network/webgpu/tuning.ts";
import { capacityFor, createGradientWorkspace, createWorkspace, strideOf } from "../lib/network/webgpu/workspace.ts";
import { type Arch, DROPOUT, initialParameters } from "../lib/model.ts";
import { kernelOperations } from "./arithmetic.ts";
import { median } from "../lib/metrics/numbers.ts";

/** One kernel's share of a step; the fields are those of `bench --json`. */
export interface KernelTime {
  /** As `conv2 input gradient`. */
  readonly kernel: string;
  /** Median time of one dispatch. */
  readonly milliseconds: number;
  /** Arithmetic over that time, in 10⁹ floating-point operations a second; null outside of the layers with weights. */
  readonly gflops: number | null;
}

/** Times a step's kernels over some rounds, after one that compiles; null where the GPU keeps no time. */
export async function kernelTimes(
  arch: Arch,
  images: LabelledImages,
  batchSize: number,
  rounds: number,
): Promise<KernelTime[] | null> {
  if (!webgpuBackend().device.features.has("timestamp-query")) return null;
  const dispatches = await trainingStep(arch, limit(images, batchSize));
  const clock = new Clock(dispatches.length);
  await clock.time(dispatches, batchSize);
  const times: number[][] = [];
  for (let round = 0; round < rounds; round++) times.push(await clock.time(dispatches, batchSize));

  return dispatches.map(({ name }, i) => {
    const milliseconds = median(times.map((round) => round[i]));
    const operations = batchSize * kernelOperations(arch, name);
    return { kernel: name, milliseconds, gflops: operations ? operations / milliseconds / 1e6 : null };
  });
}

/** The dispatches of one training step on all the images, on buffers of their own, which live as long as the process. */
async function trainingStep(arch: Arch, images: LabelledImages): Promise<Dispatch[]> {
  const { chunks } = tuningFor((await openGpu()).software);
  const resident = uploadImages(images);
  const labels = bufferOf(resident.labels!);
  const order = storage(Uint32Array.from({ length: images.count }, (_, i) => i));
  const stride = strideOf(arch);
  const [parameters, firstMoment, secondMoment] = [storage(stride), storage(stride), storage(stride)];
  webgpuBackend().device.queue.writeBuffer(parameters, 0, initialParameters(arch, 0));
  const workspace = createWorkspace(arch, capacityFor(images.count));
  const gradients = createGradientWorkspace(arch, workspace.capacity, chunks);
  const numbers = { start: 0, count: images.count, step: 0, seed: 0, dropout: DROPOUT };
  writeBatch(workspace.batch, { ...numbers, stepSize: 1e-3, secondCorrection: 1 }, workspace.capacity);

  const adam = await compile("adam", adamKernel(stride));
  const state = [workspace.batch, gradients.gradient, parameters, firstMoment, secondMoment];
  return [
    ...await forwardDispatches(arch, resident, order, parameters, workspace),
    ...await backwardDispatches(arch, order, labels, parameters, workspace, gradients, chunks),
    dispatchOf("adam", adam, state, () => [Math.ceil(stride / 4 / 64)]),
  ];
}

/** Reads the GPU's clock before and after each dispatch. */
class Clock {
  #device = webgpuBackend().device;
  #queries: GPUQuerySet;
  #resolved: GPUBuffer;
  #readable: GPUBuffer;

  /** @param length most dispatches at once */
  constructor(length: number) {
    const size = 2 * length * BigUint64Array.BYTES_PER_ELEMENT;
    this.#queries = this.#device.createQuerySet({ type: "timestamp", count: 2 * length });
    this.#resolved = this.#device.createBuffer({ size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
    this.#readable = this.#device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  }

  /** Runs the dispatches one after the other; the milliseconds each took. */
  async time(dispatches: readonly Dispatch[], count: number): Promise<number[]> {
    const encoder = this.#device.createCommandEncoder();
    for (const [i, { pipeline, bindings, groups }] of dispatches.entries()) {
      const [beginningOfPassWriteIndex, endOfPassWriteIndex] = [2 * i, 2 * i + 1];
      const timestampWrites = { querySet: this.#queries, beginningOfPassWriteIndex, endOfPassWriteIndex };
      const pass = encoder.beginComputePass({ timestampWrites });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(...groups(count));
      pass.end();
    }
    encoder.resolveQuerySet(this.#queries, 0, 2 * dispatches.length, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#readable, 0, this.#readable.size);
    this.#device.queue.submit([encoder.finish()]);
    await this.#readable.mapAsync(GPUMapMode.READ);
    const nanoseconds = new BigUint64Array(this.#readable.getMappedRange().slice(0));
    this.#readable.unmap();
    return dispatches.map((_, i) => Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6);
  }
}
