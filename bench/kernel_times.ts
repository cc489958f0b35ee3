/** How long each kernel of a training step takes, by the GPU's own clock. */
import { type LabelledImages, limit } from "../lib/data/images.ts";
import { type Arch, initialParameters } from "../lib/model.ts";
import { median } from "../lib/metrics/numbers.ts";
import { type Dispatch, encode } from "../lib/network/webgpu/dispatch.ts";
import { webgpuBackend } from "../lib/network/webgpu/gpu.ts";
import { WebGpuNetwork } from "../lib/network/webgpu/network.ts";
import { kernelOperations } from "./arithmetic.ts";

/** One kernel's share of a step; the fields are those of `bench --json`. */
export interface KernelTime {
  /** As `conv2 input gradient`. */
  readonly kernel: string;
  /** Median time of one dispatch. */
  readonly milliseconds: number;
  /** Arithmetic over that time, in 10⁹ floating-point operations a second; null outside of the layers with weights. */
  readonly gflops: number | null;
}

/** Times the kernels of the trainer's step over some rounds, after a step that compiles them; null where the GPU keeps no time. */
export async function kernelTimes(
  arch: Arch,
  images: LabelledImages,
  batchSize: number,
  rounds: number,
): Promise<KernelTime[] | null> {
  if (!webgpuBackend().device.features.has("timestamp-query")) return null;
  const batch = limit(images, batchSize);
  const network = await WebGpuNetwork.create(arch, initialParameters(arch, 0));
  const resident = network.upload(batch);
  const trainer = await network.trainer(resident, { batchSize, learningRate: 1e-3, seed: 0, dropout: true });
  trainer.startEpoch(Uint32Array.from({ length: batch.count }, (_, i) => i));
  trainer.step(0, batch.count);

  const clock = new Clock(trainer.dispatches.length);
  const times: number[][] = [];
  for (let round = 0; round < rounds; round++) times.push(await clock.time(trainer.dispatches, batch.count));
  for (const disposable of [trainer, resident, network]) disposable.dispose();

  return trainer.dispatches.map(({ kernel: { name } }, i) => {
    const milliseconds = median(times.map((round) => round[i]));
    const operations = batch.count * kernelOperations(arch, name);
    return { kernel: name, milliseconds, gflops: operations ? operations / milliseconds / 1e6 : null };
  });
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
    for (const [i, dispatch] of dispatches.entries()) {
      const [beginningOfPassWriteIndex, endOfPassWriteIndex] = [2 * i, 2 * i + 1];
      const timestampWrites = { querySet: this.#queries, beginningOfPassWriteIndex, endOfPassWriteIndex };
      const pass = encoder.beginComputePass({ timestampWrites });
      encode(pass, dispatch, count);
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
