/**
 * The classifier of the post: three convolutions that halve the image, and a head on the 128 numbers left.
 * Everything is described here in PyTorch's order, names and layouts; how it is computed is `network.ts`'s matter.
 */
import { Random, STREAM } from "./random.ts";

/** Which head stands on the backbone: 128→64→32→10 (`mlp`) or 128→10 (`linear`). */
export type Arch = "mlp" | "linear";

/** Side of the square input image in pixels: 28 and a border of 2. */
export const IMAGE_SIZE = 32;
/** Number of classes, the ten digits. */
export const CLASSES = 10;
/** Width of the latent: 32 maps of 2×2. */
export const LATENT_SIZE = 128;
/** Probability that training drops a latent unit. */
export const DROPOUT = 0.5;

/** The backbone's 3×3 "same" convolutions; `size` is the side of the input, `pool` of the pooling window after it. */
export const CONVOLUTIONS = [
  { index: 0, inputs: 1, outputs: 8, size: 32, pool: 2 },
  { index: 3, inputs: 8, outputs: 16, size: 16, pool: 2 },
  { index: 6, inputs: 16, outputs: 32, size: 8, pool: 4 },
] as const;

/** Widths of the linear layers of a head, from the latent to the logits. */
export const HEAD: Record<Arch, readonly number[]> = { mlp: [128, 64, 32, 10], linear: [128, 10] };

/** One trained tensor: its PyTorch name (`0.weight`), its shape (OIHW or [out, in]) and its place among all. */
export interface Parameter {
  /** PyTorch's name. */
  readonly name: string;
  /** Sizes of the dimensions. */
  readonly shape: readonly number[];
  /** First element within the packed parameters. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;
  /** Inputs that feed one output, which sets the range of the initial values. */
  readonly fanIn: number;
}

/** The trained tensors of an architecture, in PyTorch's order: together they fill one packed Float32Array. */
export function parametersOf(arch: Arch): Parameter[] {
  const parameters: Parameter[] = [];
  let offset = 0;
  const add = (name: string, shape: number[], fanIn: number) => {
    const size = shape.reduce((a, b) => a * b);
    parameters.push({ name, shape, offset, size, fanIn });
    offset += size;
  };
  for (const { index, inputs, outputs } of CONVOLUTIONS) {
    add(`${index}.weight`, [outputs, inputs, 3, 3], inputs * 9);
    add(`${index}.bias`, [outputs], inputs * 9);
  }
  for (const [i, inputs] of HEAD[arch].slice(0, -1).entries()) {
    const outputs = HEAD[arch][i + 1];
    add(`${11 + 2 * i}.weight`, [outputs, inputs], inputs);
    add(`${11 + 2 * i}.bias`, [outputs], inputs);
  }
  return parameters;
}

/** How many numbers an architecture trains: 16,554 for `mlp`, 7,178 for `linear`. */
export function parameterCount(arch: Arch): number {
  return parametersOf(arch).reduce((sum, p) => sum + p.size, 0);
}

/** Fresh packed parameters as PyTorch draws them: uniform in ±1/√fanIn, weights and biases alike. */
export function initialParameters(arch: Arch, seed: number): Float32Array<ArrayBuffer> {
  const packed = new Float32Array(parameterCount(arch));
  for (const [i, { offset, size, fanIn }] of parametersOf(arch).entries()) {
    const random = new Random(seed, STREAM.parameters, i);
    for (let k = 0; k < size; k++) packed[offset + k] = (2 * random.uniform() - 1) / Math.sqrt(fanIn);
  }
  return packed;
}

/** A layer whose output can be asked for, and the shape of that output for one image (channels first). */
export interface Layer {
  /** Such as `pool3`, `latent` or `logits`. */
  readonly name: string;
  /** Of the output for one image. */
  readonly shape: readonly number[];
}

/**
 * Every layer by name, in order. `latent` is no layer of the classifier itself: it is convolution 3 before its ReLU,
 * average-pooled 4×4 and flattened channel-major, the 128 numbers that the Fréchet distance reads.
 */
export function layersOf(arch: Arch): Layer[] {
  const backbone = CONVOLUTIONS.flatMap(({ outputs, size, pool }, i) => [
    { name: `conv${i + 1}`, shape: [outputs, size, size] },
    { name: `relu${i + 1}`, shape: [outputs, size, size] },
    { name: `pool${i + 1}`, shape: [outputs, size / pool, size / pool] },
  ]);
  const hidden = HEAD[arch].slice(1, -1).flatMap((width, i) => [
    { name: `fc${i + 1}`, shape: [width] },
    { name: `fc${i + 1}_relu`, shape: [width] },
  ]);
  return [
    ...backbone,
    { name: "latent", shape: [LATENT_SIZE] },
    { name: "flatten", shape: [LATENT_SIZE] },
    ...hidden,
    { name: "logits", shape: [CLASSES] },
  ];
}
