/** Networks ready to compute: the reference network, or one of one's own in its place. */
import { basename } from "node:path";
import { readFile } from "../formats/files.ts";
import { parseSafetensors } from "../formats/safetensors.ts";
import { checkOptionNames, type OptionNames } from "../option_names.ts";
import { createNetwork } from "./create.ts";
import { type IdentifiedWeights, type NetworkIdentity, sha256 } from "./identity.ts";
import type { Kernels, Network } from "./network.ts";
import { referenceWeights } from "./reference.ts";
import { weightsFromTensors } from "./weights.ts";

/** Which network, and how it is computed. */
export interface LoadOptions {
  /** Path of a safetensors file, our own or PyTorch's; the reference network unless given. */
  readonly weights?: string;
  /** What computes it; `cpu` unless given, which gives the same bits on every machine. */
  readonly kernels?: Kernels;
  /** Threads of the CPU kernels: one for each processor unless given. They change no bit of a result. */
  readonly threads?: number;
}

const LOAD_OPTIONS: OptionNames<LoadOptions> = { weights: true, kernels: true, threads: true };

/** A network, and which it is; `using` frees it at the end of the scope. */
export interface LoadedNetwork extends Disposable {
  /** The network. */
  readonly network: Network;
  /** Which weights it has. */
  readonly identity: NetworkIdentity;
}

/**
 * Reads weights and says which they are.
 *
 * @param path safetensors, our own or PyTorch's; the reference network's unless given
 * @throws FormatError if the file is damaged or not of such a network
 * @throws DigitFidError if it cannot be read
 */
export async function identifyWeights(path?: string): Promise<IdentifiedWeights> {
  if (path === undefined) return await referenceWeights();
  const bytes = await readFile(path);
  const identity = { name: basename(path), sha256: await sha256(bytes) };
  return { ...weightsFromTensors(parseSafetensors(bytes, path).tensors, path), identity };
}

/**
 * Makes a network ready to compute.
 *
 * @throws FormatError if the file is damaged or not of such a network
 * @throws DigitFidError if it cannot be read, what is to compute it is not there, or an option is unknown
 */
export async function loadNetwork(options: LoadOptions = {}): Promise<LoadedNetwork> {
  checkOptionNames(options, LOAD_OPTIONS, "loadNetwork");
  const { weights, ...computing } = options;
  return await startNetwork(await identifyWeights(weights), computing);
}

/**
 * As {@linkcode loadNetwork}, of weights that are there.
 *
 * @throws DigitFidError if what is to compute it is not there
 */
export async function startNetwork(
  { arch, parameters, identity }: IdentifiedWeights,
  { kernels = "cpu", threads }: Omit<LoadOptions, "weights"> = {},
): Promise<LoadedNetwork> {
  const network = await createNetwork(arch, kernels, parameters, { threads });
  return { network, identity, [Symbol.dispose]: () => network.dispose() };
}
