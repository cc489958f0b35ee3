/** The order in which the convolution kernels read their weights: each kernel's own block, at constant places. */
import { type Arch, CONVOLUTIONS, parametersOf } from "../model.ts";
import { PLANE } from "./convolution.ts";
import { ALIGNMENT } from "./kernel.ts";

/** Where each arranged number comes from among the packed parameters, and each block's place in bytes. */
export interface Arrangement {
  readonly sources: Uint32Array<ArrayBuffer>;
  /** For convolution i and a plane of four outputs: weights [4][inputs][9], then biases [4]. */
  readonly forward: readonly (readonly GPUSize64[])[];
  /** For convolution i and a plane of four inputs: weights [outputs][4][9]; none for the first convolution. */
  readonly backward: readonly (readonly GPUSize64[])[];
}

/** Lays out the blocks, each at an aligned place. */
export function arrangementOf(arch: Arch): Arrangement {
  const sources: number[] = [];
  const block = (numbers: number[]): GPUSize64 => {
    while (sources.length % (ALIGNMENT / 4) !== 0) sources.push(0);
    const offset = sources.length * 4;
    sources.push(...numbers);
    return offset;
  };
  const range = (start: number, length: number) => Array.from({ length }, (_, i) => start + i);
  const offsetOf = (name: string) => parametersOf(arch).find((parameter) => parameter.name === name)!.offset;

  const forward = CONVOLUTIONS.map(({ index, inputs, outputs }) =>
    range(0, outputs / PLANE).map((plane) =>
      block([
        ...range(offsetOf(`${index}.weight`) + plane * PLANE * inputs * 9, PLANE * inputs * 9),
        ...range(offsetOf(`${index}.bias`) + plane * PLANE, PLANE),
      ])
    )
  );
  const backward = CONVOLUTIONS.map(({ index, inputs, outputs }) =>
    range(0, Math.floor(inputs / 4)).map((plane) =>
      block(
        range(0, outputs).flatMap((output) =>
          range(offsetOf(`${index}.weight`) + (output * inputs + plane * 4) * 9, 4 * 9)
        ),
      )
    )
  );
  return { sources: Uint32Array.from(sources), forward, backward };
}

/** Copies the parameters into the arranged order. Bindings: sources, parameters, arranged. */
export function arrangeKernel(length: number): string {
  return `
@group(0) @binding(0) var<storage, read> sources: array<u32>;
@group(0) @binding(1) var<storage, read> parameters: array<f32>;
@group(0) @binding(2) var<storage, read_write> arranged: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < ${length}u) { arranged[id.x] = parameters[sources[id.x]]; }
}`;
}
