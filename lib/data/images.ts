/** What a set of images is. */
import { DigitFidError } from "../errors.ts";
import { CLASSES } from "../model.ts";

/** Square grey images, row after row: bytes 0 … 255, or floats in [0, 1]. White ink on black, as MNIST. */
export interface Images {
  /** How many images there are. */
  readonly count: number;
  /** Side in pixels: 28 (gets a zero border of 2 in the network) or 32 (taken as it is). */
  readonly size: 28 | 32;
  /** `count * size * size` values. */
  readonly pixels: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}

/** Images of which each has a class, 0 … 9. */
export interface LabelledImages extends Images {
  /** The class of each image. */
  readonly labels: Uint8Array<ArrayBuffer>;
}

/**
 * Checks that there are as many pixels, and labels if any, as the count and the size say: at no cost, however many.
 *
 * @param name of the images, for messages
 * @throws DigitFidError if there are not
 */
export function checkSizes({ count, size, pixels, labels }: Images & Partial<LabelledImages>, name: string): void {
  if (!Number.isSafeInteger(count) || count < 0) throw new DigitFidError(`${name}: ${count} is no number of images`);
  if (size !== 28 && size !== 32) throw new DigitFidError(`${name}: expected a size of 28 or 32, found ${size}`);
  const area = size * size;
  if (pixels.length !== count * area) {
    const expected = `${count * area} pixels (${count} images of ${size}×${size})`;
    throw new DigitFidError(`${name}: expected ${expected}, found ${pixels.length}`);
  }
  if (!(pixels instanceof Uint8Array || pixels instanceof Float32Array)) {
    throw new DigitFidError(`${name}: expected pixels as bytes or 32-bit floats: make them so by toImages`);
  }
  if (labels === undefined || labels.length === count) return;
  throw new DigitFidError(`${name}: expected ${count} labels, found ${labels.length}`);
}

/**
 * Checks that images are what they promise: as many pixels as the count and the size say, each from black to white.
 *
 * @param name of the images, for messages
 * @param first number of the first image in messages, where they are a part of more
 * @throws DigitFidError if they are not
 */
export function checkImages({ count, size, pixels }: Images, name: string, first = 0): void {
  checkSizes({ count, size, pixels }, name);
  if (pixels instanceof Uint8Array) return;
  const bad = pixels.findIndex((value) => !(value >= 0 && value <= 1));
  if (bad < 0) return;
  const place = showPlace(first, bad, size);
  throw new DigitFidError(`${name}: ${place} is ${pixels[bad]}, expected 0 (black) to 1 (white)`);
}

/**
 * Checks that images are what they promise, and that each has a class 0 … 9.
 *
 * @throws DigitFidError if they are not, or labels are missing or none
 */
export function checkLabelled(images: LabelledImages, name: string): void {
  checkImages(images, name);
  const { count, labels } = images;
  if (labels.length !== count) throw new DigitFidError(`${name}: expected ${count} labels, found ${labels.length}`);
  const bad = labels.findIndex((label) => label >= CLASSES);
  if (bad >= 0) throw new DigitFidError(`${name}: label ${bad} is ${labels[bad]}, expected 0 to ${CLASSES - 1}`);
}

/** Where a value of an array of images is: `image 7, row 3, column 12`. */
export function showPlace(first: number, index: number, side: number): string {
  const [row, column] = [Math.floor(index / side) % side, index % side];
  return `image ${first + Math.floor(index / (side * side))}, row ${row}, column ${column}`;
}

/** The images of these numbers, in their order. */
export function takeImages({ size, pixels }: Images, numbers: Uint32Array): Images {
  const area = size * size, length = numbers.length * area;
  const taken = pixels instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length);
  for (const [i, number] of numbers.entries()) {
    taken.set(pixels.subarray(number * area, (number + 1) * area), i * area);
  }
  return { size, count: numbers.length, pixels: taken };
}

/** The images and labels of these numbers, in their order. */
export function takeLabelled(images: LabelledImages, numbers: Uint32Array): LabelledImages {
  return { ...takeImages(images, numbers), labels: Uint8Array.from(numbers, (number) => images.labels[number]) };
}

/** The first images and their labels, or all if there are fewer. The pixels are shared, not copied. */
export function limit({ size, count, pixels, labels }: LabelledImages, most: number): LabelledImages {
  const kept = Math.min(count, most);
  return { size, count: kept, pixels: pixels.subarray(0, kept * size * size), labels: labels.subarray(0, kept) };
}
