/** Weighted sums of a layer's output: asked for in its place where no more is wanted, as they are far fewer numbers. */
import { type Arch, layerNamed, sizeOf } from "../model.ts";

/** Sums of one layer's output, each with weights of its own. */
export interface LayerSums {
  /** The layer. */
  readonly layer: string;
  /** How many sums an image. */
  readonly sums: number;
  /** `outputs of the layer × sums`, row by row. */
  readonly weights: Float32Array;
}

/** What can be asked of a network: a layer by its name, or sums of one. */
export type Asked = string | LayerSums;

/** Numbers an image. @throws DigitFidError if there is no such layer */
export function widthOf(arch: Arch, asked: Asked): number {
  return typeof asked === "string" ? sizeOf(layerNamed(arch, asked).shape) : asked.sums;
}

/** Names of the layers that what is asked for is read from. */
export function layersAsked(asked: readonly Asked[]): string[] {
  return asked.map((each) => typeof each === "string" ? each : each.layer);
}

/** What is asked for, from the outputs of its layers. */
export function fromLayers(asked: readonly Asked[], outputs: readonly Float32Array[]): Float32Array[] {
  return asked.map((each, i) => typeof each === "string" ? outputs[i] : sumsOf(each, outputs[i]));
}

function sumsOf({ sums, weights }: LayerSums, rows: Float32Array): Float32Array {
  const width = weights.length / sums;
  const found = new Float32Array(rows.length / width * sums);
  for (let at = 0; at < found.length; at++) {
    const sum = at % sums, row = (at - sum) / sums * width;
    let total = 0;
    for (let k = 0; k < width; k++) total += rows[row + k] * weights[k * sums + sum];
    found[at] = total;
  }
  return found;
}
