/** What can be said of each generated image by itself. */
import { checkedChunks, type ImageSource } from "../data/sources.ts";
import { type NeighbourOptions, realismOf } from "../metrics/neighbours.ts";
import { softmax } from "../metrics/numbers.ts";
import { CLASSES } from "../model.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { FoundCopies } from "./copies.ts";
import type { Features } from "./metrics.ts";
import { digitsOf, imagesOf } from "./sample.ts";

/** What may be wrong with an image. */
export type ImageFlag = "blank" | "duplicate" | "near copy" | "uncertain";

/** A generated image beside what it is nearest to. */
export interface EachImage {
  /** Its number in the set that it is from. */
  readonly index: number;
  /** The picture that it is in, or what the set is called. */
  readonly file: string;
  /** The most likely digit. */
  readonly digit: number;
  /** Its probability by the network, 0.1 … 1. */
  readonly confidence: number;
  /** Realism of `metrics/neighbours.ts`: 1 or more looks real. */
  readonly realism: number;
  /** Whether it lies in a real image's ball: precision is the share of these. */
  readonly isInside: boolean;
  /** Number of the nearest real image, by the latents. */
  readonly real: number;
  /** The distance to it. */
  readonly realDistance: number;
  /** Number of the nearest training image, by the latents. */
  readonly training: number;
  /** The distance to it. */
  readonly trainingDistance: number;
  /** What may be wrong. */
  readonly flags: readonly ImageFlag[];
}

/** A digit less likely than this is uncertain. */
const SURE = 0.9;
/** Between the darkest and the brightest pixel of an image with ink, 0 … 1; noise alone spans less. */
const CONTRAST = 0.25;

/** Images, and what the network makes of them. */
interface Described {
  readonly source: ImageSource;
  readonly features: Features;
}

/** Describes every image of a set, in the set's order; of its copies it is known already. */
export async function describeImages(
  real: Described,
  fake: Described,
  found: FoundCopies,
  { seed, neighbours, arithmetic }: NeighbourOptions & { readonly arithmetic: Arithmetic },
): Promise<EachImage[]> {
  const { source, features } = fake, { latents, logits } = features;
  const { realism, isInside } = realismOf(real.features.latents, latents, { seed, neighbours });
  const nearest = await arithmetic.nearest(latents, real.features.latents);
  const reals = imagesOf(real.features, nearest.numbers);
  const isBlank = await blanksOf(source), digits = digitsOf(logits);
  const described: EachImage[] = [];
  for (const [i, image] of imagesOf(features, digits.keys()).entries()) {
    const digit = digits[i], confidence = softmax(logits.subarray(i * CLASSES, (i + 1) * CLASSES))[digit];
    const trainingDistance = found.nearest.distances[i];
    const flags: [ImageFlag, boolean][] = [
      ["blank", isBlank[image]],
      ["duplicate", found.isDuplicate[image]],
      ["near copy", trainingDistance < found.copies.near.distance],
      ["uncertain", confidence < SURE],
    ];
    described[image] = {
      index: numberOf(source, image),
      file: source.files?.[image] ?? source.name,
      digit,
      confidence,
      realism: realism[i],
      isInside: isInside[i],
      real: numberOf(real.source, reals[i]),
      realDistance: nearest.distances[i],
      training: found.nearest.numbers[i],
      trainingDistance,
      flags: flags.flatMap(([flag, is]) => is ? [flag] : []),
    };
  }
  return described;
}

/** Number of an image in the whole set. */
function numberOf({ numbers }: ImageSource, image: number): number {
  return numbers?.[image] ?? image;
}

/** Whether each image is one even level, but for noise. */
async function blanksOf(source: ImageSource): Promise<boolean[]> {
  const found: boolean[] = [];
  for await (const { count, size, pixels } of checkedChunks(source)) {
    const area = size * size, white = pixels instanceof Uint8Array ? 255 : 1;
    for (let i = 0; i < count; i++) {
      let [darkest, brightest] = [white, 0];
      for (let k = i * area; k < (i + 1) * area; k++) {
        darkest = Math.min(darkest, pixels[k]);
        brightest = Math.max(brightest, pixels[k]);
      }
      found.push(brightest - darkest < CONTRAST * white);
    }
  }
  return found;
}
