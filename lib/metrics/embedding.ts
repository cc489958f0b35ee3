/**
 * What the digit distance compares: images as points of a space in which the mean of a set says how the set is
 * distributed.
 */
import { DigitFidError } from "../errors.ts";
import { CLASSES } from "../model.ts";
import { pcg3d } from "../random.ts";
import { cosineOfTurns, sineOfTurns } from "./circle.ts";
import { checkLatents, type Latents } from "./latents.ts";
import { symmetricEigen } from "./eigen.ts";
import { Moments } from "./moments.ts";

/** What the network makes of images: all that the views are taken from. */
export interface Outputs {
  /** N × 128. */
  readonly latents: Latents;
  /** N × 10. */
  readonly logits: Float32Array;
  /** N × {@linkcode DEFECTS}: how much an image has of each defect that a generator's digits may have. */
  readonly defects: Float32Array;
}

/** Defects that are looked for: blurred, smoothed, noisy, broken, doubled. */
export const DEFECTS = 5;

/** A view of an image: numbers that the network makes of it. */
export type ViewName = "latent" | "logits" | "margins" | "defects";

/** A view, made comparable: centred on the training images and whitened, in units of the kernel's width. */
export interface View {
  /** Which numbers. */
  readonly name: ViewName;
  /** How many numbers an image. */
  readonly width: number;
  /** Mean of the training images. */
  readonly centre: Float32Array<ArrayBuffer>;
  /** `width × width`, row by row: a centred row times this is white, with the kernel's width as its unit. */
  readonly whitening: Float32Array<ArrayBuffer>;
}

/** Margins of an image: how far the digits in second, third and fourth place are behind the first. */
const MARGINS = 3;

/**
 * The views, in order: the share of the kernel that each has, and the frequencies it is sampled at. The latent says how
 * a digit is drawn, the logits which digit it is, the margins how clearly, the defects how cleanly. `bench/power.ts` shows
 * what each adds.
 */
export const VIEWS: Readonly<Record<ViewName, { readonly share: number; readonly frequencies: number }>> = {
  latent: { share: 0.5, frequencies: 512 },
  logits: { share: 0.125, frequencies: 128 },
  margins: { share: 0.1875, frequencies: 32 },
  defects: { share: 0.1875, frequencies: 64 },
};

/** Eigenvalues are raised by this share of their mean, so that whitening does not blow up what hardly varies. */
const RIDGE = 1e-3;
/** Rows whose distances to each other set the kernel's width. */
const WIDTH_ROWS = 1000;
/** The kernel's width: this share of the median squared distance of two training images. */
const WIDTH_SHARE = 0.5;

/** The rows of a view. */
export function viewOf({ latents, logits, defects }: Outputs, name: ViewName): Latents {
  const { count } = latents;
  if (name === "latent") return latents;
  if (name === "logits") return { count, width: CLASSES, data: Float32Array.from(logits) };
  if (name === "defects") return { count, width: DEFECTS, data: Float32Array.from(defects) };
  const data = new Float32Array(count * MARGINS);
  for (let i = 0; i < count; i++) {
    const places = [-Infinity, -Infinity, -Infinity, -Infinity];
    for (let k = i * CLASSES; k < (i + 1) * CLASSES; k++) {
      let place = MARGINS;
      if (!(logits[k] > places[place])) continue;
      for (; place > 0 && logits[k] > places[place - 1]; place--) places[place] = places[place - 1];
      places[place] = logits[k];
    }
    for (let k = 0; k < MARGINS; k++) data[i * MARGINS + k] = places[k + 1] - places[0];
  }
  return { count, width: MARGINS, data };
}

/**
 * The views as training images have them: what a network's embedding is made from, once.
 *
 * @throws DigitFidError if there are fewer than 2 images, a value is not finite, or a view does not vary
 */
export function fitViews(training: Outputs): View[] {
  return (Object.keys(VIEWS) as ViewName[]).map((name) => fitView(viewOf(training, name), name));
}

function fitView(rows: Latents, name: ViewName): View {
  checkLatents(rows, "training images");
  const { width } = rows;
  const moments = Moments.of(rows);
  const { values, vectors } = symmetricEigen(moments.covariance());
  const mean = values.reduce((sum, value) => sum + value, 0) / width;
  if (!(mean > 0)) throw new DigitFidError(`training images: the ${name} do not vary: the network is of no use`);
  const matrix = vectors.mulRowVector(values.map((value) => 1 / Math.sqrt(value + RIDGE * mean)));
  const whitening = Float32Array.from(matrix.to1DArray());
  const scale = Math.sqrt(WIDTH_SHARE * medianSquaredDistance(rows, whitening));
  return {
    name,
    width,
    centre: Float32Array.from(moments.mean),
    whitening: whitening.map((value) => value / scale),
  };
}

