/** How long scores take: what the network takes of it, and what the metrics. */
import type { Images } from "../lib/data/images.ts";
import { sourceOf } from "../lib/data/sources.ts";
import { median } from "../lib/metrics/numbers.ts";
import { loadNetwork } from "../lib/network/load.ts";
import { openArithmetic } from "../lib/scoring/arithmetic.ts";
import { extractFeatures, scoreSets } from "../lib/scoring/features.ts";

/** Seconds that parts of a score take; the fields are those of `bench --json`. */
export interface ScoringTimes {
  /** Real images. */
  readonly real_images: number;
  /** Generated images. */
  readonly fake_images: number;
  /** The network on all of them, by the CPU kernels. */
  readonly network_seconds: number;
  /** Every metric, nothing known of either set. */
  readonly metrics_seconds: number;
  /** Every metric against the same real images again, of which the arithmetic knows what it can. */
  readonly again_seconds: number;
}

/** Measures scores of images against others; medians of some repetitions. */
export async function scoringTimes(real: Images, fake: Images, repetitions: number): Promise<ScoringTimes> {
  using loaded = await loadNetwork();
  const { network } = loaded;
  const times: { network: number; metrics: number; again: number }[] = [];
  for (let i = 0; i < repetitions; i++) {
    const began = performance.now();
    const realSet = await extractFeatures(network, sourceOf(real, "real images"));
    const fakeSet = await extractFeatures(network, sourceOf(fake, "generated images"));
    const extracted = performance.now();
    await using arithmetic = await openArithmetic();
    await scoreSets(realSet, fakeSet, { arithmetic });
    const scored = performance.now();
    if (!("count" in fakeSet.features)) arithmetic.forget(fakeSet.features.latents);
    const forgotten = performance.now();
    await scoreSets(realSet, fakeSet, { arithmetic });
    times.push({ network: extracted - began, metrics: scored - extracted, again: performance.now() - forgotten });
  }
  const seconds = (part: keyof typeof times[number]) => median(times.map((time) => time[part])) / 1000;
  return {
    real_images: real.count,
    fake_images: fake.count,
    network_seconds: seconds("network"),
    metrics_seconds: seconds("metrics"),
    again_seconds: seconds("again"),
  };
}
