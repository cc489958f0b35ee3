/** Precision, recall, density and coverage: which images lie among the nearest neighbours of the other set's. */
import { DigitFidError } from "../errors.ts";
import { DRAW, Random, type Seeded, STREAM } from "../random.ts";
import { spreadAxes } from "./axes.ts";
import { checkPair, type Latents, type Rows, takeRows } from "./latents.ts";
import { Moments } from "./moments.ts";
import { dot, mean, median, tiles } from "./numbers.ts";

/** Most images of a set that are compared; of more, so many are drawn at random. */
export const NEIGHBOUR_SAMPLE = 10_000;
/** Neighbours that make a ball for precision and recall (Kynkäänniemi et al. 2019). */
const MANIFOLD_NEIGHBOURS = 3;
/** Neighbours that make a ball for density and coverage (Naeem et al. 2020). */
const COVERAGE_NEIGHBOURS = 5;
/** Squared distances are summed in blocks of so many coordinates, and given up between two blocks. */
const BLOCK = 4;
/** Real rows that the axes are found from; any axes are right, and these are good enough to be fast. */
export const AXES_ROWS = 300;

/** Which images are compared, and how large the balls around them are. */
export interface NeighbourOptions extends Seeded {
  /** Neighbours that make a ball, 1 or more, for all four scores; 3 for two of them and 5 for two unless given. */
  readonly neighbours?: number;
}

/** Neighbours that make a small ball, for precision and recall, and a large one, for density and coverage. */
export interface BallSizes {
  /** Of a small ball. */
  readonly small: number;
  /** Of a large ball; not below the small one's. */
  readonly large: number;
}

/**
 * The neighbours that make a ball.
 *
 * @throws DigitFidError if they are not a whole number of at least 1
 */
export function ballSizes({ neighbours }: Pick<NeighbourOptions, "neighbours">): BallSizes {
  if (neighbours === undefined) return { small: MANIFOLD_NEIGHBOURS, large: COVERAGE_NEIGHBOURS };
  if (Number.isInteger(neighbours) && neighbours >= 1) return { small: neighbours, large: neighbours };
  throw new DigitFidError(`${neighbours} neighbours: give a whole number, at least 1`);
}

/** Shares of images inside the balls around the other set's images. */
export interface NeighbourScores {
  /** Share of generated images inside a ball of a real one, 0 … 1: are they real-looking? */
  readonly precision: number;
  /** Share of real images inside a ball of a generated one, 0 … 1: is every kind of image generated? */
  readonly recall: number;
  /** Balls of real images that a generated one is in, over their expected number; 0 or more, about 1 for equal sets. */
  readonly density: number;
  /** Share of real images with a generated one in their ball, 0 … 1. */
  readonly coverage: number;
}

/**
 * Precision and recall (Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models",
 * NeurIPS 2019, sec. 2; 3 neighbours) and density and coverage (Naeem et al., "Reliable Fidelity and Diversity Metrics
 * for Generative Models", ICML 2020; 5 neighbours). A ball reaches to the k-th nearest image of the same
 * set, the image itself not counted, and holds its rim.
 *
 * Exact on at most 10,000 images a set. Along axes that hold most of the variance first, which keep all distances, nearly all
 * of a distance is in its first terms, so most sums can be given up early: Bei & Gray, "An Improvement of the Minimum
 * Distortion Encoding Algorithm for Vector Quantization", 1985.
 *
 * @param options the seed draws the images where there are more than 10,000
 * @throws DigitFidError if a set has fewer than 2 rows or holds NaN or infinity, the widths differ, or the neighbours are
 * no whole number of at least 1
 */
