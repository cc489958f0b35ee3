/** How far the corruption ladder moves from the images it starts at, by distances that assume more and less. */
import { corruptionLadder, type Rung } from "../data/corruption.ts";
import type { LabelledImages } from "../data/images.ts";
import { frechetDistance } from "../fid.ts";
import { type KernelDistance, kernelDistance } from "../metrics/kid.ts";
import type { Latents } from "../metrics/latents.ts";
import { Moments } from "../metrics/moments.ts";
import { slicedWasserstein } from "../metrics/sliced_wasserstein.ts";
import type { Network } from "../network/network.ts";
import { layerRows } from "./layer_rows.ts";

/** What the assumption of normal latents does to a distance. */
export interface NormalAssumption {
  /** Fréchet distance, in squared units of the layer. */
  readonly fid: number;
  /** Sliced Wasserstein-2 distance, squared, in the same unit; it assumes nothing. */
  readonly slicedSquared: number;
  /** The share of that, 0 … 1, which normal distributions of the same means and variances would have. */
  readonly normalShare: number;
}

/** The distances of a rung from the images as they were. */
export interface RungDistances extends Pick<Rung, "corruption" | "strength"> {
  /** Kernel distance of the latents. */
  readonly kernel: KernelDistance;
  /** Distances in the latent, which is before the ReLU. */
  readonly latent: NormalAssumption;
  /** Distances in what the head reads, which is after it. */
  readonly flatten: NormalAssumption;
}

/**
 * Measures every rung of the ladder.
 *
 * @throws DigitFidError if there are fewer than 4 images
 */
export async function ladderDistances(
  network: Network,
  images: LabelledImages,
  seed: number,
): Promise<RungDistances[]> {
  const layers = ["latent", "flatten"];
  const [latent, flatten] = await layerRows(network, images, layers);
  const measured: RungDistances[] = [];
  for (const { corruption, strength, images: worse } of corruptionLadder(images, seed)) {
    const [worseLatent, worseFlatten] = await layerRows(network, worse, layers);
    measured.push({
      corruption,
      strength,
      kernel: kernelDistance(latent, worseLatent, { seed }),
      latent: normalAssumption(latent, worseLatent, seed),
      flatten: normalAssumption(flatten, worseFlatten, seed),
    });
  }
  return measured;
}

function normalAssumption(real: Latents, corrupted: Latents, seed: number): NormalAssumption {
  const { distance, normalDistance } = slicedWasserstein(real, corrupted, { seed });
  return {
    fid: frechetDistance(Moments.of(real), Moments.of(corrupted)),
    slicedSquared: distance ** 2,
    normalShare: distance === 0 ? 1 : (normalDistance / distance) ** 2,
  };
}
