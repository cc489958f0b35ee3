/**
 * The classifier of the post: three convolutions that halve the image, and a head on the 128 numbers left.
 * Everything is described here in PyTorch's order, names and layouts; how it is computed is the matter of `network/`.
 */
import { DigitFidError } from "./errors.ts";
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

/** Name of what goes in: images of 32×32 pixels from 0 to 1. */
export const INPUT = "images";
/** Names of what an exported network gives: ten logits, and the 128 numbers that the Fréchet distance reads. */
export const OUTPUTS = ["logits", "latent"] as const;

/** What a layer does. The tensors of those that are trained are `INDEX.weight` and `INDEX.bias`, as in PyTorch. */
export type Operation =
  | { readonly kind: "convolution"; readonly index: number; readonly inputs: number; readonly outputs: number }
  | { readonly kind: "linear"; readonly index: number; readonly inputs: number; readonly outputs: number }
  | { readonly kind: "maxPool" | "averagePool"; readonly window: number }
  | { readonly kind: "relu" | "flatten" };

/** A layer by name: what it does, to what, and what that gives. Flattening is channel-major. */
export type Layer = Operation & {
  /** Such as `pool3`, `latent` or `logits`; also stands for the output. */
  readonly name: string;
  /** {@linkcode INPUT}, or the name of the layer that feeds this one. */
  readonly input: string;
  /** Of the output for one image, channels first. */
  readonly shape: readonly number[];
};

/**
 * The network as it classifies, in an order in which it can be computed; training drops units of `flatten`. Everything
 * that computes, trains, stores or exports the network follows from this list.
 *
 * `latent` is no part of the classifier itself: it is convolution 3 before its ReLU, average-pooled 4×4
 * (`latent_maps`) and flattened, the 128 numbers that the Fréchet distance reads.
 */
export function operationsOf(arch: Arch): Layer[] {
  const layers: Layer[] = [];
  const add = (name: string, input: string, shape: readonly number[], operation: Operation) => {
    layers.push({ name, input, shape, ...operation });
    return name;
  };

  let maps = INPUT;
  for (const [i, { index, inputs, outputs, size, pool }] of CONVOLUTIONS.entries()) {
    const [whole, pooled] = [size, size / pool].map((side) => [outputs, side, side]);
    const convolution = add(`conv${i + 1}`, maps, whole, { kind: "convolution", index, inputs, outputs });
    const relu = add(`relu${i + 1}`, convolution, whole, { kind: "relu" });
    maps = add(`pool${i + 1}`, relu, pooled, { kind: pool === 2 ? "maxPool" : "averagePool", window: pool });
  }
  add("latent_maps", "conv3", [LATENT_SIZE / 4, 2, 2], { kind: "averagePool", window: 4 });
  add("latent", "latent_maps", [LATENT_SIZE], { kind: "flatten" });

  let units = add("flatten", maps, [LATENT_SIZE], { kind: "flatten" });
  for (const [i, outputs] of HEAD[arch].slice(1).entries()) {
    const last = i === HEAD[arch].length - 2;
    const linear = { kind: "linear", index: 11 + 2 * i, inputs: HEAD[arch][i], outputs } as const;
    units = add(last ? "logits" : `fc${i + 1}`, units, [outputs], linear);
    if (!last) units = add(`fc${i + 1}_relu`, units, [outputs], { kind: "relu" });
  }
  return layers;
}

/** The layers whose outputs can be asked for, in order. */
export function layersOf(arch: Arch): Layer[] {
  return operationsOf(arch).filter(({ name }) => name !== "latent_maps");
}

/** The layer of a name. @throws DigitFidError if there is none */
export function layerNamed(arch: Arch, name: string): Layer {
  const layers = layersOf(arch);
  const layer = layers.find((layer) => layer.name === name);
  if (layer) return layer;
  throw new DigitFidError(`no layer "${name}": there are ${layers.map(({ name }) => name).join(", ")}`);
}

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
  for (const layer of operationsOf(arch)) {
    if (!("index" in layer)) continue;
    const { kind, index, inputs, outputs } = layer;
    const window = kind === "convolution" ? [3, 3] : [];
    const fanIn = sizeOf([inputs, ...window]);
    for (const [part, shape] of [["weight", [outputs, inputs, ...window]], ["bias", [outputs]]] as const) {
      parameters.push({ name: `${index}.${part}`, shape, offset, size: sizeOf(shape), fanIn });
      offset += sizeOf(shape);
    }
  }
  return parameters;
}

/** How many numbers an array of this shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
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
