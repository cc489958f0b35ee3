/** What the pooling layers put out for each digit, on average. */
import { type Arch, CLASSES, type Layer, layerNamed, sizeOf } from "../model.ts";
import type { OutputBatch, OutputReader } from "./outputs.ts";

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
export const SHOWN: readonly string[] = ["pool1", "pool2", "pool3"];

/** Gathers means over the images of each digit, of the three pooling layers' outputs. */
export class DigitSums implements OutputReader {
  /** The pooling layers. */
  readonly asked = SHOWN;
  #layers: readonly Layer[];
  #sums: readonly Float64Array<ArrayBuffer>[];
  #labels: Uint8Array;
  #counts = new Array<number>(CLASSES).fill(0);

  /** @param labels of all images that will be read */
  constructor(arch: Arch, labels: Uint8Array) {
    this.#layers = SHOWN.map((name) => layerNamed(arch, name));
    this.#sums = this.#layers.map(({ shape }) => new Float64Array(CLASSES * sizeOf(shape)));
    this.#labels = labels;
  }

  /** Adds a batch. */
  read({ start, count, outputs }: OutputBatch): void {
    const digits = this.#labels.subarray(start, start + count);
    for (const digit of digits) this.#counts[digit]++;
    for (const [i, output] of outputs.entries()) addByDigit(this.#sums[i], output, digits);
  }

  /** The means of what was read. */
  means(): DigitMeans[] {
    return this.#layers.map(({ name, shape }, i) => {
      const means = this.#sums[i].map((sum, k) => sum / this.#counts[Math.floor(k / sizeOf(shape))]);
      return { name, shape: [CLASSES, ...shape], means };
    });
  }
}

function addByDigit(sums: Float64Array, output: Float32Array, digits: Uint8Array): void {
  const size = output.length / digits.length;
  for (const [i, digit] of digits.entries()) {
    for (let k = 0; k < size; k++) sums[digit * size + k] += output[i * size + k];
  }
}
