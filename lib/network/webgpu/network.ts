/** The network by our own kernels: a step is one fixed list of dispatches, and nothing is read back until asked for. */
import type { Images, LabelledImages } from "../../data/images.ts";
import { type Arch, parameterCount } from "../../model.ts";
import { type Asked, fromLayers, layersAsked } from "../layer_sums.ts";
import type { Network, TrainerOptions } from "../network.ts";
import { StockNetwork } from "../tfjs/network.ts";
import { inferenceBatch, writeBatch } from "./batch.ts";
import { type Dispatch, submit } from "./dispatch.ts";
import { openGpu } from "./gpu.ts";
import { bufferOf, type GpuImages, uploadImages } from "./images.ts";
import { Memory, readFloats, write } from "./memory.ts";
import { readerOf } from "./outputs.ts";
import { bind, forwardSteps, gradientSteps } from "./step.ts";
import { WebGpuTrainer } from "./trainer.ts";
import { type Tuning, tuningFor } from "./tuning.ts";
import { type ForwardBuffers, forwardBuffers, gradientBuffers, strideOf } from "./workspace.ts";

/** What forward passes over one set of images keep from call to call. */
interface ForwardPass {
  readonly images: GpuImages;
  readonly memory: Memory;
  readonly buffers: ForwardBuffers;
  readonly dispatches: readonly Dispatch[];
}

/** The network by our own WebGPU kernels. */
export class WebGpuNetwork implements Network {
  readonly kernels = "webgpu";
  #memory = new Memory();
  #parameters: GPUBuffer;
  #tuning: Tuning;
  #forward: ForwardPass | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(readonly arch: Arch, tuning: Tuning) {
    this.#parameters = this.#memory.storage(strideOf(arch));
    this.#tuning = tuning;
  }

  /** @param packed parameters as `parametersOf(arch)` says */
  static async create(arch: Arch, packed: Float32Array): Promise<WebGpuNetwork> {
    const { software } = await openGpu();
    const network = new WebGpuNetwork(arch, tuningFor(software));
    network.setParameters(packed);
    return network;
  }

  parameters(): Promise<Float32Array<ArrayBuffer>> {
    return readFloats(this.#parameters, parameterCount(this.arch));
  }

  setParameters(packed: Float32Array): void {
    write(this.#parameters, new Float32Array(packed));
  }

  upload(images: Images | LabelledImages): GpuImages {
    return uploadImages(images);
  }

  async outputs(images: GpuImages, start: number, count: number, asked: readonly Asked[]): Promise<Float32Array[]> {
    const outputs = this.#last.then(() => this.#layers(images, start, count, layersAsked(asked)));
    this.#last = outputs.catch(() => {}); // one after the other: they share buffers
    return fromLayers(asked, await outputs);
  }

  async #layers(images: GpuImages, start: number, count: number, names: readonly string[]): Promise<Float32Array[]> {
    const readers = names.map((name) => readerOf(this.arch, name));
    if (!readers.every((reader) => reader !== undefined)) return this.#stockOutputs(images, start, count, names);
    const { buffers, dispatches } = await this.#forwardPass(images, count);
    write(buffers.order, Uint32Array.from({ length: count }, (_, i) => start + i));
    writeBatch(buffers.batch, inferenceBatch(count, buffers.capacity));
    submit(dispatches, count);
    return Promise.all(readers.map((read) => read(buffers, count)));
  }

  /** Layers inside a kernel, one layer at a time by tfjs's operations. */
  async #stockOutputs(images: GpuImages, start: number, count: number, names: readonly string[]) {
    const stock = new StockNetwork(this.arch, await this.parameters());
    try {
      return await stock.outputs(images, start, count, names);
    } finally {
      stock.dispose();
    }
  }

  async #forwardPass(images: GpuImages, count: number): Promise<ForwardPass> {
    const built = this.#forward;
    if (built !== undefined && built.buffers.capacity < count) {
      built.memory.dispose();
      this.#forward = undefined;
      return await this.#forwardPass(images, count);
    }
    if (built?.images === images) return built;
    const memory = built?.memory ?? new Memory(); // which other images of no larger a batch use again
    const buffers = built !== undefined
      ? { ...built.buffers, pixels: bufferOf(images.pixels) }
      : forwardBuffers(memory, this.arch, { images, parameters: this.#parameters, batchSize: count });
    const dispatches = await bind(forwardSteps(this.arch, images), buffers);
    return this.#forward = { images, memory, buffers, dispatches };
  }

  async gradients(images: GpuImages, order: Uint32Array): Promise<{ loss: number; gradients: Float32Array }> {
    const count = order.length;
    const memory = new Memory();
    try {
      const given = { images, parameters: this.#parameters, batchSize: count };
      const forward = forwardBuffers(memory, this.arch, given);
      const buffers = gradientBuffers(memory, this.arch, images, forward, this.#tuning.chunks);
      const dispatches = await bind(gradientSteps(this.arch, images, this.#tuning.chunks), buffers);
      write(buffers.order, new Uint32Array(order));
      writeBatch(buffers.batch, inferenceBatch(count, buffers.capacity));
      submit(dispatches, count);
      const [lossSum] = await readFloats(buffers.runningLoss, 1);
      return { loss: lossSum / count, gradients: await readFloats(buffers.gradient, parameterCount(this.arch)) };
    } finally {
      memory.dispose();
    }
  }

  trainer(images: GpuImages, options: TrainerOptions): Promise<WebGpuTrainer> {
    return WebGpuTrainer.create(this.arch, images, this.#parameters, this.#tuning, options);
  }

  dispose(): void {
    this.#forward?.memory.dispose();
    this.#memory.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
