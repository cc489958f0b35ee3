/** Whether a network gives numbers that can be scored. */
import { DigitFidError } from "../errors.ts";
import { firstNotFinite, type Latents } from "../metrics/latents.ts";
import { Moments } from "../metrics/moments.ts";

/**
 * Holds what a network gives against what is a number. The pixels were checked, so the rest is its own doing.
 *
 * @param name of the set of images
 * @param first number of the first image
 * @throws DigitFidError if a number is NaN or infinite
 */
export function checkNumbers({ width, data }: Latents, name: string, first = 0): void {
  const bad = firstNotFinite(data);
  if (bad < 0) return;
  const image = `image ${first + Math.floor(bad / width)}`;
  throw new DigitFidError(
    `${name}: the network gives ${data[bad]} for ${image}: its weights overflow, so it cannot score`,
  );
}

/**
 * Refuses a network whose units are dead: it gives the same latents for all images, and every set would score as perfect.
 *
 * @param real latents of real images, or their moments
 * @throws DigitFidError if they are all the same
 */
export function checkAlive(real: Latents | Moments): void {
  const alike = real instanceof Moments
    ? real.covariance().every((value) => value === 0)
    : real.data.every((value, i, data) => value === data[i % real.width]);
  if (!alike) return;
  throw new DigitFidError(
    "the latents of all real images are the same: the network is dead, or it is one image again and again",
  );
}
