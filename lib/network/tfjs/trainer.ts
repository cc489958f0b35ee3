/** Training by tfjs's own operations. */
import * as tf from "@tensorflow/tfjs";
import { type Arch, DROPOUT, LATENT_SIZE } from "../../model.ts";
import { Random, STREAM } from "../../random.ts";
import { ADAM } from "../adam.ts";
import { type AdamState, labelsOf, type Trainer, type TrainerOptions } from "../network.ts";
import type { GpuImages } from "../webgpu/images.ts";
import { lossAndGradient } from "./loss.ts";
import { orderTensor, readAndDispose, variable } from "./tensors.ts";

/** Trains the network whose parameters it is given. */
export class StockTrainer implements Trainer {
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
