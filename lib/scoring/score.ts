/** One call from images to scores. */
import { Moments } from "../metrics/moments.ts";
import { type NetworkIdentity, sha256 } from "../network/identity.ts";
import { type LoadedNetwork, loadNetwork, type LoadOptions } from "../network/load.ts";
import type { Network } from "../network/network.ts";
import { checkOptionNames, type OptionNames } from "../option_names.ts";
import type { Seeded } from "../random.ts";
import { displayed } from "./display.ts";
import { type Embedding, embeddingOf } from "./embedding.ts";
import { together } from "../together.ts";
import { extractFeatures, type ScoredSet, scoreSets } from "./features.ts";
import type { Metrics } from "./fields.ts";
import type { MetricsOptions } from "./metrics.ts";
import { type ImageSet, openSet, SET_OPTIONS, type SetOptions, withLabels } from "./sets.ts";

/** How many neighbours and subsets: scores by other counts do not compare. */
export type CountOptions = Pick<MetricsOptions, "neighbours" | "subsets">;

/** What to score against, and how. */
export interface ScoreOptions extends SetOptions, Seeded, Pick<LoadOptions, "kernels">, CountOptions {
  /** Real images; MNIST's test images unless given. */
  readonly real?: ImageSet;
  /** The digit of each generated image that was asked for, or the path of a file with them: IDX, .npy or text. */
  readonly labels?: ArrayLike<number> | string;
  /** The network: loaded before, so that many scores share it, or the path of its weights; the reference network unless given. */
  readonly network?: Omit<LoadedNetwork, typeof Symbol.dispose> | string;
}

/** Their names. */
export const SCORE_OPTIONS: OptionNames<ScoreOptions> = {
  ...SET_OPTIONS,
  real: true,
  labels: true,
  network: true,
  kernels: true,
  seed: true,
  neighbours: true,
  subsets: true,
};

/** Every metric that the two sets allow, and which network it is by: scores by different networks do not compare. Notebooks show it as a table. */
export interface Score extends Metrics {
  /** Fréchet distance, which every two sets allow. */
  readonly fid: number;
  /** The network's name and hash. */
  readonly network: NetworkIdentity;
}

/**
 * Scores generated images against real ones.
 *
 * @param fake generated images, or statistics of their latents
 * @throws DigitFidError if a set or its labels cannot be read, they cannot be scored, or an option is unknown
 * @example
 * ```ts
 * import { score } from "@digit-fid/digit-fid";
 *
 * const { fid, precision, recall, network } = await score("examples/digits/vae-epoch30.npz");
 * console.log(`FID ${fid} by ${network.name} (${network.sha256})`);
 * ```
 */
export async function score(fake: ImageSet, options: ScoreOptions = {}): Promise<Score> {
  checkOptionNames(options, SCORE_OPTIONS, "score");
  const { real = "mnist-test", network: given, kernels, ...others } = options;
  if (typeof given === "object") return await scoreBy(given, fake, real, others);
  using loaded = await loadNetwork({ weights: given, kernels });
  return await scoreBy(loaded, fake, real, others);
}

async function scoreBy(
  { network, identity }: Omit<LoadedNetwork, typeof Symbol.dispose>,
  fake: ImageSet,
  real: ImageSet,
  { seed, neighbours, subsets, labels, ...options }: Omit<ScoreOptions, "real" | "network" | "kernels">,
): Promise<Score> {
  const realSet = await openSet(real, "real images", identity, options);
  const opened = await openSet(fake, "generated images", identity, options);
  const fakeSet = labels === undefined ? opened : await withLabels(opened, labels, "generated images");
  const embedding = await embeddingOf(identity);
  const [ofReal, ofFake] = await together(
    featuresOf(network, realSet, embedding),
    featuresOf(network, fakeSet, embedding),
  );
  const metrics = await scoreSets(ofReal, ofFake, { seed, neighbours, subsets });
  return displayed({ network: identity, ...metrics, fid: metrics.fid! }, ofReal.sha256, { neighbours, subsets });
}

/** What the network makes of a set, which for statistics is there already. */
export async function featuresOf(
  network: Network,
  set: Awaited<ReturnType<typeof openSet>>,
  embedding?: Embedding,
): Promise<ScoredSet> {
  if (!(set instanceof Moments)) return await extractFeatures(network, set, embedding);
  const numbers = Float64Array.of(set.count, ...set.mean, ...set.covariance());
  return { features: set, warnings: [], sha256: await sha256(new Uint8Array(numbers.buffer)) };
}
