/** Which generated images lie nearest to real ones, and which farthest from them. */
import { DigitFidError } from "../errors.ts";
import { checkWidths, type Latents } from "../metrics/latents.ts";

/** A generated image and the real one nearest to it. */
export interface Neighbour {
  /** Index of the generated image. */
  readonly image: number;
  /** Index of the real image whose latent is nearest. */
  readonly real: number;
  /** Euclidean distance of the two latents. */
  readonly distance: number;
}

/** Most generated images that are looked at: of more, so many in even steps. */
export const MOST_LOOKED_AT = 1000;

/** The images that {@linkcode neighboursOf} looks at among so many, in order: all, or some in even steps. */
export function lookedAt(count: number): number[] {
  const kept = Math.min(count, MOST_LOOKED_AT);
  return Array.from({ length: kept }, (_, i) => Math.floor(i * count / kept));
}

/**
 * The nearest real image of each generated image of {@linkcode lookedAt}, the nearest pair first. Distances are
 * Euclidean, in the space of the latents, as for precision and recall.
 *
 * @throws DigitFidError if the widths differ, or there are no real images
 */
export function neighboursOf(real: Latents, fake: Latents): Neighbour[] {
  checkWidths(real, fake);
  if (real.count === 0) throw new DigitFidError("no real images to look for neighbours among");
  const axes = axesBySpread(real);
  const [points, queries] = [reordered(real, axes), reordered(fake, axes)];
  return lookedAt(fake.count)
    .map((image) => ({ image, ...nearest(points, queries.subarray(image * fake.width, (image + 1) * fake.width)) }))
    .sort((a, b) => a.distance - b.distance);
}

/** The nearest point of all; a sum that is larger than the best so far is not added up to its end. */
function nearest(points: Float64Array, query: Float64Array): { real: number; distance: number } {
  const width = query.length;
  let best = Infinity, real = 0;
  for (let i = 0, at = 0; at < points.length; i++, at += width) {
    let sum = 0;
    for (let k = 0; k < width && sum < best; k++) sum += (points[at + k] - query[k]) ** 2;
    if (sum < best) [best, real] = [sum, i];
  }
  return { real, distance: Math.sqrt(best) };
}

/** The axes of the latents, the one with the largest variance first: sums grow past the best soonest. */
function axesBySpread({ count, width, data }: Latents): number[] {
  const sums = new Float64Array(width), squares = new Float64Array(width);
  for (let i = 0; i < count * width; i++) sums[i % width] += data[i], squares[i % width] += data[i] ** 2;
  const spread = squares.map((square, k) => square - sums[k] ** 2 / count);
  return [...spread.keys()].sort((a, b) => spread[b] - spread[a]);
}

function reordered({ count, width, data }: Latents, axes: readonly number[]): Float64Array {
  const rows = new Float64Array(count * width);
  for (let i = 0; i < count; i++) for (let k = 0; k < width; k++) rows[i * width + k] = data[i * width + axes[k]];
  return rows;
}
