/** Training by our own kernels: Adam steps queued one after the other, the loss summed on the GPU. */
import { DigitFidError } from "../../errors.ts";
import { type Arch, DROPOUT, parameterCount } from "../../model.ts";
import { adamCorrections } from "../adam.ts";
import type { AdamState, Trainer, TrainerOptions } from "../network.ts";
import { dropoutFields, writeBatch } from "./batch.ts";
import { type Dispatch, submit } from "./dispatch.ts";
import { webgpuBackend } from "./gpu.ts";
import type { GpuImages } from "./images.ts";
import { Memory, readFloats, write } from "./memory.ts";
import { bind, trainingSteps } from "./step.ts";
import type { Tuning } from "./tuning.ts";
import { forwardBuffers, gradientBuffers, type TrainingBuffers, trainingBuffers } from "./workspace.ts";

/** Mesa's llvmpipe silently ends an invocation after 65,535 loop iterations; a chunk of this batch stays below. */
const LARGEST_BATCH = 4096;

/** Trains the network whose parameters it is given. */
export class WebGpuTrainer implements Trainer {
  /** The kernels of a step, in order. */
  readonly dispatches: readonly Dispatch[];
  #arch: Arch;
  #options: TrainerOptions;
  #memory: Memory;
  #buffers: TrainingBuffers;
  #step = 0;

  private constructor(
    arch: Arch,
    options: TrainerOptions,
    memory: Memory,
    buffers: TrainingBuffers,
    dispatches: readonly Dispatch[],
  ) {
    this.#arch = arch;
    this.#options = options;
    this.#memory = memory;
    this.#buffers = buffers;
    this.dispatches = dispatches;
  }

  /** Allocates everything a step needs, and compiles it. */
  static async create(
    arch: Arch,
    images: GpuImages,
    parameters: GPUBuffer,
    { chunks }: Tuning,
    options: TrainerOptions,
  ): Promise<WebGpuTrainer> {
    const { batchSize } = options;
    if (batchSize > LARGEST_BATCH) {
      throw new DigitFidError(`a batch of ${batchSize} is too large for the WebGPU kernels: at most ${LARGEST_BATCH}`);
    }
    const memory = new Memory();
    const forward = forwardBuffers(memory, arch, { images, parameters, batchSize, orderLength: images.count });
    const buffers = trainingBuffers(memory, arch, gradientBuffers(memory, arch, images, forward, chunks));
    const dispatches = await bind(trainingSteps(arch, images, chunks), buffers);
    return new WebGpuTrainer(arch, options, memory, buffers, dispatches);
  }

  startEpoch(order: Uint32Array<ArrayBuffer>, lossSum = 0): void {
    write(this.#buffers.order, order);
    write(this.#buffers.runningLoss, Float32Array.of(lossSum));
  }

  step(start: number, count: number): void {
    const { seed, dropout, learningRate } = this.#options;
    const { batch, capacity } = this.#buffers;
    const step = this.#step++;
    writeBatch(batch, {
      start,
      count,
      step,
      seed,
      capacity,
      ...dropoutFields(dropout ? DROPOUT : 0),
      ...adamCorrections(step + 1, learningRate),
    });
    submit(this.dispatches, count);
  }

  async settle(): Promise<void> {
    await webgpuBackend().device.queue.onSubmittedWorkDone();
  }

  async lossSum(): Promise<number> {
    const [sum] = await readFloats(this.#buffers.runningLoss, 1);
    return sum;
  }

  async state(): Promise<AdamState> {
    const step = this.#step;
    const { firstMoment, secondMoment } = this.#buffers;
    const read = (buffer: GPUBuffer) => readFloats(buffer, parameterCount(this.#arch));
    return { step, firstMoment: await read(firstMoment), secondMoment: await read(secondMoment) };
  }

  restore({ step, firstMoment, secondMoment }: AdamState): void {
    write(this.#buffers.firstMoment, firstMoment);
    write(this.#buffers.secondMoment, secondMoment);
    this.#step = step;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
