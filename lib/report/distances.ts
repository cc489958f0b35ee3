/** How far the corruption ladder moves from the images it starts at, by distances that assume more and less. */
import type { LabelledImages } from "../data/images.ts";
import { frechetDistance } from "../fid.ts";
import type { Latents } from "../metrics/latents.ts";
import { Moments } from "../metrics/moments.ts";
import { slicedWasserstein } from "../metrics/sliced_wasserstein.ts";
import type { Network } from "../network/network.ts";
import type { Seeded } from "../random.ts";
import { type MeasuredRung, measureLadder } from "../scoring/ladder.ts";

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
export interface RungDistances extends Pick<MeasuredRung, "corruption" | "strength" | "kernel"> {
  /** Distances in the latent, which is before the ReLU. */
  readonly latent: NormalAssumption;
  /** Distances in what the head reads, which is after it. */
  readonly flatten: NormalAssumption;
}

/**
 * Measures every rung of the ladder.
 *
 * @param latent latents of the images as they were
 * @param flatten the same after the ReLU
 * @throws DigitFidError if there are fewer than 4 images
 */
export async function ladderDistances(
  network: Network,
  images: LabelledImages,
  { latent, flatten }: { readonly latent: Latents; readonly flatten: Latents },
  { seed = 0 }: Seeded = {},
): Promise<RungDistances[]> {
  const measured: RungDistances[] = [];
  const moments = Moments.of(flatten);
  const rungs = measureLadder(network, images, ["latent", "flatten"], { seed });
  for await (const { corruption, strength, kernel, fid, rows: [worseLatent, worseFlatten] } of rungs) {
    measured.push({
      corruption,
      strength,
      kernel,
      latent: { fid, ...normalShare(latent, worseLatent, { seed }) },
      flatten: {
        fid: frechetDistance(moments, Moments.of(worseFlatten)),
        ...normalShare(flatten, worseFlatten, { seed }),
      },
    });
  }
  return measured;
}

function normalShare(real: Latents, corrupted: Latents, seeded: Seeded): Omit<NormalAssumption, "fid"> {
  const { distance, normalDistance } = slicedWasserstein(real, corrupted, seeded);
  return { slicedSquared: distance ** 2, normalShare: distance === 0 ? 1 : (normalDistance / distance) ** 2 };
}
