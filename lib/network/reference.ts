/** The reference network, by which the scores of different people compare, and networks of one's own in its place. */
import { basename } from "node:path";
import { checkoutPath } from "../checkout.ts";
import { createNetwork } from "./create.ts";
import { DigitFidError } from "../errors.ts";
import { describePath, readFile } from "../formats/files.ts";
import { parseSafetensors } from "../formats/safetensors.ts";
import { openGpu } from "./webgpu/gpu.ts";
import type { Kernels, Network } from "./network.ts";
import { type Weights, weightsFromTensors } from "./weights.ts";

/** Name and version of the reference network: other weights get another version. */
export const REFERENCE = "reference-v1";

/** Which weights they are, so that two scores can be told to compare. */
export interface NetworkIdentity {
  /** {@linkcode REFERENCE}, or the name of the file. */
  readonly name: string;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Weights, and which they are. */
export interface IdentifiedWeights extends Weights {
  /** Which weights they are. */
  readonly identity: NetworkIdentity;
}

/** A network on the GPU, and which it is. */
export interface IdentifiedNetwork {
  /** The network. */
  readonly network: Network;
  /** Which weights it has. */
  readonly identity: NetworkIdentity;
}

/** The reference network's file, which comes with this code. */
export function referencePath(): string {
  return checkoutPath(`weights/${REFERENCE}.safetensors`);
}

/** Statistics of the latents that the reference network gives for MNIST's training and test images. */
export function referenceStatisticsPath(): string {
  return checkoutPath(`weights/${REFERENCE}.stats.safetensors`);
}

/**
 * Reads weights and tells which they are.
 *
 * @param path safetensors, our own or PyTorch's; the reference network's unless told
 * @throws FormatError if the file is damaged or not of such a network
 * @throws DigitFidError if it cannot be read
 */
export async function identifyWeights(path?: string): Promise<IdentifiedWeights> {
  const file = path ?? referencePath();
  if (path === undefined) {
    await describePath(file).catch((cause) => {
      throw new DigitFidError(`no reference network in ${file}: name another network, or get that file`, {
        cause,
        remedy: { weights: "FILE" },
      });
    });
  }
  const bytes = await readFile(file);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const identity = { name: path === undefined ? REFERENCE : basename(path), sha256: hash.toHex() };
  return { ...weightsFromTensors(parseSafetensors(bytes, file).tensors, file), identity };
}

/**
 * Opens the GPU and puts a network on it.
 *
 * @param path safetensors, our own or PyTorch's; the reference network's unless told
 * @param kernels how it is computed
 * @throws FormatError if the file is damaged or not of such a network
 * @throws DigitFidError if it cannot be read, or there is no GPU
 */
export async function loadNetwork(path?: string, kernels: Kernels = "webgpu"): Promise<IdentifiedNetwork> {
  const { arch, parameters, identity } = await identifyWeights(path);
  await openGpu();
  return { network: await createNetwork(arch, kernels, parameters), identity };
}
