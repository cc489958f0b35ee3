/** From grey pictures of any side to images for the network: inverted, turned and resized as asked for. */
import { FormatError } from "../errors.ts";
import { enlargementOf, reduced } from "./enlargement.ts";
import type { ImageFileOptions } from "./image_options.ts";
import type { Images } from "./images.ts";
import { isSide } from "./layout.ts";
import { resize, RESIZE_FILTER } from "./resize.ts";

/** What to do with each image. */
export type PrepareOptions = Pick<ImageFileOptions, "invert" | "transpose" | "resize">;

/** Square grey pictures of any side: bytes, or floats in [0, 1]. */
export interface Pictures {
  /** How many there are. */
  readonly count: number;
  /** Side in pixels. */
  readonly side: number;
  /** `count * side * side` values. */
  readonly pixels: Images["pixels"];
}

/** Does what is asked for with each picture. */
export function prepare({ count, side, pixels }: Pictures, options: PrepareOptions): Images {
  let prepared = options.invert ? inverted(pixels) : pixels;
  if (options.transpose) prepared = transposed(prepared, side);
  if (options.resize && side !== 28) {
    return { count, size: 28, pixels: resized(prepared, side) };
  }
  return { count, size: side as 28 | 32, pixels: prepared };
}

/**
 * Checks that pictures of a side can be prepared.
 *
 * @param otherAdvice what else could be done, after a comma
 * @throws FormatError if they need resizing, and that is not asked for
 */
export function checkSide(
  width: number,
  height: number,
  { resize }: PrepareOptions,
  name: string,
  otherAdvice = "",
): void {
  if (width !== height) {
    throw new FormatError(`${name}: expected square images, found ${width}×${height}: crop or pad them`);
  }
  if (resize || isSide(width)) return;
  const found = `${name}: expected images of 28×28 or 32×32, found ${width}×${height}`;
  throw new FormatError(`${found}: resize them${otherAdvice}`, { remedy: { resize: true } });
}

/** What is done with images of a side, in words, each with a comma before it. */
export function showPreparation({ invert, transpose, resize }: PrepareOptions, side: number): string {
  const steps = [
    invert && "inverted",
    transpose && "rows and columns swapped",
    resize && side !== 28 && `resized from ${side}×${side} to 28×28 (${RESIZE_FILTER})`,
  ];
  return steps.filter(Boolean).map((step) => `, ${step}`).join("");
}

/** Pixels as floats in [0, 1]. */
export function asFloats(pixels: Images["pixels"]): Float32Array<ArrayBuffer> {
  return pixels instanceof Float32Array ? pixels : new Float32Array(pixels).map((byte) => byte / 255);
}

/** Images with rows and columns swapped. */
export function transposed<P extends Images["pixels"]>(pixels: P, side: number): P {
  const swapped = pixels.slice() as P;
  for (let i = 0; i < swapped.length; i++) {
    const column = i % side, row = Math.floor(i / side) % side;
    swapped[i] = pixels[i + (column - row) * (side - 1)];
  }
  return swapped;
}

/** Images as 28×28: those that were enlarged without smoothing as they were before. */
function resized(pixels: Images["pixels"], side: number): Images["pixels"] {
  const blocks = side / 28, whole = { width: side, height: pixels.length / side, pixels };
  if (Number.isInteger(blocks) && enlargementOf(whole, blocks) === blocks) return reduced(whole, blocks).pixels;
  const floats = asFloats(pixels), small = resize(floats, side, 28);
  for (let image = 0; image < pixels.length / side ** 2 && Number.isInteger(blocks); image++) {
    const own = { width: side, height: side, pixels: floats.subarray(image * side ** 2, (image + 1) * side ** 2) };
    if (enlargementOf(own, blocks) === blocks) small.set(reduced(own, blocks).pixels, image * 28 * 28);
  }
  return small;
}

function inverted(pixels: Images["pixels"]): Images["pixels"] {
  return pixels instanceof Uint8Array ? pixels.map((byte) => 255 - byte) : pixels.map((value) => 1 - value);
}

/** Several sets of pictures of one side as one: bytes if all are. */
export function stacked(sets: readonly Pictures[], side: number): Pictures {
  const count = sets.reduce((sum, set) => sum + set.count, 0);
  const areBytes = sets.every(({ pixels }) => pixels instanceof Uint8Array);
  const all = areBytes ? new Uint8Array(count * side * side) : new Float32Array(count * side * side);
  let offset = 0;
  for (const { pixels } of sets) {
    all.set(areBytes ? pixels : asFloats(pixels), offset);
    offset += pixels.length;
  }
  return { count, side, pixels: all };
}
