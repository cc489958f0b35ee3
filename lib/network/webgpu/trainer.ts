/** Training by our own kernels: Adam steps queued one after the other, the loss summed on the GPU. */
import { DigitFidError } from "../../errors.ts";
import { webgpuBackend } from "./gpu.ts";
import { type Arch, DROPOUT, parameterCount } from "../../model.ts";
import { adamCorrections } from "../adam.ts";
import type { AdamState, Trainer, TrainerOptions } from "../network.ts";
import { backwardDispatches } from "./backward.ts";
import { writeBatch } from "./batch.ts";
import { forwardDispatches } from "./forward.ts";
import type { GpuImages } from "./images.ts";
import { compile, type Dispatch, dispatchOf, readFloats, storage, submit } from "./kernel.ts";
import { adamKernel } from "./kernels/optimizer.ts";
import type { Tuning } from "./tuning.ts";
import {
  capacityFor,
  createGradientWorkspace,
  createWorkspace,
  type GradientWorkspace,
  strideOf,
  type Workspace,
} from "./workspace.ts";

/** Mesa's llvmpipe silently ends an invocation after 65,535 loop iterations; a chunk of this batch stays below. */
const LARGEST_BATCH = 4096;

/** Trains the network whose parameters it is given. */
export class WebGpuTrainer implements Trainer {
  #arch: Arch;
  #options: TrainerOptions;
  #workspace: Workspace;
  #gradients: GradientWorkspace;
  #order: GPUBuffer;
  #moments: readonly [GPUBuffer, GPUBuffer];
  #dispatches: readonly Dispatch[];
  #step = 0;

  private constructor(
    arch: Arch,
    options: TrainerOptions,
    workspace: Workspace,
    gradients: GradientWorkspace,
    order: GPUBuffer,
    moments: readonly [GPUBuffer, GPUBuffer],
    dispatches: readonly Dispatch[],
  ) {
    this.#arch = arch;
    this.#options = options;
    this.#workspace = workspace;
    this.#gradients = gradients;
    this.#order = order;
    this.#moments = moments;
    this.#dispatches = dispatches;
  }

  /** Allocates everything a step needs, and compiles it. */
  static async create(
    arch: Arch,
    images: GpuImages,
    labels: GPUBuffer,
    parameters: GPUBuffer,
    { chunks }: Tuning,
    options: TrainerOptions,
  ): Promise<WebGpuTrainer> {
    if (options.batchSize > LARGEST_BATCH) {
      throw new DigitFidError(
        `a batch of ${options.batchSize} is too large for the WebGPU kernels: at most ${LARGEST_BATCH}`,
      );
    }
    const stride = strideOf(arch);
    const workspace = createWorkspace(arch, capacityFor(options.batchSize));
    const gradients = createGradientWorkspace(arch, workspace.capacity, chunks);
    const order = storage(images.count);
    const moments = [storage(stride), storage(stride)] as const;
    const dispatches = [
      ...await forwardDispatches(arch, images, order, parameters, workspace),
      ...await backwardDispatches(arch, order, labels, parameters, workspace, gradients, chunks),
      dispatchOf(
        "adam",
        await compile("adam", adamKernel(stride)),
        [workspace.batch, gradients.gradient, parameters, ...moments],
        () => [Math.ceil(stride / 4 / 64)],
      ),
    ];
    return new WebGpuTrainer(arch, options, workspace, gradients, order, moments, dispatches);
  }

  startEpoch(order: Uint32Array<ArrayBuffer>, lossSum = 0): void {
    const { queue } = webgpuBackend().device;
    queue.writeBuffer(this.#order, 0, order);
    queue.writeBuffer(this.#gradients.runningLoss, 0, Float32Array.of(lossSum));
  }

  step(start: number, count: number): void {
    const { seed, dropout, learningRate } = this.#options;
    const t = this.#step + 1;
    const batch = {
      start,
      count,
      step: this.#step,
      seed,
      dropout: dropout ? DROPOUT : 0,
      ...adamCorrections(t, learningRate),
    };
    writeBatch(this.#workspace.batch, batch, this.#workspace.capacity);
    submit(this.#dispatches, count);
    this.#step = t;
  }

  async settle(): Promise<void> {
    await webgpuBackend().device.queue.onSubmittedWorkDone();
  }

  async lossSum(): Promise<number> {
    const [sum] = await readFloats(this.#gradients.runningLoss, 1);
    return sum;
  }

  async state(): Promise<AdamState> {
    const step = this.#step;
    const length = parameterCount(this.#arch);
    const [firstMoment, secondMoment] = await Promise.all(this.#moments.map((buffer) => readFloats(buffer, length)));
    return { step, firstMoment, secondMoment };
  }

  restore({ step, firstMoment, secondMoment }: AdamState): void {
    const { queue } = webgpuBackend().device;
    queue.writeBuffer(this.#moments[0], 0, firstMoment);
    queue.writeBuffer(this.#moments[1], 0, secondMoment);
    this.#step = step;
  }

  dispose(): void {
    this.#workspace.dispose();
    this.#gradients.dispose();
    for (const buffer of [this.#order, ...this.#moments]) buffer.destroy();
  }
}
