/** From images to scores: what the network makes of two sets, and every metric of that. */
import { layerOutputs } from "../network/outputs.ts";
import type { Images } from "../data/images.ts";
import { DigitFidError } from "../errors.ts";
import { brightnessWarnings, type ImageSource, sourceOf, totalBrightness } from "../data/sources.ts";
import { Moments } from "../metrics/moments.ts";
import { type Features, type Score, score } from "./score.ts";
import { CLASSES, LATENT_SIZE } from "../model.ts";
import type { Network } from "../network/network.ts";
import type { Seeded } from "../random.ts";

/** Most images of a set whose latents are all kept (100 MB); of a larger set only the statistics are. */
const MOST_KEPT = 200_000;

/** What the network made of a set of images. */
export interface ScoredSet {
  /** Latents and logits of each image, or only statistics of the latents. */
  readonly features: Features | Moments;
  /** What to keep in mind about the images, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Runs images through the network in one pass. Memory stays the same from 200,000 images on, as then only the
 * statistics of the latents are kept.
 *
 * @throws DigitFidError if there are fewer than 2 images, or one cannot be read or used
 */
export async function extractFeatures(network: Network, source: ImageSource): Promise<ScoredSet> {
  const { name, count } = source;
  if (count < 2) {
    throw new DigitFidError(`${name}: ${count || "no"} image, which is too few to score: give at least 2`);
  }
  const keep = count <= MOST_KEPT;
  const latents = new Float32Array(keep ? count * LATENT_SIZE : 0);
  const logits = new Float32Array(keep ? count * CLASSES : 0);
  const moments = new Moments(LATENT_SIZE);
  let seen = 0, brightness = 0;
  for await (const images of source.chunks()) {
    brightness += totalBrightness(images);
    for await (const batch of layerOutputs(network, images, ["latent", "logits"])) {
      const [batchLatents, batchLogits] = batch.outputs;
      if (keep) {
        latents.set(batchLatents, seen * LATENT_SIZE);
        logits.set(batchLogits, seen * CLASSES);
      } else {
        moments.add({ count: batch.count, width: LATENT_SIZE, data: new Float32Array(batchLatents) });
      }
      seen += batch.count;
    }
  }
  const warnings = brightnessWarnings(name, brightness, count);
  if (keep) return { features: { latents: { count, width: LATENT_SIZE, data: latents }, logits }, warnings };
  warnings.push(`${name}: more than ${MOST_KEPT} images: only their statistics are kept`);
  return { features: moments, warnings };
}

/** Statistics of a set's latents: what can be kept to score against later. */
export function statisticsOf({ features }: ScoredSet): Moments {
  return features instanceof Moments ? features : Moments.of(features.latents);
}

/**
 * Every metric of generated images against real ones that the sets allow, with the warnings of both.
 *
 * @throws DigitFidError if they cannot be scored
 */
export function scoreSets(real: ScoredSet, fake: ScoredSet, options?: Seeded): Score {
  const realLatents = real.features instanceof Moments ? real.features : real.features.latents;
  const result = score(realLatents, fake.features, options);
  return { ...result, warnings: [...real.warnings, ...fake.warnings, ...result.warnings] };
}

/**
 * Scores generated images against real ones, both in memory.
 *
 * @throws DigitFidError if there are fewer than 2 images of either
 */
export async function scoreImages(
  network: Network,
  real: Images,
  fake: Images,
  options?: Seeded,
): Promise<Score> {
  const realSet = await extractFeatures(network, sourceOf(real, "real images"));
  const fakeSet = await extractFeatures(network, sourceOf(fake, "generated images"));
  return scoreSets(realSet, fakeSet, options);
}
