/** The network by our own kernels: a step is one fixed list of dispatches, and nothing is read back until asked for. */
import type { Images, LabelledImages } from "../../data/images.ts";
import { openGpu, webgpuBackend } from "./gpu.ts";
import { type Arch, CONVOLUTIONS, HEAD, LATENT_SIZE, layerNamed, parameterCount } from "../../model.ts";
import type { Network, Trainer, TrainerOptions } from "../network.ts";
import { StockNetwork } from "../tfjs/stock_network.ts";
import { backwardDispatches } from "./backward.ts";
import { type Batch, writeBatch } from "./batch.ts";
import { tilesOf } from "./kernels/convolution.ts";
import { forwardDispatches } from "./forward.ts";
import { WebGpuTrainer } from "./trainer.ts";
import { bufferOf, type GpuImages, labelsOf, uploadImages } from "./images.ts";
import { type Dispatch, readFloats, storage, submit } from "./kernel.ts";
import { padded } from "./kernels/linear.ts";
import { type Tuning, tuningFor } from "./tuning.ts";
import { capacityFor, createGradientWorkspace, createWorkspace, strideOf, type Workspace } from "./workspace.ts";

/** Numbers of a batch outside of training: no dropout, no step. */
const INFERENCE: Batch = { start: 0, count: 0, step: 0, seed: 0, dropout: 0, stepSize: 0, secondCorrection: 1 };

/** What forward passes over one set of images keep from call to call. */
interface ForwardPass {
  readonly workspace: Workspace;
  readonly order: GPUBuffer;
  readonly dispatches: readonly Dispatch[];
}

/** The network by our own WebGPU kernels. */
export class WebGpuNetwork implements Network {
  readonly kernels = "webgpu";
  #parameters: GPUBuffer;
  #tuning: Tuning;
  #forward: { images: GpuImages; pass: ForwardPass } | undefined;

  private constructor(readonly arch: Arch, parameters: GPUBuffer, tuning: Tuning) {
    this.#parameters = parameters;
    this.#tuning = tuning;
  }

  /** @param packed parameters as `parametersOf(arch)` says */
  static async create(arch: Arch, packed: Float32Array): Promise<WebGpuNetwork> {
    const { software } = await openGpu();
    const network = new WebGpuNetwork(arch, storage(strideOf(arch)), tuningFor(software));
    network.setParameters(packed);
    return network;
  }

  parameters(): Promise<Float32Array<ArrayBuffer>> {
    return readFloats(this.#parameters, parameterCount(this.arch));
  }

  setParameters(packed: Float32Array): void {
    webgpuBackend().device.queue.writeBuffer(this.#parameters, 0, new Float32Array(packed));
  }

  upload(images: Images | LabelledImages): GpuImages {
    return uploadImages(images);
  }

  async outputs(images: GpuImages, start: number, count: number, names: readonly string[]): Promise<Float32Array[]> {
    if (names.some((name) => !this.#materialised(name))) return this.#stockOutputs(images, start, count, names);
    const { workspace, order, dispatches } = await this.#forwardPass(images, count);
    webgpuBackend().device.queue.writeBuffer(order, 0, Uint32Array.from({ length: count }, (_, i) => start + i));
    writeBatch(workspace.batch, { ...INFERENCE, count }, workspace.capacity);
    submit(dispatches, count);
    return Promise.all(names.map((name) => this.#read(workspace, name, count)));
  }

  /** The layers whose outputs our kernels store. */
  #materialised(name: string): boolean {
    return /^(pool[123]|latent|flatten|fc\d_relu|logits)$/.test(layerNamed(this.arch, name).name);
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
    if (this.#forward?.images === images && this.#forward.pass.workspace.capacity >= count) return this.#forward.pass;
    this.#disposeForward();
    const workspace = createWorkspace(this.arch, capacityFor(count));
    const order = storage(workspace.capacity);
    const dispatches = await forwardDispatches(this.arch, images, order, this.#parameters, workspace);
    this.#forward = { images, pass: { workspace, order, dispatches } };
    return this.#forward.pass;
  }

  #disposeForward(): void {
    this.#forward?.pass.workspace.dispose();
    this.#forward?.pass.order.destroy();
    this.#forward = undefined;
  }

  async #read({ capacity, maps, units, latent }: Workspace, name: string, count: number): Promise<Float32Array> {
    const layer = Number(/\d/.exec(name)?.[0]);
    if (name === "pool1" || name === "pool2") {
      const { outputs } = CONVOLUTIONS[layer - 1];
      const pixels = tilesOf(CONVOLUTIONS[layer - 1]);
      const planes = await readFloats(maps[layer], capacity * outputs * pixels);
      return channelsFirst(planes, count, outputs, pixels, capacity);
    }
    if (name === "latent") return readRows(latent, count, LATENT_SIZE);
    if (name === "pool3" || name === "flatten") return readRows(units[0], count, LATENT_SIZE);
    const index = name === "logits" ? HEAD[this.arch].length - 1 : layer;
    return readRows(units[index], count, HEAD[this.arch][index]);
  }

  async gradients(images: GpuImages, order: Uint32Array): Promise<{ loss: number; gradients: Float32Array }> {
    const count = order.length;
    const workspace = createWorkspace(this.arch, capacityFor(count));
    const gradients = createGradientWorkspace(this.arch, workspace.capacity, this.#tuning.chunks);
    const orderBuffer = storage(new Uint32Array(order));
    try {
      const dispatches = [
        ...await forwardDispatches(this.arch, images, orderBuffer, this.#parameters, workspace),
        ...await backwardDispatches(
          this.arch,
          orderBuffer,
          bufferOf(labelsOf(images)),
          this.#parameters,
          workspace,
          gradients,
          this.#tuning.chunks,
        ),
      ];
      writeBatch(workspace.batch, { ...INFERENCE, count }, workspace.capacity);
      submit(dispatches, count);
      const [lossSum] = await readFloats(gradients.runningLoss, 1);
      return { loss: lossSum / count, gradients: await readFloats(gradients.gradient, parameterCount(this.arch)) };
    } finally {
      workspace.dispose();
      gradients.dispose();
      orderBuffer.destroy();
    }
  }

  trainer(images: GpuImages, options: TrainerOptions): Promise<Trainer> {
    return WebGpuTrainer.create(this.arch, images, bufferOf(labelsOf(images)), this.#parameters, this.#tuning, options);
  }

  dispose(): void {
    this.#disposeForward();
    this.#parameters.destroy();
  }
}

/** Rows without their padding. */
async function readRows(buffer: GPUBuffer, count: number, width: number): Promise<Float32Array> {
  const stride = padded(width);
  const rows = await readFloats(buffer, count * stride);
  if (stride === width) return rows;
  const dense = new Float32Array(count * width);
  for (let i = 0; i < count; i++) dense.set(rows.subarray(i * stride, i * stride + width), i * width);
  return dense;
}

/** Planes of four channels to [count, channels, pixels]. */
function channelsFirst(planes: Float32Array, count: number, channels: number, pixels: number, capacity: number) {
  const maps = new Float32Array(count * channels * pixels);
  for (let image = 0; image < count; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = ((channel >> 2) * capacity + image) * pixels * 4 + channel % 4;
      const to = (image * channels + channel) * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) maps[to + pixel] = planes[from + pixel * 4];
    }
  }
  return maps;
}