export function neighbourScores(real: Latents, fake: Latents, options: NeighbourOptions = {}): NeighbourScores {
  checkPair(real, fake);
  const { seed = 0 } = options, sizes = ballSizes(options);
  const random = new Random(seed, STREAM.bootstrap, DRAW.neighbours);
  const [realRows, fakeRows] = [real, fake].map((set) => takeRows(set, drawSample(set.count, random)));
  const axes = axesOf(realRows);
  const [r, f] = [realRows, fakeRows].map((rows) => rotate(rows, axes));
  const realBalls = squaredRadii(r, sizes);
  const fakeBalls = squaredRadii(f, sizes);

  const precise = new Uint8Array(f.count), recalled = new Uint8Array(r.count), covered = new Uint8Array(r.count);
  const { width, data: x } = r, { data: y } = f;
  let dense = 0;
  for (const [from, to] of tiles(f.count)) {
    for (let i = 0; i < r.count; i++) {
      const small = realBalls.small[i], large = realBalls.large[i];
      for (let j = from; j < to; j++) {
        const ofFake = fakeBalls.small[j], bound = Math.max(large, ofFake);
        if (firstTerms(x, i * width, y, j * width) > bound) continue;
        const distance = squaredDistance(x, i * width, y, j * width, width, bound);
        if (distance <= small) precise[j] = 1;
        if (distance <= ofFake) recalled[i] = 1;
        if (distance <= large) dense += covered[i] = 1;
      }
    }
  }
  return {
    precision: mean(precise),
    recall: mean(recalled),
    density: dense / (sizes.large * f.count),
    coverage: mean(covered),
  };
}

/** How a row lies among the balls of the real rows. */
export interface Realism {
  /** For each generated row the largest radius by distance of {@linkcode realismOf}: 1 or more is real-looking. */
  readonly realism: Float64Array<ArrayBuffer>;
  /** Whether each is in a ball of any size: {@linkcode NeighbourScores.precision} is the share of these. */
  readonly isInside: readonly boolean[];
}

/**
 * Realism of each generated row: the largest radius of a real row's ball by the distance to that row, among the smaller
 * half of the balls, as those of outliers are huge (Kynkäänniemi et al. 2019, sec. 5, eq. 3); Infinity for a real row.
 * The real rows and their balls are those of {@linkcode neighbourScores} with the same options, whose precision is the share
 * inside if there are at most 10,000 generated rows.
 *
 * @throws DigitFidError as {@linkcode neighbourScores}
 */
export function realismOf(real: Latents, fake: Latents, options: NeighbourOptions = {}): Realism {
  checkPair(real, fake);
  const { seed = 0 } = options;
  const sample = drawSample(real.count, new Random(seed, STREAM.bootstrap, DRAW.neighbours));
  const realRows = takeRows(real, sample), axes = axesOf(realRows);
  const everyFake = takeRows(fake, Uint32Array.from({ length: fake.count }, (_, j) => j));
  const [r, f] = [realRows, everyFake].map((rows) => rotate(rows, axes));
  const radii = squaredRadii(r, ballSizes(options)).small, largest = median([...radii]), { width } = r;
  const squares = new Float64Array(f.count), isInside = new Array<boolean>(f.count).fill(false);
  for (const [from, to] of tiles(f.count)) {
    for (let i = 0; i < r.count; i++) {
      const radius = radii[i], isSmall = radius <= largest;
      for (let j = from; j < to; j++) {
        const better = isSmall && radius > 0 ? radius / squares[j] : 0;
        const bound = Math.max(isInside[j] ? 0 : radius, better); // nothing is learned of what is farther
        if (firstTerms(r.data, i * width, f.data, j * width) > bound) continue;
        const distance = squaredDistance(r.data, i * width, f.data, j * width, width, bound);
        if (distance <= radius) isInside[j] = true;
        if (!isSmall || distance > bound) continue;
        squares[j] = Math.max(squares[j], distance === 0 ? Infinity : radius / distance);
      }
    }
  }
  return { realism: squares.map(Math.sqrt), isInside };
}

/** Numbers of the rows that are compared. */
export function drawSample(count: number, random: Random): Uint32Array {
  return random.permutation(count).subarray(0, NEIGHBOUR_SAMPLE);
}

