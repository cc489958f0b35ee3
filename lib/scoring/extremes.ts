/** Which generated images lie nearest to real ones, and which farthest from them. */
import type { Latents } from "../metrics/latents.ts";
import { CLASSES } from "../model.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Features } from "./metrics.ts";
import { digitsOf, imagesOf } from "./sample.ts";

/** A generated image and the real one nearest to it. */
export interface Neighbour {
  /** Number of the generated image, or of its row. */
  readonly image: number;
  /** Number of the real image whose latent is nearest, or of its row. */
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

/** Pairs of images at either end. */
export interface Extremes {
  /** Of each digit the generated image nearest to a real one. */
  readonly nearest: readonly Neighbour[];
  /** Generated images farthest from any real one, the farthest first. */
  readonly farthest: readonly Neighbour[];
}

/**
 * The pairs to be shown of two sets, by the numbers of their images.
 *
 * @param real the set, and the classes of its rows' images where they are known
 * @param count how many of the farthest
 */
export async function extremesOf(
  real: { readonly features: Features; readonly labels?: Uint8Array },
  fake: Features,
  { count, arithmetic }: { readonly count: number; readonly arithmetic: Arithmetic },
): Promise<Extremes> {
  const rows = await neighboursOf(real.features.latents, fake.latents, { arithmetic });
  const nearest = nearestOfEach(rows, digitsOf(fake.logits), real.labels ?? digitsOf(real.features.logits));
  const images = (pairs: readonly Neighbour[]) => {
    const [own, others] = [
      imagesOf(fake, pairs.map(({ image }) => image)),
      imagesOf(real.features, pairs.map(({ real }) => real)),
    ];
    return pairs.map(({ distance }, i) => ({ image: own[i], real: others[i], distance }));
  };
  return { nearest: images(nearest), farthest: images(rows.slice(-count).reverse()) };
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
