/** Images made worse by degrees, in ways that a score of generated images should notice. */
import type { Images, LabelledImages } from "./images.ts";
import { DigitFidError } from "../errors.ts";
import { CLASSES } from "../model.ts";
import { Random, STREAM } from "../random.ts";

/** One way to make images worse. */
export interface Corruption {
  /** A word for it, fit for a file's name. */
  readonly name: string;
  /** What it is, and what its strength measures. */
  readonly title: string;
  /** How strong, from hardly seen to hardly read. */
  readonly strengths: readonly number[];
  /** New pixels in levels from 0 to 255. It takes the same random numbers at every strength. */
  readonly apply: (images: Levels, strength: number, random: Random) => Float32Array;
}

/** Labelled images whose pixels are levels from 0 to 255. */
export interface Levels extends Omit<LabelledImages, "pixels"> {
  /** `count * size * size` levels, not rounded. */
  readonly levels: Float32Array;
}

/** Corrupted images, in bytes as a file would hold them. */
export interface ByteImages extends Images {
  /** `count * size * size` levels. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** The ways: mostly those of Heusel et al., "GANs Trained by a Two Time-Scale Update Rule…", NeurIPS 2017, app. A1. */
export const CORRUPTIONS: readonly Corruption[] = [
  { name: "noise", title: "Gaussian noise, σ (white = 1)", strengths: [0.05, 0.1, 0.2, 0.4, 0.8], apply: addNoise },
  { name: "blur", title: "Gaussian blur, σ in pixels", strengths: [0.5, 1, 1.5, 2, 3], apply: blur },
  { name: "shift", title: "Shift in pixels", strengths: [1, 2, 3, 4, 6], apply: shift },
  { name: "occlusion", title: "Black square, side in pixels", strengths: [4, 8, 12, 16, 20], apply: occlude },
  { name: "classes", title: "Digits left out", strengths: [1, 3, 5, 7, 9], apply: leaveOutDigits },
];

/**
 * As many images as given, made worse. The same seed gives the same images, and those of two strengths differ by the
 * strength alone: the noise is the same noise, only louder.
 *
 * @param strength one of the corruption's own, or another in the unit that its title names; 0 changes nothing
 * @throws DigitFidError if leaving out digits leaves no image
 */
export function corrupt(images: LabelledImages, corruption: Corruption, strength: number, seed: number): ByteImages {
  const { count, size, labels, pixels } = images;
  const levels = pixels instanceof Uint8Array ? new Float32Array(pixels) : pixels.map((value) => 255 * value);
  const random = new Random(seed, STREAM.corruption, CORRUPTIONS.indexOf(corruption));
  const rounded = new Uint8ClampedArray(corruption.apply({ count, size, levels, labels }, strength, random));
  return { count, size, pixels: new Uint8Array(rounded.buffer) };
}

/** One step of the ladder. */
export interface Rung {
  /** In which way the images are worse. */
  readonly corruption: Corruption;
  /** How much, in the unit of the corruption. */
  readonly strength: number;
  /** As many images as there were, in the same order. */
  readonly images: ByteImages;
}

/** The images, corrupted in every way at every strength. */
export function* corruptionLadder(images: LabelledImages, seed: number): Generator<Rung> {
  for (const corruption of CORRUPTIONS) {
    for (const strength of corruption.strengths) {
      yield { corruption, strength, images: corrupt(images, corruption, strength, seed) };
    }
  }
}

function addNoise({ levels }: Levels, deviation: number, random: Random): Float32Array {
  return levels.map((level) => level + 255 * deviation * random.normal());
}

/** Convolves rows, then columns, with a Gaussian cut off at 3 σ; what lies outside of an image is black. */
function blur({ size, levels }: Levels, deviation: number): Float32Array {
  const reach = Math.ceil(3 * deviation), variance = deviation ** 2 || 1; // without a deviation only the centre counts
  const weights = Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * variance)));
  const total = weights.reduce((a, b) => a + b);
  const along = (source: Float32Array, stride: number) =>
    source.map((_, i) => {
      const place = Math.floor(i / stride) % size;
      let sum = 0;
      for (let k = Math.max(-reach, -place); k <= Math.min(reach, size - 1 - place); k++) {
        sum += weights[k + reach] * source[i + k * stride];
      }
      return sum / total;
    });
  return along(along(levels, 1), size);
}

/** Moves each image up, down, left or right; what comes in is black. */
function shift({ count, size, levels }: Levels, distance: number, random: Random): Float32Array {
  const shifted = new Float32Array(levels.length);
  for (let image = 0; image < count; image++) {
    const [down, right] = [[-1, 0], [1, 0], [0, -1], [0, 1]][random.below(4)].map((step) => step * distance);
    forEachPixel(size, (row, column) => {
      if (!isInside(row - down, size) || !isInside(column - right, size)) return;
      const to = (image * size + row) * size + column;
      shifted[to] = levels[to - down * size - right];
    });
  }
  return shifted;
}

/** Blackens a square, centred anywhere in each image. */
function occlude({ count, size, levels }: Levels, side: number, random: Random): Float32Array {
  const occluded = levels.slice();
  for (let image = 0; image < count; image++) {
    const [top, left] = [0, 0].map(() => random.below(size) - Math.floor(side / 2));
    forEachPixel(side, (row, column) => {
      const [y, x] = [top + row, left + column];
      if (isInside(y, size) && isInside(x, size)) occluded[(image * size + y) * size + x] = 0;
    });
  }
  return occluded;
}

/** Puts images of the lower digits, drawn at random, in the place of those of the `dropped` highest ones. */
function leaveOutDigits({ count, size, levels, labels }: Levels, dropped: number, random: Random): Float32Array {
  const area = size * size;
  const kept = [...labels.keys()].filter((i) => labels[i] < CLASSES - dropped);
  if (kept.length === 0) throw new DigitFidError(`no image is left without ${dropped} of the digits: give more images`);
  const collapsed = levels.slice();
  for (let image = 0; image < count; image++) {
    const other = kept[random.below(kept.length)];
    if (labels[image] < CLASSES - dropped) continue;
    collapsed.set(levels.subarray(other * area, (other + 1) * area), image * area);
  }
  return collapsed;
}

function forEachPixel(size: number, visit: (row: number, column: number) => void): void {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) visit(row, column);
  }
}

function isInside(place: number, size: number): boolean {
  return place >= 0 && place < size;
}
