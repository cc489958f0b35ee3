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
import { inKeyOrder } from "./rows.ts";

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
 * @param layers what is read of each rung beside the scores
 * @throws DigitFidError if there are fewer than 4 images, or the network gives no numbers, or the same ones for all
 */
export async function* measureLadder(
  network: Network,
  images: LabelledImages,
  layers: readonly string[],
  { seed = 0 }: Seeded = {},
): AsyncGenerator<MeasuredRung> {
  await using arithmetic = await openArithmetic();
  const inOrder = ([latents, { data }]: readonly Latents[]) =>
    // as scores have it
    inKeyOrder({ latents, logits: Float32Array.from(data) }).latents;
  const clean = await layerRows(network, images, SCORED);
  checkNumbers(clean[0], "the images as they are");
  checkAlive(clean[0]);
  const latents = inOrder(clean), moments = await arithmetic.moments(latents);
  for (const rung of corruptionLadder(images, seed)) {
    const [latent, logits, ...rows] = await layerRows(network, rung.images, [...SCORED, ...layers]);
    const worse = inOrder([latent, logits]);
    const kernel = await arithmetic.kernelDistance(latents, worse, { seed });
    const fid = frechetDistance(moments, await arithmetic.moments(worse));
    arithmetic.forget(worse);
    yield { ...rung, rows, kernel, fid };
  }
}

/** What the scores are of. */
const SCORED = ["latent", "logits"] as const;
