/** The classes of images, from beside them or from a file of their own. */
import { FormatError } from "../errors.ts";
import { openNpy, type StoredArray } from "../formats/stored_array.ts";
import { openBytes, readAll, readHead } from "../formats/stored_bytes.ts";
import { HEAD_SIZE, kindOf } from "../formats/kind.ts";
import { CLASSES } from "../model.ts";
import { readIdx } from "./idx_file.ts";

/**
 * Takes an array as labels, one an image.
 *
 * @throws FormatError if there are more or fewer than images, or one is no digit
 */
export async function labelsOfArray(
  { name, shape, rows }: StoredArray,
  count: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (shape.length === 0) throw new FormatError(`${name}: expected ${count} labels, found one number`);
  return checkLabels(await rows(0, shape[0]), count, name);
}

/**
 * Reads labels from an IDX or NPY file, or from text: numbers with commas, spaces or lines between them.
 *
 * @param count how many images there are
 * @throws FormatError if the file holds anything but a label an image
 * @throws DigitFidError if it cannot be read
 */
export async function readLabels(path: string, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await openBytes(path);
  try {
    const kind = kindOf(await readHead(bytes, HEAD_SIZE));
    if (kind === "npy") return await labelsOfArray(await openNpy(bytes), count);
    if (kind === "idx" || kind === "gzip") return checkLabels((await readIdx(path)).data, count, path);
    const words = new TextDecoder().decode(await readAll(bytes)).trim().split(/[\s,;]+/).filter(Boolean);
    const numbers = words.map(Number);
    if (kind !== undefined || numbers.some(Number.isNaN)) {
      throw new FormatError(`${path}: expected labels as IDX, .npy or text with a number from 0 to 9 for each image`);
    }
    return checkLabels(numbers, count, path);
  } finally {
    await bytes.settle();
  }
}

function checkLabels(labels: ArrayLike<number>, count: number, name: string): Uint8Array<ArrayBuffer> {
  if (labels.length !== count) {
    throw new FormatError(`${name}: expected ${count} labels, one an image, found ${labels.length}`);
  }
  for (let i = 0; i < count; i++) {
    if (Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < CLASSES) continue;
    throw new FormatError(`${name}: label ${i} is ${labels[i]}, expected a digit from 0 to ${CLASSES - 1}`);
  }
  return Uint8Array.from(labels);
}