function medianSquaredDistance({ count, width, data }: Latents, whitening: Float32Array): number {
  const few = Math.min(count, WIDTH_ROWS);
  const white = new Float64Array(few * width);
  for (let i = 0; i < few; i++) {
    for (let k = 0; k < width; k++) {
      for (let j = 0; j < width; j++) white[i * width + j] += data[i * width + k] * whitening[k * width + j];
    }
  }
  const distances = new Float64Array(few * (few - 1) / 2);
  let place = 0;
  for (let i = 1; i < few; i++) {
    for (let j = 0; j < i; j++, place++) {
      for (let k = 0; k < width; k++) distances[place] += (white[i * width + k] - white[j * width + k]) ** 2;
    }
  }
  return distances.sort()[distances.length >> 1];
}

/** A view's rows times a matrix plus an offset are angles; their cosines and sines are the image's point. */
export interface Projection {
  /** Which numbers are projected. */
  readonly name: ViewName;
  /** How many of them an image has. */
  readonly width: number;
  /** How many angles. */
  readonly frequencies: number;
  /** `width × frequencies`, row by row, in turns. */
  readonly matrix: Float64Array<ArrayBuffer>;
  /** An angle each, in turns. */
  readonly offset: Float64Array<ArrayBuffer>;
}

/**
 * The projections of an embedding: random Fourier features of a Gaussian kernel on each view. Their frequencies are
 * always the same ones. Source: Rahimi & Recht, "Random Features for Large-Scale Kernel Machines", NeurIPS 2007.
 */
export function projectionsOf(views: readonly View[]): Projection[] {
  return views.map(({ name, width, centre, whitening }, index) => {
    const { frequencies } = VIEWS[name];
    const matrix = new Float64Array(width * frequencies), offset = new Float64Array(frequencies);
    for (let j = 0; j < frequencies; j++) {
      const direction = Float64Array.from({ length: width }, (_, k) => normal(index, j, k) / (2 * Math.PI));
      for (let k = 0; k < width; k++) {
        let sum = 0;
        for (let l = 0; l < width; l++) sum += whitening[k * width + l] * direction[l];
        matrix[k * frequencies + j] = sum;
        offset[j] -= centre[k] * sum;
      }
    }
    return { name, width, frequencies, matrix, offset };
  });
}

/** Near enough to normal: the sum of twelve uniform numbers, less their mean; by arithmetic that every machine shares. */
function normal(view: number, frequency: number, place: number): number {
  let sum = -6;
  for (let draw = 0; draw < 4; draw++) {
    for (const word of pcg3d(view << 16 | frequency, place, draw)) sum += word / 2 ** 32;
  }
  return sum;
}

/** Cosines and sines are summed as whole numbers of this unit: then a sum is exact, in whatever order it is taken. */
export const UNIT = 2 ** -28;
/** More images than these, and a sum of whole units could pass 2⁵³. */
export const MOST_IMAGES = 2 ** 25;

/**
 * Adds the points of rows to a sum.
 *
 * @param rows of the projection's view
 * @param numbers which rows to add
 * @param sum `2 × frequencies` whole units of {@linkcode UNIT}: cosines, then sines
 */
export function addPoints(projection: Projection, rows: Latents, numbers: ArrayLike<number>, sum: Float64Array): void {
  const { width, frequencies, matrix, offset } = projection;
  const angles = new Float64Array(frequencies);
  for (let n = 0; n < numbers.length; n++) {
    const i = numbers[n];
    angles.set(offset);
    for (let k = 0; k < width; k++) {
      const value = rows.data[i * width + k];
      for (let j = 0; j < frequencies; j++) angles[j] += value * matrix[k * frequencies + j];
    }
    for (let j = 0; j < frequencies; j++) {
      sum[j] += Math.floor(cosineOfTurns(angles[j]) / UNIT + 0.5);
      sum[frequencies + j] += Math.floor(sineOfTurns(angles[j]) / UNIT + 0.5);
    }
  }
}
