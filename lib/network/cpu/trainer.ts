/** Training by WebAssembly kernels: three phases a step, queued one after the other. */
import { type Arch, parameterCount } from "../../model.ts";
import type { Block, Phase } from "../../wasm/threads.ts";
import { adamCorrections } from "../adam.ts";
import { type AdamState, labelsOf, type Trainer, type TrainerOptions } from "../network.ts";
import type { CpuImages } from "./images.ts";
import { type CpuState, strideOf, writePlan } from "./plan.ts";
import { partsOf, prepareFilters, trainPart } from "./steps.ts";

/** Trains the network whose memory it is given. */
export class CpuTrainer implements Trainer {
  #arch: Arch;
  #network: CpuState;
  #options: TrainerOptions;
  #order: Block;
  #partials: Block;
  #losses: Block;
  #running: Block;
  #moments: readonly [Block, Block];
  #plan: Block;
  #step = 0;
  #queued: Promise<void> = Promise.resolve();

  /**
   * Allocates everything a step needs.
   *
   * @throws DigitFidError if the images have no labels
   */
  constructor(arch: Arch, network: CpuState, images: CpuImages, options: TrainerOptions) {
    labelsOf(images);
    const { threads, parameters } = network;
    const parts = partsOf(options.batchSize);
    const bytes = parameters.bytes;
    this.#arch = arch;
    this.#network = network;
    this.#options = options;
    this.#order = threads.allocate(4 * images.count);
    this.#partials = threads.allocate(bytes * parts.count);
    this.#losses = threads.allocate(8 * parts.count);
    this.#running = threads.allocate(8);
    this.#moments = [threads.allocate(bytes), threads.allocate(bytes)];
    const [order, partials, losses] = [this.#order, this.#partials, this.#losses];
    this.#plan = writePlan(threads, arch, { ...network, images, order, partials, losses });
  }

  startEpoch(order: Uint32Array<ArrayBuffer>, lossSum = 0): void {
    const copy = order.slice();
    this.#between(() => {
      this.#order.view(Uint32Array).set(copy);
      this.#running.view(Float64Array)[0] = lossSum;
    });
  }

  step(start: number, count: number): void {
    const { threads, parameters } = this.#network;
    const { seed, dropout, learningRate } = this.#options;
    const step = this.#step++;
    const { stepSize, secondCorrection } = adamCorrections(this.#step, learningRate);
    const [firstMoment, secondMoment] = this.#moments;
    const adam: Phase = {
      kernel: "adam",
      tasks: Math.ceil(parameters.bytes / 1024),
      args: [
        this.#partials.address,
        this.#losses.address,
        partsOf(count).count,
        strideOf(parameters),
        parameters.address,
        firstMoment.address,
        secondMoment.address,
        this.#running.address,
        stepSize,
        secondCorrection,
      ],
    };
    const part = trainPart(this.#plan, start, count, dropout ? { seed, step } : undefined);
    this.#queued = threads.run(prepareFilters(this.#plan), part, adam);
  }

  async settle(): Promise<void> {
    await this.#queued;
  }

  async lossSum(): Promise<number> {
    let sum = 0;
    await this.#between(() => sum = this.#running.view(Float64Array)[0]);
    return sum;
  }

  async state(): Promise<AdamState> {
    const length = parameterCount(this.#arch);
    const step = this.#step;
    let copies: Float32Array[] = [];
    await this.#between(() => copies = this.#moments.map((block) => block.view(Float32Array, length).slice()));
    const [firstMoment, secondMoment] = copies as Float32Array<ArrayBuffer>[];
    return { step, firstMoment, secondMoment };
  }

  restore({ step, firstMoment, secondMoment }: AdamState): void {
    const copies = [firstMoment.slice(), secondMoment.slice()];
    this.#between(() => copies.forEach((values, i) => this.#moments[i].view(Float32Array).set(values)));
    this.#step = step;
  }

  dispose(): void {
    const blocks = [this.#order, this.#partials, this.#losses, this.#running, ...this.#moments, this.#plan];
    this.#between(() => blocks.forEach((block) => block.free()));
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #between(action: () => void): Promise<void> {
    return this.#queued = this.#network.threads.between(action);
  }
}
