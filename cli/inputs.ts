/** The flags that say what a task reads, and how they are followed. */
import { basename, resolve } from "node:path";
import type { LabelledImages } from "../lib/data/images.ts";
import { defaultDataDirectory, loadMnist, type Split } from "../lib/data/mnist.ts";
import { imagesOfBytes } from "../lib/data/image_files.ts";
import type { ImageSource } from "../lib/data/sources.ts";
import { DigitFidError, UsageError } from "../lib/errors.ts";
import { readStandardInput } from "../lib/formats/stored_bytes.ts";
import type { Moments } from "../lib/metrics/moments.ts";
import { openSet, SPLITS, STATISTICS, withLabels } from "../lib/scoring/sets.ts";
import type { Network } from "../lib/network/network.ts";
import type { NetworkIdentity } from "../lib/network/identity.ts";
import { loadNetwork as loadIdentified } from "../lib/network/load.ts";
import { REFERENCE } from "../lib/network/reference.ts";
import { type Computing, KERNELS_FLAGS } from "./kernels.ts";
import { type Flag, path, toggle, type Values } from "./flags.ts";
import { flagsOfSide, type IMAGE_FLAGS, imageOptions, type Side } from "./image_flags.ts";
import type { Output } from "./output.ts";
import { inWords } from "./remedy.ts";

/** Stands for standard input among images. */
const STANDARD_INPUT = "-";

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
  return {
    help,
    placeholder: "IMAGES",
    expected: "mnist-train, mnist-test, a path, or - for standard input",
    default: fallback,
    read,
  };
}

/** The absolute path of the data set: what the flag or the environment says, or MNIST's. */
export function dataDirectory({ data }: Values<typeof DATA_FLAGS>): string {
  return resolve(data ?? (Deno.env.get("DIGIT_FID_DATA") || defaultDataDirectory()));
}

/** The files that {@linkcode loadNetwork} may read: none for the reference network, which comes with the code. */
export function networkFiles({ weights }: Pick<Values<typeof NETWORK_FLAGS>, "weights">): string[] {
  return weights === undefined ? [] : [weights];
}

/** The files that a set of images is read from, besides the data set: the path as it stands, or up to its last `#`. */
export function setFiles(input: string): string[] {
  if (SPLITS.has(input) || input === STANDARD_INPUT) return [];
  return [input, ...input.includes("#") ? [input.slice(0, input.lastIndexOf("#"))] : []];
}

/**
 * Opens one of the two sets of a score.
 *
 * @param input `mnist-train`, `mnist-test`, a path, `-` for standard input, or `FILE#NAME` for one among several
 * @throws DigitFidError if it cannot be read; the flags that it advises are those of the side
 */
export async function openSide(
  input: string,
  side: Side,
  values: Values<typeof DATA_FLAGS & typeof IMAGE_FLAGS>,
  network: NetworkIdentity,
): Promise<ImageSource | Moments> {
  const [sided] = flagsOfSide(values, side);
  if (sided && SPLITS.has(input)) throw new UsageError(`--${sided} is for images in files, and ${input} is none`);
  const options = { ...imageOptions(values, side), data: dataDirectory(values), transposeData: values.transpose };
  try {
    const set = input === STANDARD_INPUT
      ? await imagesOfBytes(await readStandardInput(), options)
      : await openSet(input, input, network, options);
    return side === "real" || values.labels === undefined ? set : await withLabels(set, values.labels, input);
  } catch (error) {
    throw error instanceof DigitFidError ? new DigitFidError(inWords(error, side), { cause: error }) : error;
  }
}

/** What a set was taken as. */
export function showSet({ name, count, description }: ImageSource): string {
  return `${name}: ${count} image${count === 1 ? "" : "s"}, ${description}`;
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
  if (input === STANDARD_INPUT) return "stdin";
  return SPLITS.get(input) ?? STATISTICS.exec(input)?.groups?.set ?? basename(input).replace(/(?<=.)\..*$/, "");
}
