/** What layers put out: a mean for each digit, and the latent of each image. */
import { layerOutputs } from "./outputs.ts";
import type { Images, LabelledImages } from "../data/images.ts";
import { CLASSES, LATENT_SIZE, layerNamed, sizeOf } from "../model.ts";
import type { Network } from "./network.ts";

/** The mean output of one layer over the images of each digit. */
export interface DigitMeans {
  /** Name of the layer. */
  readonly name: string;
  /** 10 × the layer's shape, channels first. */
  readonly shape: readonly number[];
  /** The means, float64; NaN for a digit of which there is no image. */
  readonly means: Float64Array<ArrayBuffer>;
}

/** The layers whose means are shown. */
const SHOWN = ["pool1", "pool2", "pool3"];

/** Means over the images of each digit, of the three pooling layers' outputs. */
export async function digitMeans(network: Network, images: LabelledImages): Promise<DigitMeans[]> {
  const layers = SHOWN.map((name) => layerNamed(network.arch, name));
  const sums = layers.map(({ shape }) => new Float64Array(CLASSES * sizeOf(shape)));
  const counts = new Array<number>(CLASSES).fill(0);
  for await (const { start, count, outputs } of layerOutputs(network, images, SHOWN)) {
    const digits = images.labels.subarray(start, start + count);
    for (const digit of digits) counts[digit]++;
    for (const [i, output] of outputs.entries()) addByDigit(sums[i], output, digits);
  }
  return layers.map(({ name, shape }, i) => {
    const means = sums[i].map((sum, k) => sum / counts[Math.floor(k / sizeOf(shape))]);
    return { name, shape: [CLASSES, ...shape], means };
  });
}

/**
 * The latent of every image, [count, 128] row after row: convolution 3 before its ReLU, average-pooled 4×4, in
 * PyTorch's order (channel, row, column). It is what the Fréchet distance compares.
 */
export async function latents(network: Network, images: Images): Promise<Float32Array<ArrayBuffer>> {
  const all = new Float32Array(images.count * LATENT_SIZE);
  for await (const { start, outputs } of layerOutputs(network, images, ["latent"])) {
    all.set(outputs[0], start * LATENT_SIZE);
  }
  return all;
}

function addByDigit(sums: Float64Array, output: Float32Array, digits: Uint8Array): void {
  const size = output.length / digits.length;
  for (const [i, digit] of digits.entries()) {
    for (let k = 0; k < size; k++) sums[digit * size + k] += output[i * size + k];
  }
}
