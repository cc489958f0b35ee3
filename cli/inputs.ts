/** The flags that say what a task reads, and how they are followed. */
import { basename, resolve } from "node:path";
import type { LabelledImages } from "../lib/data/images.ts";
import { defaultDataDirectory, loadMnist, type Split } from "../lib/data/mnist.ts";
import type { ImageFileOptions } from "../lib/data/image_files.ts";
import type { PixelRange } from "../lib/data/sources.ts";
import { SPLITS, STATISTICS } from "../lib/scoring/sets.ts";
import type { Network } from "../lib/network/network.ts";
import type { NetworkIdentity } from "../lib/network/identity.ts";
import { loadNetwork as loadIdentified } from "../lib/network/load.ts";
import { REFERENCE } from "../lib/network/reference.ts";
import { type Computing, KERNELS_FLAGS } from "./kernels.ts";
import { type Flag, path, toggle, type Values } from "./flags.ts";
import type { Output } from "./output.ts";

const RANGES: readonly PixelRange[] = ["byte", "unit", "signed"];

/** Where the images are. */
export const DATA_FLAGS = {
  data: path("folder with the data set as IDX files (DIGIT_FID_DATA, else MNIST)", undefined, "DIR"),
  transpose: toggle("swap rows and columns of the images, as EMNIST needs"),
};

/** Which trained network, and how it is computed. */
export const NETWORK_FLAGS = {
  weights: path(`safetensors with the trained network, our own or PyTorch's (${REFERENCE})`, undefined, "FILE"),
  ...KERNELS_FLAGS,
};

/** A flag with a set of images, or statistics of one. */
export function images<D extends string | undefined>(help: string, fallback: D): Flag<string | D> {
  const read = (text: string) => text || undefined;
  return { help, placeholder: "IMAGES", expected: "mnist-train, mnist-test or a path", default: fallback, read };
}

/** How images are to be understood. */
export const IMAGE_FLAGS: { range: Flag<PixelRange | undefined>; grid: Flag<ImageFileOptions["grid"]> } = {
  range: {
    help: "black and white in .npy files: 0 and 255, 0 and 1, or -1 and 1 (inferred)",
    placeholder: RANGES.join("|"),
    expected: RANGES.join(" or "),
    default: undefined,
    read: (text) => RANGES.find((range) => range === text),
  },
  grid: {
    help: "images across and down in a .png file, such as 10x10",
    placeholder: "NxN",
    expected: "two numbers, such as 10x10",
    default: undefined,
    read(text) {
      const [, columns, rows] = /^([1-9]\d{0,3})x([1-9]\d{0,3})$/.exec(text) ?? [];
      return columns ? { columns: Number(columns), rows: Number(rows) } : undefined;
    },
  },
};

/** The absolute path of the data set: what the flag or the environment says, or MNIST's. */
export function dataDirectory({ data }: Values<typeof DATA_FLAGS>): string {
  return resolve(data ?? (Deno.env.get("DIGIT_FID_DATA") || defaultDataDirectory()));
}

/** The files that {@linkcode loadNetwork} may read: none for the reference network, which comes with the code. */
export function networkFiles({ weights }: Pick<Values<typeof NETWORK_FLAGS>, "weights">): string[] {
  return weights === undefined ? [] : [weights];
}

/** The files that a set of images is read from, besides the data set. */
export function setFiles(input: string): string[] {
  return SPLITS.has(input) ? [] : [STATISTICS.exec(input)?.groups?.file ?? input];
}

/** Reads the images of a split. */
export function loadImages(values: Values<typeof DATA_FLAGS>, split: Split): Promise<LabelledImages> {
  return loadMnist(dataDirectory(values), split, { transpose: values.transpose });
}

/** The trained network: the reference network unless another is named. Says which it is. */
export async function loadNetwork(
  { weights }: Pick<Values<typeof NETWORK_FLAGS>, "weights">,
  computing: Computing,
  output: Output,
): Promise<Network> {
  const { network, identity } = await loadIdentified({ weights, ...computing });
  output.note(showIdentity(identity));
  return network;
}

/** A network's name and the beginning of its hash. */
export function showIdentity({ name, sha256 }: NetworkIdentity): string {
  return `${name} (SHA-256 ${sha256.slice(0, 12)}…)`;
}

/** What a set is called among statistics: `train`, `test`, its name there, or the file's name without its ending. */
export function setName(input: string): string {
  return SPLITS.get(input) ?? STATISTICS.exec(input)?.groups?.set ?? basename(input).replace(/(?<=.)\..*$/, "");
}
