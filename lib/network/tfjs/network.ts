/** The network by tfjs's own operations: slow, and the plain statement of what our own kernels compute. */
import * as tf from "@tensorflow/tfjs";
import type { Images, LabelledImages } from "../../data/images.ts";
import { type Arch, layerNamed } from "../../model.ts";
import { type Asked, fromLayers, layersAsked } from "../layer_sums.ts";
import type { Network, Trainer, TrainerOptions } from "../network.ts";
import { gatherImages, type GpuImages, uploadImages } from "../webgpu/images.ts";
import { channelsFirst, forward } from "./forward.ts";
import { lossAndGradient } from "./loss.ts";
import { orderTensor, readAndDispose, variable } from "./tensors.ts";
import { StockTrainer } from "./trainer.ts";

/** The network by tfjs's own operations. Needs `openGpu` first. */
export class StockNetwork implements Network {
  /** Always `stock`. */
  readonly kernels = "stock";
  #parameters: tf.Variable<tf.Rank.R1>;

  /**
   * Copies the parameters to the GPU.
   *
   * @param arch which head stands on the backbone
   * @param parameters packed as {@linkcode parametersOf} says
   */
  constructor(readonly arch: Arch, parameters: Float32Array) {
    this.#parameters = variable(() => tf.tensor1d(parameters));
  }

  async parameters(): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await this.#parameters.data<"float32">());
  }

  setParameters(packed: Float32Array): void {
    tf.tidy(() => this.#parameters.assign(tf.tensor1d(packed)));
  }

  upload(images: Images | LabelledImages): GpuImages {
    return uploadImages(images);
  }

  async outputs(images: GpuImages, start: number, count: number, asked: readonly Asked[]): Promise<Float32Array[]> {
    const tensors = tf.tidy(() => {
      const order: tf.Tensor1D = tf.range(start, start + count, 1, "int32");
      const layers = forward(this.arch, this.#parameters, gatherImages(images, order));
      return layersAsked(asked).map((name) => channelsFirst(layers[layerNamed(this.arch, name).name]));
    });
    return fromLayers(asked, await readAndDispose(tensors));
  }

  async gradients(images: GpuImages, order: Uint32Array): Promise<{ loss: number; gradients: Float32Array }> {
    const tensors = tf.tidy(() => {
      const { value, grad } = lossAndGradient(this.arch, this.#parameters, images, orderTensor(order));
      return [value, grad];
    });
    const [[loss], gradients] = await readAndDispose(tensors);
    return { loss, gradients };
  }

  trainer(images: GpuImages, options: TrainerOptions): Promise<Trainer> {
    return Promise.resolve(new StockTrainer(this.arch, this.#parameters, images, options));
  }

  dispose(): void {
    this.#parameters.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
