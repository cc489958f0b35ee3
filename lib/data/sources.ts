/** Images to be scored, wherever they come from: read a chunk at a time, and checked pixel by pixel. */
import { DigitFidError } from "../errors.ts";
import { checkOptionNames, type OptionNames } from "../option_names.ts";
import { checkImages, type Images, showPlace } from "./images.ts";
import { Overshoot } from "./overshoot.ts";
import { type NumberKind, type PixelRange, scaleOf, toPixels } from "./pixel_range.ts";
import { certainRange, inferRange } from "./range_inference.ts";
import type { ImageFileOptions } from "./image_options.ts";
import { type Numbers, Survey } from "./survey.ts";
import type { Warning } from "./warnings.ts";

/** Images a chunk: at most 16 MB of floats, far below what one buffer on the GPU may hold (128 MB). */
export const CHUNK = 4096;

/** Images that are read a chunk at a time, so that any number of them fits in little memory. */
export interface ImageSource {
  /** What the images are called in messages, such as a path. */
  readonly name: string;
  /** How many there are. */
  readonly count: number;
  /** How the content was understood, for a person to check: `28×28, values from -1 to 1 (inferred)`. */
  readonly description: string;
  /** What black and white were in an array, given or inferred. */
  readonly range?: PixelRange;
  /** What was done with each image, as was asked for. */
  readonly done?: ImageFileOptions;
  /** The class of each image, 0 … 9, where it is known. */
  readonly labels?: Uint8Array<ArrayBuffer>;
  /** The picture that each image was in, where there are pictures. */
  readonly files?: readonly string[];
  /** Number of each image in the whole set, where these are a part of it. */
  readonly numbers?: Uint32Array;
  /** What to keep in mind about the images: complete once all chunks were read. */
  readonly warnings?: readonly Warning[];
  /**
   * Yields all images in order, at most {@linkcode CHUNK} at a time.
   *
   * @throws DigitFidError if an image cannot be read or used
   */
  chunks(): AsyncIterable<Images>;
}

/**
 * All chunks of a source, held to what it promises.
 *
 * @throws DigitFidError if a chunk is none of images, or there are more or fewer than the source's count
 */
export async function* checkedChunks(source: ImageSource): AsyncGenerator<Images> {
  const { name, count } = source;
  let seen = 0;
  for await (const images of source.chunks()) {
    checkImages(images, name, seen);
    seen += images.count;
    if (seen > count) break;
    yield images;
  }
  if (seen !== count) {
    throw new DigitFidError(`${name}: expected ${count} images, found ${seen > count ? "more" : seen}`);
  }
}

/** Images in memory as a source. */
export function sourceOf(images: Images & { readonly labels?: Uint8Array<ArrayBuffer> }, name: string): ImageSource {
  checkImages(images, name);
  const { count, size, pixels, labels } = images;
  const area = size * size;
  return {
    name,
    count,
    description: `${size}×${size}`,
    ...(labels && { labels }),
    async *chunks() {
      for (let start = 0; start < count; start += CHUNK) {
        const end = Math.min(count, start + CHUNK);
        yield { count: end - start, size, pixels: pixels.subarray(start * area, end * area) };
      }
    },
  };
}

/** How an array of pixels is to be understood. */
export interface PixelOptions {
  /** Side of an image in pixels; 28 unless given. */
  readonly size?: 28 | 32;
  /** What black and white are; inferred from all values unless given. */
  readonly range?: PixelRange;
  /** Clip whatever lies beyond black and white. */
  readonly clip?: boolean;
  /** What the images are called in messages. */
  readonly name?: string;
}

const PIXEL_OPTIONS: OptionNames<PixelOptions> = { size: true, range: true, clip: true, name: true };

/** Arrays that pixels can come in. */
export type PixelArray = Numbers;

/**
 * Takes an array of pixels, image after image and row after row, white ink on black, as images. Where all values are
 * the levels 0 … 255 within rounding, such as `x / 127.5 - 1`, they become those bytes again, so that bytes and floats
 * of the same images are the same; otherwise they become floats in [0, 1]. A little beyond black or white is clipped.
 *
 * @throws DigitFidError if the length is no multiple of size × size, a pixel is NaN or infinite, no range fits, or
 * values lie beyond black and white by a hundredth of the range on average, or an option is unknown
 */
export function toImages(
  values: PixelArray,
  options: PixelOptions = {},
): Images {
  checkOptionNames(options, PIXEL_OPTIONS, "toImages");
  const { size = 28, range, clip = false, name = "images" } = options;
  const count = values.length / (size * size);
  if (!Number.isInteger(count)) {
    throw new DigitFidError(`${name}: ${values.length} pixels are not whole images of ${size}×${size}: check the size`);
  }
  const kind: NumberKind = values instanceof Float32Array || values instanceof Float64Array ? "float" : "integer";
  const survey = new Survey(size * size);
  survey.add(values);
  checkFinite(survey, size, name);
  const stated = range ?? inferRange(survey, kind, name);
  const scale = scaleOf(stated, survey, kind);
  if (!clip && Overshoot.isIn(survey, scale)) {
    const overshoot = new Overshoot(scale);
    overshoot.add(values);
    overshoot.check(stated, certainRange(survey, kind, name), name);
  }
  return { count, size, pixels: toPixels(values, scale, size * size) };
}

/**
 * Refuses a set with values that are no numbers.
 *
 * @param pixelOf which pixel a value belongs to, where a pixel has several
 * @throws DigitFidError if one is NaN or infinite
 */
export function checkFinite(
  { bad, badCount, count, each }: Survey,
  side: number,
  name: string,
  pixelOf: (index: number) => number = (index) => index,
): void {
  if (bad === undefined) return;
  const place = showPlace(0, pixelOf(bad.index), side);
  const advice = badCount < count / each
    ? "leave that image out"
    : `as ${
      badCount - 1
    } others are: where all are divided by a deviation or a maximum that can be 0, save the images ` +
      "before that";
  throw new DigitFidError(`${name}: ${place} is ${bad.value}, not a number between black and white: ${advice}`);
}
