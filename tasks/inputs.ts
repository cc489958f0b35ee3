/** The flags that say what a task reads, and how they are followed. */
import { resolve } from "node:path";
import { defaultDataDirectory, type LabelledImages, loadMnist, type Split } from "../lib/dataset.ts";
import { createNetwork } from "../lib/create_network.ts";
import { UsageError } from "../lib/errors.ts";
import { readWeights } from "../lib/formats/weights_file.ts";
import type { Kernels, Network } from "../lib/network.ts";
import { choice, path, toggle, type Values } from "./flags.ts";

/** Where the images are. */
export const DATA_FLAGS = {
  data: path("folder with the data set as IDX files (DIGIT_FID_DATA, else MNIST)", undefined, "DIR"),
  transpose: toggle("swap rows and columns of the images, as EMNIST needs"),
};

/** How the network is computed. */
export const KERNELS_FLAG = {
  kernels: choice<Kernels>("own kernels, or tfjs's operations", "fused", ["fused", "stock"]),
};

/** Which trained network, and how it is computed. */
export const NETWORK_FLAGS = {
  weights: path("safetensors with the trained network, our own or PyTorch's", undefined, "FILE"),
  ...KERNELS_FLAG,
};

/** The absolute path of the data set: what the flag or the environment says, or MNIST's. */
export function dataDirectory({ data }: Values<typeof DATA_FLAGS>): string {
  return resolve(data ?? (Deno.env.get("DIGIT_FID_DATA") || defaultDataDirectory()));
}

/** Reads the images of a split. */
export function loadImages(values: Values<typeof DATA_FLAGS>, split: Split): Promise<LabelledImages> {
  return loadMnist(dataDirectory(values), split, { transpose: values.transpose });
}

/** The trained network, on the GPU. */
export async function loadNetwork({ weights, kernels }: Values<typeof NETWORK_FLAGS>): Promise<Network> {
  if (weights === undefined) throw new UsageError("--weights is missing: name the file with the trained network");
  const { arch, parameters } = await readWeights(weights);
  return createNetwork(arch, kernels, parameters);
}
