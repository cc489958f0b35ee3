/** The nearest rows of another set, exactly: what copies are found by. */
import { checkPair, type Latents, takeRows } from "./latents.ts";
import { AXES_ROWS, axesOf, rotate, squaredDistance } from "./neighbours.ts";
import { tiles } from "./numbers.ts";

/** For each row what is nearest to it. */
export interface Nearest {
  /** Euclidean distances. */
  readonly distances: Float64Array<ArrayBuffer>;
  /** Numbers of the nearest rows; of several the smallest. */
  readonly numbers: Uint32Array<ArrayBuffer>;
}

/** What is not looked at. */
export interface NearestOptions {
  /** For each row the number of the other row that it is itself, which does not count. */
  readonly own?: Uint32Array;
}

/**
 * For each row of one set the nearest row of another.
 *
 * @throws DigitFidError if a set has fewer than 2 rows or holds NaN or infinity, or the widths differ
 */
export function nearestOf(rows: Latents, others: Latents, { own }: NearestOptions = {}): Nearest {
  checkPair(others, rows);
  const all = ({ count }: Latents) => Uint32Array.from({ length: count }, (_, i) => i);
  const axes = axesOf(takeRows(others, all(others).subarray(0, AXES_ROWS)));
  const [x, y] = [rows, others].map((set) => rotate(takeRows(set, all(set)), axes));
  const distances = new Float64Array(x.count).fill(Infinity), numbers = new Uint32Array(x.count);
  for (const [from, to] of tiles(x.count)) {
    for (let j = 0; j < y.count; j++) {
      for (let i = from; i < to; i++) {
        if (own?.[i] === j) continue;
        const distance = squaredDistance(x.data, i * x.width, y.data, j * y.width, x.width, distances[i]);
        if (distance < distances[i]) [distances[i], numbers[i]] = [distance, j];
      }
    }
  }
  return { distances: distances.map(Math.sqrt), numbers };
}
