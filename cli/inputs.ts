/** The flags that say what a task reads, and how they are followed. */
import { basename, dirname, resolve } from "node:path";
import type { LabelledImages } from "../lib/data/images.ts";
import { defaultDataDirectory, loadMnist, type Split } from "../lib/data/mnist.ts";
import { DigitFidError } from "../lib/errors.ts";
import { type ImageFileOptions, openImages } from "../lib/data/image_files.ts";
import { readStatistics } from "../lib/scoring/statistics.ts";
import { type ImageSource, type PixelRange, sourceOf } from "../lib/data/sources.ts";
import type { Moments } from "../lib/metrics/moments.ts";
import { KERNELS, type Kernels, kernelsNamed, type Network } from "../lib/network/network.ts";
import {
  loadNetwork as loadIdentified,
  type NetworkIdentity,
  REFERENCE,
  referencePath,
} from "../lib/network/reference.ts";
import { choice, type Flag, path, toggle, type Values } from "./flags.ts";
import type { Output } from "./output.ts";

/** Parts of the data set by the names that stand for them among images. */
const SPLITS: ReadonlyMap<string, Split> = new Map([["mnist-train", "train"], ["mnist-test", "test"]]);
/** A file with statistics, and maybe which set of them. */
const STATISTICS = /^(?<file>.+\.safetensors)(?:#(?<set>.+))?$/;
const RANGES: readonly PixelRange[] = ["byte", "unit", "signed"];

/** Where the images are. */
export const DATA_FLAGS = {
  data: path("folder with the data set as IDX files (DIGIT_FID_DATA, else MNIST)", undefined, "DIR"),
  transpose: toggle("swap rows and columns of the images, as EMNIST needs"),
};

/** How the network is computed. */
export const KERNELS_FLAG = {
  kernels: { ...choice<Kernels>("own kernels, or tfjs's operations", "webgpu", KERNELS), read: kernelsNamed },
};

/** Which trained network, and how it is computed. */
export const NETWORK_FLAGS = {
  weights: path(`safetensors with the trained network, our own or PyTorch's (${REFERENCE})`, undefined, "FILE"),
  ...KERNELS_FLAG,
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

/** The files that {@linkcode loadNetwork} may read: those given, or the reference network with what is beside it. */
export function networkFiles({ weights }: Pick<Values<typeof NETWORK_FLAGS>, "weights">): string[] {
  return [weights ?? dirname(referencePath())];
}

/** The files that {@linkcode openSet} may read besides the data set. */
export function setFiles(input: string): string[] {
  return SPLITS.has(input) ? [] : [STATISTICS.exec(input)?.groups?.file ?? input];
}

/** Reads the images of a split. */
export function loadImages(values: Values<typeof DATA_FLAGS>, split: Split): Promise<LabelledImages> {
  return loadMnist(dataDirectory(values), split, { transpose: values.transpose });
}

/** The trained network, on the GPU: the reference network unless another is named. Says which it is. */
export async function loadNetwork(
  { weights, kernels }: Values<typeof NETWORK_FLAGS>,
  output: Output,
): Promise<Network> {
  const { network, identity } = await loadIdentified(weights, kernels);
  output.note(showIdentity(identity));
  return network;
}

/** A network's name and the beginning of its hash. */
export function showIdentity({ name, sha256 }: NetworkIdentity): string {
  return `${name} (SHA-256 ${sha256.slice(0, 12)}…)`;
}

/**
 * Opens a set of images, or statistics of one that the same network gave.
 *
 * @param input `mnist-train`, `mnist-test`, a path, or `FILE#NAME` for one set among the statistics in a file
 */
export async function openSet(
  input: string,
  values: Values<typeof DATA_FLAGS & typeof IMAGE_FLAGS>,
  network: NetworkIdentity,
): Promise<ImageSource | Moments> {
  const { file, set } = STATISTICS.exec(input)?.groups ?? {};
  if (file !== undefined) return await openStatistics(file, set, network);
  const split = SPLITS.get(input);
  return split ? sourceOf(await loadImages(values, split), input) : await openImages(input, values);
}

/** What a set is called among statistics: `train`, `test`, its name there, or the file's name without its ending. */
export function setName(input: string): string {
  return SPLITS.get(input) ?? STATISTICS.exec(input)?.groups?.set ?? basename(input).replace(/(?<=.)\..*$/, "");
}

async function openStatistics(file: string, set: string | undefined, network: NetworkIdentity): Promise<Moments> {
  const { network: of, sets } = await readStatistics(file);
  if (of.sha256 !== network.sha256) {
    const [there, here] = [of, network].map(showIdentity);
    throw new DigitFidError(`${file}: statistics of ${there} do not compare with ${here}: take the same network`, {
      remedy: { weights: "FILE" },
    });
  }
  const names = [...sets.keys()];
  const found = sets.get(set ?? (names.length === 1 ? names[0] : ""));
  if (found) return found;
  const choices = names.map((name) => `${file}#${name}`).join(" or ");
  throw new DigitFidError(`${file}: ${set === undefined ? "several sets" : `no set ${set}`}: give ${choices}`);
}
