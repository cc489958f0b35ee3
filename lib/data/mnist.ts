/** MNIST, and data sets in the same files, from a folder. */
import { join } from "node:path";
import { checkoutPath } from "../checkout.ts";
import { DigitFidError } from "../errors.ts";
import type { Images, LabelledImages } from "./images.ts";
import { transposed } from "./prepare.ts";
import { listFiles } from "../formats/files.ts";
import { readIdx } from "./idx_file.ts";
import { showShape } from "../formats/shape.ts";
import { type IdxArray, IdxError } from "../idx.ts";
import { CLASSES } from "../model.ts";
import { checkOptionNames } from "../option_names.ts";

/** The part of a data set: the one to train on, or the one held back. */
export type Split = "train" | "test";

/** How the files of each split are called; EMNIST says `test`. */
const SPLIT_NAMES: Record<Split, string> = { train: "train", test: "t10k|test" };

/**
 * The folder with MNIST that comes with this code.
 *
 * @throws DigitFidError if the code was not loaded from a disk
 */
export function defaultDataDirectory(): string {
  if (import.meta.url.startsWith("file:")) return checkoutPath("data/mnist");
  throw new DigitFidError("MNIST's images lie on no disk here: name a folder with them, or score against statistics", {
    remedy: { data: "DIR" },
  });
}

/**
 * Reads a split of MNIST, or of a data set in the same files: Fashion-MNIST, KMNIST, EMNIST's digits. The files may be
 * packed with gzip or not, may be spelled `train-images-idx3-ubyte` or `train-images.idx3-ubyte`, and may have a word
 * before that (`emnist-digits-`).
 *
 * @param options `transpose`: swap rows and columns of each image, which is how EMNIST stores them
 * @throws IdxError if a file breaks the rules of IDX, or does not hold images or labels of digits
 * @throws DigitFidError if a file is missing, there are several, one cannot be read, or an option is unknown
 */
export async function loadMnist(
  directory: string,
  split: Split,
  options: { transpose?: boolean } = {},
): Promise<LabelledImages> {
  checkOptionNames<typeof options>(options, { transpose: true }, "loadMnist");
  const names = await listFiles(directory).catch((cause: Error) => {
    throw new DigitFidError(`${cause.message}: name the folder with the data set`, { cause, remedy: { data: "DIR" } });
  });
  const imagesFile = join(directory, findFile(names, directory, split, "images-idx3-ubyte"));
  const labelsFile = join(directory, findFile(names, directory, split, "labels-idx1-ubyte"));
  const images = imagesFromIdx(await readIdx(imagesFile), imagesFile);
  const labels = labelsFromIdx(await readIdx(labelsFile), labelsFile, images.count);
  const pixels = options.transpose ? transposed(images.pixels, images.size) : images.pixels;
  return { ...images, pixels, labels };
}

/**
 * Takes an IDX array as images.
 *
 * @param file where it comes from, for messages
 * @throws IdxError if it is not N×28×28 or N×32×32 bytes with N at least 1
 */
export function imagesFromIdx({ shape, data }: IdxArray, file: string): Images {
  const [count, size] = shape;
  if (!(data instanceof Uint8Array)) throw new IdxError(file, 2, "uint8 pixels (0x08)", data.constructor.name);
  if (shape.length !== 3) throw new IdxError(file, 3, "rank 3 (images × rows × columns)", `rank ${shape.length}`);
  if (count === 0) throw new IdxError(file, 4, "at least one image", "none");
  if ((size !== 28 && size !== 32) || shape[2] !== size) {
    throw new IdxError(file, 8, "images of 28×28 or 32×32 pixels", showShape(shape.slice(1)));
  }
  return { count, size, pixels: data };
}

/** The one file of a kind; where it is there both packed and unpacked, the unpacked one. */
function findFile(names: readonly string[], directory: string, split: Split, kind: string): string {
  const pattern = new RegExp(String.raw`^(.*-)?(${SPLIT_NAMES[split]})-${kind.replace("-", "[.-]")}(\.gz)?$`);
  const found = names.filter((name) => pattern.test(name));
  const distinct = found.filter((name) => !found.some((other) => name === `${other}.gz`));
  if (distinct.length === 1) return distinct[0];
  const expected = `${split === "train" ? "train" : "t10k"}-${kind}`;
  if (distinct.length === 0) {
    throw new DigitFidError(`${directory}: no file ${expected} or ${expected}.gz: name the folder with the data set`, {
      remedy: { data: "DIR" },
    });
  }
  const choices = distinct.join(", ");
  throw new DigitFidError(`${directory}: several files could be ${expected} (${choices}): keep one data set a folder`);
}

function labelsFromIdx({ shape, data }: IdxArray, file: string, count: number): Uint8Array<ArrayBuffer> {
  if (!(data instanceof Uint8Array)) throw new IdxError(file, 2, "uint8 labels (0x08)", data.constructor.name);
  if (shape.length !== 1) throw new IdxError(file, 3, "rank 1 (labels)", `rank ${shape.length}`);
  if (shape[0] !== count) throw new IdxError(file, 4, `${count} labels, one an image`, String(shape[0]));
  const bad = data.findIndex((label) => label >= CLASSES);
  if (bad >= 0) throw new IdxError(file, 8 + bad, `a label from 0 to ${CLASSES - 1}`, String(data[bad]));
  return data;
}
