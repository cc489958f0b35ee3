/** The classes of images, from beside them or from a file of their own. */
import { DigitFidError, FormatError } from "../errors.ts";
import { openNpy, type StoredArray } from "../formats/stored_array.ts";
import { openBytes, readAll, readHead, type StoredBytes } from "../formats/stored_bytes.ts";
import { gunzipHead, isGzip } from "../formats/gzip.ts";
import { parseNpyHeader } from "../formats/npy.ts";
import { HEAD_SIZE, kindOf } from "../formats/kind.ts";
import { CLASSES } from "../model.ts";
import { idxOfBytes } from "./idx_file.ts";

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
  return await labelsOfBytes(await openBytes(path), count);
}

/**
 * Takes the bytes of a file as labels.
 *
 * @throws DigitFidError as {@linkcode readLabels}
 */
export async function labelsOfBytes(bytes: StoredBytes, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const { name } = bytes;
  try {
    const kind = kindOf(await readHead(bytes, HEAD_SIZE));
    if (kind === "npy") return await labelsOfArray(await openNpy(bytes), count);
    if (kind === "idx" || kind === "gzip") {
      return checkLabels((await idxOfBytes(await readAll(bytes), name)).data, count, name);
    }
    const numbers = numbersOf(new TextDecoder().decode(await readAll(bytes)));
    if (kind !== undefined || numbers.some(Number.isNaN)) {
      throw new FormatError(
        `${name}: expected labels as IDX, .npy or text with a number from 0 to 9 for each image, or a column label`,
      );
    }
    return checkLabels(numbers, count, name);
  } finally {
    await bytes.settle();
  }
}

/** Whether a file seems to hold a digit for each image: one number after the other, as images do not. */
export async function seemsLabels(bytes: StoredBytes): Promise<boolean> {
  try {
    const packed = await readHead(bytes, HEAD_SIZE), head = isGzip(packed) ? gunzipHead(packed, bytes.name) : packed;
    const kind = kindOf(head);
    if (kind === "idx") return head[3] === 1;
    if (kind !== "npy") return kind === undefined && /^\s*\d([\s,;]+\d)*[\s,;]*$/.test(new TextDecoder().decode(head));
    const { shape } = parseNpyHeader(head, bytes.name);
    return shape.length === 1 || shape.length === 2 && shape[1] === 1;
  } catch (error) {
    if (error instanceof DigitFidError) return false; // whoever reads it as images says what is wrong
    throw error;
  }
}

/** Names of a column of labels in a table. */
const COLUMN = /^(labels?|class|digit|target|y)$/i;

/** Numbers between commas, spaces or lines; of a table with titles those of its only column, or of the one of labels. */
function numbersOf(text: string): number[] {
  const [titles, ...rows] = text.trim().split(/\r?\n/).map((line) =>
    line.split(/[,;\t]/).map((cell) => cell.trim().replaceAll('"', ""))
  );
  if (rows.length > 0 && titles.every((title) => Number.isNaN(Number(title)))) {
    const column = titles.length === 1 ? 0 : titles.findIndex((title) => COLUMN.test(title));
    return rows.map((row) => row[column] ? Number(row[column]) : NaN);
  }
  return text.trim().split(/[\s,;]+/).filter(Boolean).map(Number);
}

/**
 * Takes numbers as labels.
 *
 * @param count how many images there are
 * @param name what the labels are called in messages
 * @throws FormatError if they are anything but a label an image
 */
export function checkLabels(labels: ArrayLike<number>, count: number, name: string): Uint8Array<ArrayBuffer> {
  if (labels.length !== count) {
    const advice = labels.length === count * CLASSES ? `, ${CLASSES} an image: save labels.argmax(1)` : "";
    throw new FormatError(`${name}: expected ${count} labels, one an image, found ${labels.length}${advice}`);
  }
  for (let i = 0; i < count; i++) {
    if (Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < CLASSES) continue;
    throw new FormatError(`${name}: label ${i} is ${labels[i]}, expected a digit from 0 to ${CLASSES - 1}`);
  }
  return Uint8Array.from(labels);
}
