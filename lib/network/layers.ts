/** The classifier as other programs are told it: operations by name, each fed by one before it. */
import { type Arch, CONVOLUTIONS, HEAD } from "../model.ts";

/** Name of what goes in: images of 32×32 pixels from 0 to 1. */
export const INPUT = "images";
/** Names of what comes out: ten logits, and the 128 numbers that the Fréchet distance reads. */
export const OUTPUTS = ["logits", "latent"] as const;

/** What an operation does; the tensors of those that have weights are `INDEX.weight` and `INDEX.bias`, as in PyTorch. */
export type Kind =
  | { readonly kind: "convolution" | "linear"; readonly index: number; readonly outputs: number }
  | { readonly kind: "maxPool" | "averagePool"; readonly window: number }
  | { readonly kind: "relu" | "flatten" };

/** One operation, by the name of the layer whose output it gives (`layersOf`). Flattening is channel-major. */
export type Operation = Kind & {
  /** Such as `conv1`; also stands for the output. */
  readonly name: string;
  /** {@linkcode INPUT}, or the name of the operation that feeds this one. */
  readonly input: string;
};

/** The network for inference, in an order in which it can be computed: dropout has no part in that. */
export function operationsOf(arch: Arch): Operation[] {
  const operations: Operation[] = [];
  const add = (name: string, input: string, kind: Kind) => {
    operations.push({ name, input, ...kind });
    return name;
  };

  let maps = INPUT;
  for (const [i, { index, outputs, pool }] of CONVOLUTIONS.entries()) {
    const convolution = add(`conv${i + 1}`, maps, { kind: "convolution", index, outputs });
    const relu = add(`relu${i + 1}`, convolution, { kind: "relu" });
    maps = add(`pool${i + 1}`, relu, { kind: pool === 2 ? "maxPool" : "averagePool", window: pool });
  }
  add("latent", add("latent_maps", "conv3", { kind: "averagePool", window: 4 }), { kind: "flatten" });

  let units = add("flatten", maps, { kind: "flatten" });
  const last = HEAD[arch].length - 2;
  for (let i = 0; i <= last; i++) {
    const name = i === last ? "logits" : `fc${i + 1}`;
    units = add(name, units, { kind: "linear", index: 11 + 2 * i, outputs: HEAD[arch][i + 1] });
    if (i < last) units = add(`${name}_relu`, units, { kind: "relu" });
  }
  return operations;
}
