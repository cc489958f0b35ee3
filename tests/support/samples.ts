/** Random latents for the tests of the metrics. */
import type { Latents } from "../../lib/metrics/latents.ts";
import { Random } from "../../lib/random.ts";

/** Independent normal latents, each of the given mean and standard deviation. */
export function normalLatents(
  count: number,
  width: number,
  seed: number,
  { mean = 0, deviation = 1 }: { mean?: number; deviation?: number } = {},
): Latents & { data: Float64Array<ArrayBuffer> } {
  const random = new Random(seed, 0);
  return { count, width, data: Float64Array.from({ length: count * width }, () => mean + deviation * random.normal()) };
}