/** Directions in which to look at points, and where most of them lie. */
export interface Axes {
  /** `width` × `width`, an axis a row, the first few of which hold most of the variance. */
  readonly vectors: Float64Array;
  /** The mean along each axis. */
  readonly centre: Float64Array;
  /** Root of the summed variances. */
  readonly spread: number;
}

/** Axes along which the first rows of a set spread. Whatever they are, no distance depends on them but by rounding. */
export function axesOf({ count, width, data }: Rows): Axes {
  const few = Math.min(count, AXES_ROWS);
  return axesAlong(Moments.of({ count: few, width, data: data.subarray(0, few * width) }));
}

/** Axes of a set of these moments. */
export function axesAlong(moments: Moments): Axes {
  const covariance = moments.covariance(), { width } = moments;
  const vectors = spreadAxes(covariance);
  const centre = Float64Array.from({ length: width }, (_, axis) => dot(vectors, axis * width, moments.mean, 0, width));
  const variances = Float64Array.from({ length: width }, (_, j) => covariance[j * width + j]);
  return { vectors, centre, spread: Math.sqrt(mean(variances) * width) };
}

/** Coordinates along axes; the width is padded to whole blocks. */
export function rotate({ count, width, data }: Rows, { vectors }: Axes): Rows {
  const padded = Math.ceil(width / BLOCK) * BLOCK;
  const rotated = new Float64Array(count * padded);
  for (let i = 0; i < count; i++) {
    for (let axis = 0; axis < width; axis++) {
      rotated[i * padded + axis] = dot(vectors, axis * width, data, i * width, width);
    }
  }
  return { count, width: padded, data: rotated };
}

/** The first terms of a squared distance: mostly they are above the bound by themselves. */
function firstTerms(x: Float64Array, p: number, y: Float64Array, q: number): number {
  const d0 = x[p] - y[q], d1 = x[p + 1] - y[q + 1], d2 = x[p + 2] - y[q + 2], d3 = x[p + 3] - y[q + 3];
  return (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
}

/** Squared distance of the rows that start at x[p] and y[q], or anything above the bound if it is above the bound. */
export function squaredDistance(
  x: Float64Array,
  p: number,
  y: Float64Array,
  q: number,
  width: number,
  bound: number,
): number {
  let distance = 0;
  for (let k = 0; k < width && distance <= bound; k += BLOCK) distance += firstTerms(x, p + k, y, q + k);
  return distance;
}

/** Squared radii of the small and the large ball around each row: to the farthest row if there are too few. */
function squaredRadii(rows: Rows, { small, large }: BallSizes): { small: Float64Array; large: Float64Array } {
  const { width, data } = rows;
  const k = Math.min(large, rows.count - 1);
  const nearest = new Float64Array(rows.count * k).fill(Infinity); // k a row, ascending
  for (const [from, to] of tiles(rows.count)) {
    for (let i = from + 1; i < rows.count; i++) {
      for (let j = from; j < Math.min(i, to); j++) {
        const bound = Math.max(nearest[i * k + k - 1], nearest[j * k + k - 1]);
        if (firstTerms(data, i * width, data, j * width) > bound) continue;
        const distance = squaredDistance(data, i * width, data, j * width, width, bound);
        if (distance >= bound) continue;
        insert(nearest, i * k, k, distance);
        insert(nearest, j * k, k, distance);
      }
    }
  }
  const column = (c: number) =>
    Float64Array.from({ length: rows.count }, (_, i) => nearest[i * k + Math.min(c, k) - 1]);
  return { small: column(small), large: column(large) };
}

/** Puts a value into an ascending list of fixed length, dropping the largest. */
function insert(list: Float64Array, start: number, length: number, value: number): void {
  let place = start + length - 1;
  if (value >= list[place]) return;
  for (; place > start && list[place - 1] > value; place--) list[place] = list[place - 1];
  list[place] = value;
}
