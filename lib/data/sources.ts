/** Images to be scored, wherever they come from: read a chunk at a time, and checked pixel by pixel. */
import type { Images } from "./images.ts";
import { DigitFidError, type Remedy } from "../errors.ts";
import { IMAGE_SIZE } from "../model.ts";

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
  /**
   * Yields all images in order, at most {@linkcode CHUNK} at a time.
   *
   * @throws DigitFidError if an image cannot be read or used
   */
  chunks(): AsyncIterable<Images>;
}

/** What black and white are in an array of pixels: 0 and 255, 0 and 1, or -1 and 1. */
export type PixelRange = "byte" | "unit" | "signed";

/** Black and white of each range. */
const LIMITS: Record<PixelRange, readonly [black: number, white: number]> = {
  byte: [0, 255],
  unit: [0, 1],
  signed: [-1, 1],
};

/** How far beyond black or white a value may lie, as a share of the range: rounding, not a wrong range. */
const TOLERANCE = 1e-3;

/** Arrays that pixels can come in. */
export type PixelArray = Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** How an array of pixels is to be understood. */
export interface PixelOptions {
  /** Side of an image in pixels; 28 unless told. */
  readonly size?: 28 | 32;
  /** What black and white are; see {@linkcode inferRange} for what they are unless told. */
  readonly range?: PixelRange;
  /** What the images are called in messages. */
  readonly name?: string;
  /** Number of the first image in messages, where the array is a part of a larger one. */
  readonly first?: number;
}

/**
 * Takes an array of pixels, image after image and row after row, white ink on black, as images. Bytes are taken as they
 * are; anything else becomes floats in [0, 1]. What lies beyond black or white by a thousandth of the range is clipped.
 *
 * @throws DigitFidError if the length is no multiple of size × size, or a pixel is NaN, infinite or outside the range
 */
export function toImages(
  values: PixelArray,
  { size = 28, range = inferRange(values), name = "images", first = 0 }: PixelOptions = {},
): Images {
  const area = size * size, count = values.length / area;
  if (!Number.isInteger(count)) {
    throw new DigitFidError(`${name}: ${values.length} pixels are not whole images of ${size}×${size}: check the size`);
  }
  if (values instanceof Uint8Array && range === "byte") return { count, size, pixels: values };
  const [black, white] = LIMITS[range];
  const pixels = new Float32Array(values.length);
  for (let i = 0; i < pixels.length; i++) {
    const value = (values[i] - black) / (white - black);
    if (!(value >= -TOLERANCE && value <= 1 + TOLERANCE)) {
      const place = `image ${first + Math.floor(i / area)}, row ${Math.floor(i / size) % size}, column ${i % size}`;
      const { advice, remedy } = adviceFor(values[i], range);
      throw new DigitFidError(`${name}: ${place} is ${values[i]}, ${advice}`, { remedy });
    }
    pixels[i] = Math.min(1, Math.max(0, value));
  }
  return { count, size, pixels };
}

/** The likely range of an array: bytes are 0 to 255; other numbers -1 to 1 if any is negative, otherwise 0 to 1. */
export function inferRange(values: PixelArray): PixelRange {
  if (values instanceof Uint8Array) return "byte";
  return values.some((value) => value < -TOLERANCE) ? "signed" : "unit";
}

/** A range in words: `values from 0 to 1`. */
export function showRange(range: PixelRange): string {
  return `values from ${LIMITS[range].join(" to ")}`;
}

/** Images in memory as a source. */
export function sourceOf(images: Images, name: string): ImageSource {
  const { count, size, pixels } = images;
  const area = size * size;
  return {
    name,
    count,
    description: `${size}×${size}`,
    async *chunks() {
      for (let start = 0; start < count; start += CHUNK) {
        const end = Math.min(count, start + CHUNK);
        yield { count: end - start, size, pixels: pixels.subarray(start * area, end * area) };
      }
    },
  };
}

/** Sum of the pixels of images, white counted as 1. */
export function totalBrightness({ pixels }: Images): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += pixels[i];
  return pixels instanceof Uint8Array ? sum / 255 : sum;
}

/** Mean brightness of MNIST's 28×28 training images. */
const MNIST_BRIGHTNESS = 0.1307;

/**
 * What the brightness of images gives to think about, if anything: the network knows white digits on black.
 *
 * @param total of all `count` images, from {@linkcode totalBrightness}
 */
export function brightnessWarnings(name: string, total: number, count: number): string[] {
  const brightness = total / (count * 28 ** 2); // a border of black does not matter
  if (brightness > MNIST_BRIGHTNESS / 3 && brightness < MNIST_BRIGHTNESS * 3) return [];
  const found = `${name}: mean brightness ${brightness.toFixed(3)}, MNIST's is ${MNIST_BRIGHTNESS}`;
  const inverted = brightness > (IMAGE_SIZE / 28) ** 2 / 2;
  return inverted
    ? [`${found}: the colours look inverted; the network knows white digits on black`]
    : [`${found}: check the range of the values, and that digits are white on black`];
}

function adviceFor(value: number, range: PixelRange): { advice: string; remedy?: Remedy } {
  if (!Number.isFinite(value)) return { advice: "not a number between black and white: leave that image out" };
  const wider = value > LIMITS[range][1] ? "byte" : "signed";
  const [black, white] = LIMITS[range];
  const outside = `outside ${black} to ${white}`;
  if (wider === range) return { advice: `${outside}: scale the pixels` };
  const advice = `${outside}: scale the pixels, or state the range if ${showRange(wider)} are right`;
  return { advice, remedy: { range: wider } };
}
