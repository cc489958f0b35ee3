/** Sets of images to score, in whatever form people have them. */
import { imagesOfArray } from "../data/array_images.ts";
import { openImages } from "../data/image_files.ts";
import { IMAGE_FILE_OPTIONS, type ImageFileOptions } from "../data/image_options.ts";
import type { Images } from "../data/images.ts";
import { checkLabels, readLabels } from "../data/labels.ts";
import { defaultDataDirectory, loadMnist, type Split } from "../data/mnist.ts";
import { type ImageSource, type PixelArray, sourceOf } from "../data/sources.ts";
import { DigitFidError } from "../errors.ts";
import type { StoredArray } from "../formats/stored_array.ts";
import { Moments } from "../metrics/moments.ts";
import type { NetworkIdentity } from "../network/identity.ts";
import { type OptionNames, pickOptions } from "../option_names.ts";
import { readIfStatistics, type Statistics } from "./statistics.ts";

/**
 * A set of images: a path, or `mnist-train` or `mnist-test`; pixels of 28×28 images, or images in memory; a source that
 * yields them bit by bit; or statistics of one set. A path may name one set of several statistics: `FILE#NAME`.
 */
export type ImageSet = string | PixelArray | Images | ImageSource | Statistics;

/** How sets of images are to be understood. */
export interface SetOptions extends ImageFileOptions {
  /** Folder with the data set that `mnist-train` and `mnist-test` are of; MNIST's unless given. */
  readonly data?: string;
  /** Whether to swap rows and columns of the data set's images, as EMNIST needs. */
  readonly transposeData?: boolean;
}

/** Their names. */
export const SET_OPTIONS: OptionNames<SetOptions> = { ...IMAGE_FILE_OPTIONS, data: true, transposeData: true };

/** Parts of the data set by the names that stand for them among images. */
export const SPLITS: ReadonlyMap<string, Split> = new Map([["mnist-train", "train"], ["mnist-test", "test"]]);
/** A file with statistics, and maybe which set of them. */
export const STATISTICS = /^(?<file>.+\.safetensors)(?:#(?<set>.+))?$/;

/**
 * Opens a set of images, or statistics of one that the same network gave.
 *
 * @param name what a set that has no name of its own is called in messages
 * @param network that statistics have to be of
 * @throws DigitFidError if it cannot be read, or is no such set
 */
export async function openSet(
  set: ImageSet,
  name: string,
  network: NetworkIdentity,
  options: SetOptions = {},
): Promise<ImageSource | Moments> {
  if (typeof set === "string") return await openNamed(set, network, options);
  if (ArrayBuffer.isView(set)) return await imagesOfArray(arrayOfPixels(set, name), options);
  if (typeof set !== "object" || set === null || !["sets", "pixels", "chunks"].some((field) => field in set)) {
    throw new DigitFidError(`${name}: expected a path, an array of pixels, images or statistics, found none of them`);
  }
  if ("sets" in set) return pickSet(set, undefined, name, network);
  return "pixels" in set ? sourceOf(set, name) : set;
}

/**
 * Images with their classes.
 *
 * @param labels one an image, or the path of a file with them
 * @param name what the images are called in messages
 * @throws DigitFidError if there are more or fewer, one is no digit, or the set is statistics
 */
export async function withLabels(
  set: ImageSource | Moments,
  labels: ArrayLike<number> | string,
  name: string,
): Promise<ImageSource> {
  if (set instanceof Moments) {
    throw new DigitFidError(`${name}: statistics hold no images, so labels are none of theirs`);
  }
  const { count } = set,
    read = typeof labels === "string" ? readLabels(labels, count) : checkLabels(labels, count, name);
  const { description, range, done, files, numbers } = set;
  return {
    ...{ name: set.name, count, description, range, done, files, numbers, labels: await read },
    warnings: set.warnings,
    chunks: () => set.chunks(),
  };
}

async function openNamed(
  path: string,
  network: NetworkIdentity,
  { data, transposeData: transpose, ...options }: SetOptions,
): Promise<ImageSource | Moments> {
  const { file, set } = STATISTICS.exec(path)?.groups ?? {};
  const statistics = file === undefined ? undefined : await readIfStatistics(file);
  if (statistics) return pickSet(statistics, set, file!, network);
  const split = SPLITS.get(path);
  if (split === undefined) return await openImages(path, pickOptions(options, IMAGE_FILE_OPTIONS));
  return sourceOf(await loadMnist(data ?? defaultDataDirectory(), split, { transpose }), path);
}

/** One set of statistics: the one of that name, or the only one. */
function pickSet(
  { network: of, sets }: Statistics,
  name: string | undefined,
  file: string,
  network: NetworkIdentity,
): Moments {
  if (of.sha256 !== network.sha256) {
    const [there, here] = [of, network].map(({ name, sha256 }) => `${name} (SHA-256 ${sha256.slice(0, 12)}…)`);
    throw new DigitFidError(`${file}: statistics of ${there} do not compare with ${here}: take the same network`, {
      remedy: { weights: "FILE" },
    });
  }
  const names = [...sets.keys()];
  const found = sets.get(name ?? (names.length === 1 ? names[0] : ""));
  if (found) return found;
  const choices = names.map((name) => `${file}#${name}`).join(" or ");
  throw new DigitFidError(`${file}: ${name === undefined ? "several sets" : `no set ${name}`}: give ${choices}`);
}

/**
 * Pixels of 28×28 images as an array of that shape.
 *
 * @throws DigitFidError if they are not whole images, or no numbers that pixels come in
 */
export function arrayOfPixels(pixels: PixelArray, name: string): StoredArray {
  const kind = pixels[Symbol.toStringTag]?.replace(/(Clamped)?Array/, "").toLowerCase() ?? "bytes without a type"; // of a Buffer, too
  if (!NUMBERS.test(kind)) {
    throw new DigitFidError(`${name}: expected pixels as integers of up to 32 bits or as floats, found ${kind}`);
  }
  const values = pixels instanceof Uint8ClampedArray
    ? new Uint8Array(pixels)
    : kind === "float16"
    ? new Float32Array(pixels)
    : pixels;
  const area = 28 * 28, count = values.length / area;
  if (!Number.isInteger(count)) {
    throw new DigitFidError(`${name}: ${values.length} pixels are not whole images of 28×28: check the size`);
  }
  return {
    name,
    dtype: kind,
    kind: kind.startsWith("float") ? "float" : "integer",
    shape: [count, 28, 28],
    rows: (from, to) => Promise.resolve(values.subarray(from * area, to * area)),
  };
}

/** What arrays of pixels hold: neither big integers nor bytes of no type. */
const NUMBERS = /^(u?int(8|16|32)|float(16|32|64))$/;
