/** Real digits with defects that generated ones tend to have: what the search for defects learns from. */
import { symmetricEigen } from "../metrics/eigen.ts";
import { Moments } from "../metrics/moments.ts";
import { Random, STREAM } from "../random.ts";
import { type ByteImages, corrupt, CORRUPTIONS } from "../data/corruption.ts";
import type { LabelledImages } from "../data/images.ts";

/** A defect: a word for it, and digits that have it. */
export interface Defect {
  /** Such as `blurred`. */
  readonly name: string;
  /** As many images as given. */
  readonly apply: (images: LabelledImages, seed: number) => ByteImages;
}

/** Principal components that a smoothed digit is made of, of 784. */
const COMPONENTS = 40;
/** Side in pixels of the place where a broken digit is faint, and how much of the ink is left there. */
const FAINT = { side: 4, left: 0.3 };

/** The defects, in the order of the numbers that are found of each. */
export const DEFECTS: readonly Defect[] = [
  { name: "blurred", apply: (images, seed) => corrupt(images, named("blur"), 0.7, seed) },
  { name: "smoothed", apply: smoothed },
  { name: "noisy", apply: (images, seed) => corrupt(images, named("noise"), 0.15, seed) },
  { name: "broken", apply: broken },
  { name: "doubled", apply: doubled },
];

/** Standard deviations of noise that nobody sees, white being 1. */
const FAINT_NOISE = [0.004, 0.01, 0.02];

/**
 * The same digits with noise that nobody sees, of three strengths. MNIST's background is exactly black, so what is
 * learned from clean digits alone would take the faintest noise for a defect.
 */
export function faintlyNoisy(images: LabelledImages, seed: number): ByteImages[] {
  return FAINT_NOISE.map((deviation) => corrupt(images, named("noise"), deviation, seed));
}

function named(name: string) {
  return CORRUPTIONS.find((corruption) => corruption.name === name)!;
}

function toBytes({ count, size }: LabelledImages, levels: ArrayLike<number>): ByteImages {
  return { count, size, pixels: new Uint8Array(Uint8ClampedArray.from(levels).buffer) };
}

/** Only what the first principal components say of each image, as autoencoders that are too narrow have it. */
function smoothed(images: LabelledImages): ByteImages {
  const { count, size, pixels } = images;
  const width = size * size, data = Float64Array.from(pixels);
  const moments = Moments.of({ count, width, data });
  const vectors = symmetricEigen(moments.covariance()).vectors;
  const axes = vectors.subMatrix(0, width - 1, 0, COMPONENTS - 1).to2DArray();
  const levels = new Float64Array(count * width);
  for (let i = 0; i < count; i++) {
    const row = levels.subarray(i * width, (i + 1) * width);
    const along = new Float64Array(COMPONENTS);
    for (let k = 0; k < width; k++) {
      const deviation = data[i * width + k] - moments.mean[k];
      for (let c = 0; c < COMPONENTS; c++) along[c] += deviation * axes[k][c];
    }
    row.set(moments.mean);
    for (let k = 0; k < width; k++) for (let c = 0; c < COMPONENTS; c++) row[k] += along[c] * axes[k][c];
  }
  return toBytes(images, levels);
}

/** The ink is faint in a small square somewhere in the middle. */
function broken(images: LabelledImages, seed: number): ByteImages {
  const { count, size, pixels } = images;
  const random = new Random(seed, STREAM.defects);
  const levels = Float64Array.from(pixels);
  for (let i = 0; i < count; i++) {
    const [top, left] = [0, 0].map(() => FAINT.side + random.below(size - 3 * FAINT.side + 2));
    for (let row = top; row < top + FAINT.side; row++) {
      for (let column = left; column < left + FAINT.side; column++) {
        levels[(i * size + row) * size + column] *= FAINT.left;
      }
    }
  }
  return toBytes(images, levels);
}

/** Half of a digit laid over half of another. */
function doubled(images: LabelledImages, seed: number): ByteImages {
  const { count, size, pixels } = images;
  const area = size * size;
  const others = new Random(seed, STREAM.defects, 1).permutation(count);
  const levels = Float64Array.from(pixels, (level, k) => {
    const other = others[Math.floor(k / area)] * area + k % area;
    return 0.5 * level + 0.5 * pixels[other];
  });
  return toBytes(images, levels);
}
