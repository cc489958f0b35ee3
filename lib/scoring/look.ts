/** How the digits of a set look, in a few numbers: what the search for causes compares and corrects. */
import type { Images } from "../data/images.ts";
import { Tones } from "../data/contrast.ts";
import { mean, standardDeviation } from "../metrics/numbers.ts";

/** Images whose pixels are floats, so that they can be corrected a little. */
export interface GreyImages extends Images {
  /** From 0, black, to 1, white. */
  readonly pixels: Float32Array<ArrayBuffer>;
}

/** Mean and standard deviation over the images of a set. */
export interface Spread {
  /** Mean. */
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
}

/** Numbers that describe a set. */
export interface Look {
  /** Level of the background, 0 … 1: its median. */
  readonly black: number;
  /** Level of the ink, 0 … 1: half a percent of all pixels are brighter. */
  readonly white: number;
  /** Centre of mass in pixels from the image's middle, to the right. */
  readonly right: Spread;
  /** The same, downwards. */
  readonly down: Spread;
  /** Longer side of the box around the ink, in pixels. */
  readonly side: Spread;
  /** Ink of a digit in white pixels, were it 20 pixels long: thick strokes have much of it. */
  readonly thickness: number;
  /** Share of grey in the ink, 0 … 1: soft edges have much of it. */
  readonly softness: number;
  /** How far a pixel is from the mean of those around it, in the median. */
  readonly noise: number;
}

/** Where the ink of one image lies; undefined if it has none. */
export interface Place {
  /** Centre of mass, from the middle to the right. */
  readonly right: number;
  /** The same, downwards. */
  readonly down: number;
  /** Longer side of the box around the ink. */
  readonly side: number;
}

/** Four fifths of MNIST's pixels are background, so this quantile is the background's median. */
const BACKGROUND = 0.4;
/** Ink below this is taken for none: noise and blur lie there. */
const FAINT = 0.25;
/** Ink from this on counts for the box around a digit. */
const SOLID = 0.5;

/** Describes a set. */
export function lookOf(images: GreyImages): Look {
  const tones = new Tones();
  tones.add(images);
  const black = tones.quantile(BACKGROUND), white = Math.max(tones.quantile(0.995), black + 0.01);
  const places = placesOf(images, { black, white }).filter((place) => place !== undefined);
  const spread = (values: number[]): Spread =>
    values.length < 2
      ? { mean: values[0] ?? 0, deviation: 0 }
      : { mean: mean(values), deviation: standardDeviation(values) };
  return {
    black,
    white,
    right: spread(places.map(({ right }) => right)),
    down: spread(places.map(({ down }) => down)),
    side: spread(places.map(({ side }) => side)),
    thickness: thicknessOf(images, { black, white }),
    softness: softnessOf(images, { black, white }),
    noise: noiseOf(images),
  };
}

/** Which level is no ink, and which is all. */
type Levels = Pick<Look, "black" | "white">;

/** A pixel as a share of ink, 0 … 1. */
function inkOf(level: number, { black, white }: Levels): number {
  return Math.min(1, Math.max(0, (level - black) / (white - black)));
}

/** Where the ink of each image lies. */
export function placesOf({ count, size, pixels }: GreyImages, levels: Levels): (Place | undefined)[] {
  return Array.from({ length: count }, (_, image) => {
    let [mass, x, y] = [0, 0, 0];
    let [left, right, top, bottom]: number[] = [size, -1, size, -1];
    for (let row = 0, at = image * size * size; row < size; row++) {
      for (let column = 0; column < size; column++, at++) {
        const ink = inkOf(pixels[at], levels);
        if (ink > FAINT) {
          mass += ink;
          x += ink * column;
          y += ink * row;
        }
        if (ink < SOLID) continue;
        left = Math.min(left, column);
        right = Math.max(right, column);
        top = Math.min(top, row);
        bottom = row;
      }
    }
    if (right < 0) return undefined;
    const middle = (size - 1) / 2;
    return { right: x / mass - middle, down: y / mass - middle, side: Math.max(right - left, bottom - top) + 1 };
  });
}

/** Mean ink of a digit in white pixels, whatever its size: as if it were 20 pixels long. */
export function thicknessOf(images: GreyImages, levels: Levels): number {
  const sides = placesOf(images, levels).flatMap((place) => place ? [place.side] : []);
  const { count, pixels } = images;
  let area = 0;
  for (let at = 0; at < pixels.length; at++) area += Math.max(0, inkOf(pixels[at], levels) - FAINT) / (1 - FAINT);
  return sides.length > 0 ? area / count * (20 / mean(sides)) ** 2 : 0;
}

/** How much of the ink is neither black nor white. */
export function softnessOf({ pixels }: GreyImages, levels: Levels): number {
  let [grey, all] = [0, 0];
  for (let at = 0; at < pixels.length; at++) {
    const ink = inkOf(pixels[at], levels);
    if (ink <= FAINT / 2) continue;
    grey += 4 * ink * (1 - ink) * ink;
    all += ink;
  }
  return all > 0 ? grey / all : 0;
}

/** Median difference of a pixel and the mean of the eight around it: 0 where most of an image is one even level. */
export function noiseOf({ count, size, pixels }: GreyImages): number {
  const differences = new Float32Array(count * (size - 2) ** 2), middle = differences.length >> 1;
  let [place, zeros] = [0, 0];
  for (let image = 0; image < count; image++) {
    for (let row = 1; row < size - 1; row++) {
      for (let column = 1; column < size - 1; column++) {
        const at = (image * size + row) * size + column;
        let sum = -pixels[at];
        for (let k = at - size; k <= at + size; k += size) sum += pixels[k - 1] + pixels[k] + pixels[k + 1];
        const difference = Math.fround(Math.abs(pixels[at] - sum / 8));
        if (difference > 0) differences[place++] = difference;
        else zeros++;
      }
    }
  }
  return middle < zeros ? 0 : differences.subarray(0, place).sort()[middle - zeros];
}
