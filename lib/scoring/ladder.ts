/** How far each rung of the corruption ladder is from the images at its foot. */
import { corruptionLadder, type Rung } from "../data/corruption.ts";
import type { LabelledImages } from "../data/images.ts";
import { frechetDistance } from "../fid.ts";
import type { KernelDistance } from "../metrics/kid.ts";
import type { Latents } from "../metrics/latents.ts";
import type { Network } from "../network/network.ts";
import { layerRows } from "../network/outputs.ts";
import type { Seeded } from "../random.ts";
import { checkAlive, checkNumbers } from "./alive.ts";
import { openArithmetic } from "./arithmetic.ts";

/** What a network makes of the images of a rung. */
export interface MeasuredRung extends Rung {
  /** Fréchet distance of the latents, in their squared unit. */
  readonly fid: number;
  /** Kernel distance of the latents. */
  readonly kernel: KernelDistance;
  /** The rows of each layer asked for. */
  readonly rows: readonly Latents[];
}

/**
 * Corrupts images in every way at every strength, and measures how far that moves them.
 *
 * @param clean rows of the same images as they were, for each of the layers
 * @param layers what is read of each rung; the first is `latent`
 * @throws DigitFidError if there are fewer than 4 images, or the network gives no numbers, or the same ones for all
 */
export async function* measureLadder(
  network: Network,
  images: LabelledImages,
  clean: readonly Latents[],
  layers: readonly ["latent", ...string[]],
  { seed = 0 }: Seeded = {},
): AsyncGenerator<MeasuredRung> {
  await using arithmetic = await openArithmetic();
  const [latents] = clean;
  checkNumbers(latents, "the images as they are");
  checkAlive(latents);
  const moments = await arithmetic.moments(latents);
  for (const rung of corruptionLadder(images, seed)) {
    const rows = await layerRows(network, rung.images, layers);
    const kernel = await arithmetic.kernelDistance(latents, rows[0], { seed });
    const fid = frechetDistance(moments, await arithmetic.moments(rows[0]));
    arithmetic.forget(rows[0]);
    yield { ...rung, rows, kernel, fid };
  }
}
