/** The network by tfjs's own operations: slow, and the plain statement of what our own kernels compute. */
import type { Images, LabelledImages } from "../../data/images.ts";
import * as tf from "@tensorflow/tfjs";
import { ADAM } from "../adam.ts";
import { channelsFirst, forward } from "./forward.ts";
import { checkGpu } from "../webgpu/gpu.ts";
import { gatherImages, type GpuImages, uploadImages } from "../webgpu/images.ts";
import { type Arch, CLASSES, DROPOUT, LATENT_SIZE, layerNamed } from "../../model.ts";
import { type AdamState, labelsOf, type Network, type Trainer, type TrainerOptions } from "../network.ts";
import { Random, STREAM } from "../../random.ts";

/** Mean cross-entropy over the images in `order`, and its gradient packed as the parameters. */
function lossAndGradient(
  arch: Arch,
  parameters: tf.Tensor1D,
  images: GpuImages,
  order: tf.Tensor1D,
  mask?: tf.Tensor2D,
): { value: tf.Tensor; grad: tf.Tensor } {
  const labels = tf.oneHot(tf.gather(labelsOf(images), order), CLASSES);
  const batch = gatherImages(images, order);
  return tf.valueAndGrad((packed) =>
    tf.losses.softmaxCrossEntropy(labels, forward(arch, packed as tf.Tensor1D, batch, mask).logits)
  )(parameters);
}

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

  outputs(images: GpuImages, start: number, count: number, names: readonly string[]): Promise<Float32Array[]> {
    const tensors = tf.tidy(() => {
      const order: tf.Tensor1D = tf.range(start, start + count, 1, "int32");
      const layers = forward(this.arch, this.#parameters, gatherImages(images, order));
      return names.map((name) => channelsFirst(layers[layerNamed(this.arch, name).name]));
    });
    return readAndDispose(tensors);
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

/** A variable that is alone in holding its initial value. */
function variable<R extends tf.Rank>(initial: () => tf.Tensor<R>): tf.Variable<R> {
  return tf.tidy(() => tf.variable(initial()));
}

function orderTensor(order: Uint32Array): tf.Tensor1D {
  return tf.tensor1d(Int32Array.from(order), "int32");
}

async function readAndDispose(tensors: tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  tf.dispose(tensors);
  checkGpu();
  return values;
}

class StockTrainer implements Trainer {
  #arch: Arch;
  #parameters: tf.Variable<tf.Rank.R1>;
  #images: GpuImages;
  #options: TrainerOptions;
  #firstMoment: tf.Variable;
  #secondMoment: tf.Variable;
  #order = orderTensor(new Uint32Array(0));
  #lossSum = variable(() => tf.scalar(0));
  #step = 0;

  constructor(arch: Arch, parameters: tf.Variable<tf.Rank.R1>, images: GpuImages, options: TrainerOptions) {
    labelsOf(images);
    this.#arch = arch;
    this.#parameters = parameters;
    this.#images = images;
    this.#options = options;
    this.#firstMoment = variable(() => tf.zerosLike(parameters));
    this.#secondMoment = variable(() => tf.zerosLike(parameters));
  }

  startEpoch(order: Uint32Array<ArrayBuffer>, lossSum = 0): void {
    this.#order.dispose();
    this.#order = orderTensor(order);
    tf.tidy(() => this.#lossSum.assign(tf.scalar(lossSum)));
  }

  step(start: number, count: number): void {
    tf.tidy(() => {
      const order = tf.slice1d(this.#order, start, count);
      const mask = this.#options.dropout ? dropoutMask(this.#options.seed, this.#step, count) : undefined;
      const { value, grad } = lossAndGradient(this.#arch, this.#parameters, this.#images, order, mask);
      this.#lossSum.assign(tf.add(this.#lossSum, tf.mul(value, count)));
      this.#adam(grad);
    });
  }

  #adam(gradient: tf.Tensor): void {
    const { beta1, beta2, epsilon } = ADAM;
    const t = ++this.#step;
    const [m, v] = [this.#firstMoment, this.#secondMoment];
    m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
    v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const mHat = tf.div(m, 1 - beta1 ** t);
    const vHat = tf.div(v, 1 - beta2 ** t);
    const change = tf.mul(this.#options.learningRate, tf.div(mHat, tf.add(tf.sqrt(vHat), epsilon)));
    this.#parameters.assign(tf.sub(this.#parameters, change));
  }

  async settle(): Promise<void> {
    await readAndDispose([this.#lossSum.clone()]); // a clone, as the next step replaces the variable's own data
  }

  async lossSum(): Promise<number> {
    const [[sum]] = await readAndDispose([this.#lossSum.clone()]);
    return sum;
  }

  async state(): Promise<AdamState> {
    const step = this.#step;
    const moments = await readAndDispose([this.#firstMoment.clone(), this.#secondMoment.clone()]);
    const [firstMoment, secondMoment] = moments.map((values) => new Float32Array(values));
    return { step, firstMoment, secondMoment };
  }

  restore({ step, firstMoment, secondMoment }: AdamState): void {
    this.#step = step;
    tf.tidy(() => {
      this.#firstMoment.assign(tf.tensor1d(firstMoment));
      this.#secondMoment.assign(tf.tensor1d(secondMoment));
    });
  }

  dispose(): void {
    tf.dispose([this.#firstMoment, this.#secondMoment, this.#order, this.#lossSum]);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** [count, 128]: 0 with probability p, else 1/(1-p); each unit's number is hashed from seed, step and its place. */
function dropoutMask(seed: number, step: number, count: number): tf.Tensor2D {
  const random = new Random(seed, STREAM.dropout, step);
  const keep = () => random.uniform() < DROPOUT ? 0 : 1 / (1 - DROPOUT);
  return tf.tensor2d(Float32Array.from({ length: count * LATENT_SIZE }, keep), [count, LATENT_SIZE]);
}
