/** Which generated images lie nearest to real ones, and which farthest from them. */
import type { Latents } from "../metrics/latents.ts";
import { CLASSES } from "../model.ts";
import type { Arithmetic } from "./arithmetic.ts";

/** A generated image and the real one nearest to it. */
export interface Neighbour {
  /** Index of the generated image. */
  readonly image: number;
  /** Index of the real image whose latent is nearest. */
  readonly real: number;
  /** Euclidean distance of the two latents. */
  readonly distance: number;
}

/**
 * Of each digit the pair that is nearest, of those where both are that digit; none of a digit without such a pair.
 *
 * @param pairs the nearest first
 * @param fake digit of each generated image
 * @param real digit of each real one
 */
export function nearestOfEach(
  pairs: readonly Neighbour[],
  fake: ArrayLike<number>,
  real: ArrayLike<number>,
): Neighbour[] {
  const alike = pairs.filter((pair) => fake[pair.image] === real[pair.real]);
  return Array.from({ length: CLASSES }, (_, digit) => alike.find(({ image }) => fake[image] === digit) ?? []).flat();
}

/**
 * The nearest real image of each generated image, the nearest pair first. Distances are Euclidean, in the space of the
 * latents, as for precision and recall.
 *
 * @throws DigitFidError if a set has fewer than 2 rows, or the widths differ
 */
export async function neighboursOf(
  real: Latents,
  fake: Latents,
  { arithmetic }: { readonly arithmetic: Arithmetic },
): Promise<Neighbour[]> {
  const { distances, numbers } = await arithmetic.nearest(fake, real);
  return Array.from(distances, (distance, image) => ({ image, real: numbers[image], distance }))
    .sort((a, b) => a.distance - b.distance || a.image - b.image);
}
