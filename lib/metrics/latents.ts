/** Latents: one row of numbers an image, the input of every metric. */
import { DigitFidError } from "../errors.ts";
import type { Random } from "../random.ts";

/** The latents of a set of images, row after row. */
export interface Latents {
  /** How many images there are. */
  readonly count: number;
  /** Numbers an image; 128 for this project's networks. */
  readonly width: number;
  /** `count * width` values. */
  readonly data: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
}

/** Latents in double precision. */
export interface Rows extends Latents {
  /** `count * width` values. */
  readonly data: Float64Array<ArrayBuffer>;
}

/**
 * Checks that latents can be scored.
 *
 * @param name what the set is called in messages
 * @throws DigitFidError if there are fewer than 2 rows, a value is NaN or infinite, or the shape does not fit the data
 */
export function checkLatents({ count, width, data }: Latents, name: string): void {
  checkShape({ count, width, data }, name);
  if (count < 2) throw new DigitFidError(`${name}: ${count} images are too few for a distance: give at least 2`);
  const bad = firstNotFinite(data);
  if (bad < 0) return;
  const [row, column] = [Math.floor(bad / width), bad % width];
  throw new DigitFidError(
    `${name}: latent ${column} of image ${row} is ${data[bad]}: check that image and the weights`,
  );
}

/**
 * Checks that there are as many values as the rows and their width say.
 *
 * @throws DigitFidError if there are not
 */
export function checkShape({ count, width, data }: Latents, name: string): void {
  if (data.length === count * width) return;
  throw new DigitFidError(`${name}: ${data.length} values are not ${count} rows of ${width}: check the shape`);
}

/** Where the first NaN or infinity is, −1 if there is none; 20 times as fast as `findIndex`. */
export function firstNotFinite(values: Float32Array | Float64Array): number {
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return i;
  return -1;
}

/**
 * Checks that two sets of latents can be scored against each other.
 *
 * @throws DigitFidError as {@linkcode checkLatents}, or if the widths differ
 */
export function checkPair(real: Latents, fake: Latents): void {
  checkLatents(real, "real images");
  checkLatents(fake, "generated images");
  checkWidths(real, fake);
}

/**
 * Checks that rows have the same width.
 *
 * @throws DigitFidError if they do not
 */
export function checkWidths(a: { readonly width: number }, b: { readonly width: number }): void {
  if (a.width === b.width) return;
  throw new DigitFidError(`latents of width ${a.width} and ${b.width} do not compare: use one network for both sets`);
}

/** The first rows; the values are shared, not copied. */
export function firstRows({ width, data }: Latents, count: number): Latents {
  return { count, width, data: data.subarray(0, count * width) };
}

/** Copies the named rows, in the order given, in double precision. */
export function takeRows({ width, data }: Latents, rows: Uint32Array): Rows {
  const taken = new Float64Array(rows.length * width);
  rows.forEach((row, i) => taken.set(data.subarray(row * width, (row + 1) * width), i * width));
  return { count: rows.length, width, data: taken };
}

/**
 * Splits the rows at random into parts whose sizes differ by at most one, since files are often ordered by digit.
 *
 * @returns the row numbers of each part
 */
export function randomParts(count: number, parts: number, random: Random): Uint32Array[] {
  const order = random.permutation(count);
  const edge = (part: number) => Math.floor(part * count / parts);
  return Array.from({ length: parts }, (_, part) => order.subarray(edge(part), edge(part + 1)));
}
