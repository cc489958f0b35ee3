/** What the tests of networks share: which kernels to test and how far, the data, and PyTorch's numbers to match. */
import { assert } from "@std/assert";
import { createNetwork } from "../../lib/network/create.ts";
import { readWeights } from "../../lib/network/weights_file.ts";
import type { Arch } from "../../lib/model.ts";
import type { Kernels, Network } from "../../lib/network/network.ts";

/** Whether to run what takes tfjs's own operations minutes on a software adapter. */
const FULL = Deno.env.get("DIGIT_FID_FULL") === "1";
/** Whether to run only what is quick: our own kernels, on a few images. */
export const FAST = Deno.env.get("DIGIT_FID_FAST") === "1";

/** How far to hold kernels to PyTorch. */
export interface Extent {
  readonly kernels: Kernels;
  /** How many Adam steps to follow, by head. */
  readonly steps: { readonly [A in Arch]?: number };
  /** Whether to go through all 10,000 test images. */
  readonly testSet: boolean;
}

const EVERY_STEP = { mlp: 199, linear: 199 };

/**
 * The kernels under test. Our own follow one head beyond the plateau that training leaves at step 60; the head makes no
 * difference to that. tfjs's own operations take ten seconds a step on a software adapter: one step is compared here,
 * and three, of smaller batches, element by element by the tests of trainers.
 */
export const SUITE: readonly Extent[] = [
  {
    kernels: "webgpu" as const,
    steps: FULL ? EVERY_STEP : FAST ? { mlp: 5, linear: 5 } : { mlp: 100, linear: 20 },
    testSet: !FAST,
  },
  { kernels: "stock" as const, steps: FULL ? EVERY_STEP : { mlp: 1 }, testSet: FULL },
].filter(({ kernels }) => !FAST || kernels !== "stock");

/** Both heads. */
export const ARCHS: readonly Arch[] = ["mlp", "linear"];

/** The numbers of `torch-{arch}.json` that the tests use. */
export interface Reference {
  readonly parameters: number;
  readonly loss: number;
  readonly logits_first4: number[][];
  readonly "adam_lr1e-3_losses": { readonly steps: Record<string, number> };
  readonly after_200_steps: { readonly val_loss: number; readonly val_accuracy: number };
  /** By PyTorch's index of the pooling layer: 2, 5, 8. */
  readonly activation_means_digits_0_and_4: Record<string, { readonly mean_over_digit_and_map: number[][] }>;
  readonly latent: { readonly mean_first8: number[]; readonly std_first8_ddof1: number[] };
  readonly fid_test_first5000_vs_last5000: number;
  readonly fid_test_first5000_vs_same_inverted_1_minus_padded: number;
}

/** Reads PyTorch's numbers. */
export async function reference(arch: Arch): Promise<Reference> {
  return JSON.parse(await Deno.readTextFile(referencePath(`torch-${arch}.json`)));
}

/** Packed tensors of `torch-{arch}-{which}.safetensors`: weights, or gradients by the weights' names. */
export async function referenceTensors(arch: Arch, which: "init" | "grads" | "step200"): Promise<Float32Array> {
  return (await readWeights(referencePath(`torch-${arch}-${which}.safetensors`))).parameters;
}

/** Path of a file with PyTorch's numbers. */
export function referencePath(name: string): string {
  return new URL(`../torch/${name}`, import.meta.url).pathname;
}

/** Runs a test on a network, and frees it. */
export async function withNetwork(
  arch: Arch,
  kernels: Kernels,
  parameters: Float32Array,
  test: (network: Network) => Promise<void>,
): Promise<void> {
  const network = await createNetwork(arch, kernels, parameters);
  try {
    await test(network);
  } finally {
    network.dispose();
  }
}

/** Fails unless all differences are within `tolerance` times the largest expected magnitude. */
export function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string) {
  assert(actual.length === expected.length, `${what}: ${actual.length} values instead of ${expected.length}`);
  const largest = Math.max(...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(value - actual[i])));
  assert(worst <= tolerance * largest, `${what}: off by ${worst / largest} of the largest entry`);
}
