/** Finds out what a network's scores mean: real digits that the other side has not are scored, as they are and corrupted. */
import { corrupt, type Corruption, CORRUPTIONS } from "../data/corruption.ts";
import { PixelHash } from "../data/pixel_hash.ts";
import { type LabelledImages, takeLabelled } from "../data/images.ts";
import type { Split } from "../data/mnist.ts";
import { sourceOf } from "../data/sources.ts";
import { Moments } from "../metrics/moments.ts";
import { mean, standardDeviation } from "../metrics/numbers.ts";
import type { Network } from "../network/network.ts";
import { Random, STREAM } from "../random.ts";
import { type Arithmetic, openArithmetic } from "./arithmetic.ts";
import { type Calibration, type Floor, FLOOR_METRICS, floorOf, type Ladder, type Spread } from "./calibration.ts";
import type { Embedding } from "./embedding.ts";
import { type EmbeddedSet, extractFeatures, type ScoredSet, scoreSets, takeSet } from "./features.ts";
import type { Metrics } from "./fields.ts";
import type { Features, MetricsOptions } from "./metrics.ts";

/** Sizes of the sets of real digits, and how many sets are drawn of each. */
const SIZES = [[100, 20], [200, 20], [500, 20], [1000, 20], [2000, 20], [5000, 10], [10_000, 10]] as const;
/** Images that are corrupted. */
const LADDER_IMAGES = 5000;
/** Below its weakest step a corruption that can be of any strength is tried at these shares of it. */
const WEAKER = [0.125, 0.25, 0.5], CONTINUOUS = ["noise", "blur"];
/** Seed of all that is drawn: always the same. */
const SEED = 0;
/** What is computed of each set: the interval of the Fréchet distance is of no use here. */
const COMPUTED = { only: new Set(FLOOR_METRICS), interval: false };

/** All that a network makes of a split. */
interface Pool {
  readonly set: ScoredSet;
  readonly features: Features;
  readonly embedded: EmbeddedSet;
}

/**
 * Fits a calibration: each split in turn stands as the real set, and digits of the other one are scored against it, as
 * they are and, against the test images, corrupted. The same network gives the same bits.
 *
 * @param tell is called with what comes next
 */
export async function calibrate(
  network: Network,
  embedding: Embedding,
  images: Readonly<Record<Split, LabelledImages>>,
  tell: (what: string) => void = () => {},
): Promise<Calibration> {
  await using arithmetic = await openArithmetic();
  const pool = async (split: Split): Promise<Pool> => {
    tell(`the ${images[split].count} images of ${split}`);
    const set = await extractFeatures(network, sourceOf(images[split], split), embedding);
    const { features, embedded } = set;
    if (features instanceof Moments || embedded === undefined) throw new Error("a split of MNIST is kept whole");
    return { set, features, embedded };
  };
  const [train, test] = [await pool("train"), await pool("test")];
  const floors = {
    train: await fitFloors(train, test, arithmetic, (size) => tell(`${size} images against train`)),
    test: await fitFloors(test, train, arithmetic, (size) => tell(`${size} images against test`)),
  };
  const numbers = new Random(SEED, STREAM.calibration).permutation(images.train.count).subarray(0, LADDER_IMAGES);
  const few = takeLabelled(images.train, numbers);
  const ladders: Ladder[] = [];
  for (const corruption of CORRUPTIONS) {
    tell(corruption.title);
    const rungs = [];
    for (const strength of strengthsOf(corruption)) {
      const corrupted = sourceOf(corrupt(few, corruption, strength, SEED), corruption.name);
      const set = await extractFeatures(network, corrupted, embedding);
      const { digitDistance = NaN, fid = NaN } = await scoreOnce(test.set, set, {
        arithmetic,
        only: new Set(["digitDistance", "fid"]),
        interval: false,
      });
      const beyond = (metric: "digitDistance" | "fid", value: number) =>
        value - floorOf(floors.test, metric, LADDER_IMAGES)![0];
      rungs.push({ strength, digitDistance: beyond("digitDistance", digitDistance), fid: beyond("fid", fid) });
    }
    ladders.push({ corruption: corruption.name, rungs });
  }
  const hash = async (split: Split) => (await new PixelHash().add(images[split]).digest())!;
  return {
    network: embedding.network,
    images: { train: await hash("train"), test: await hash("test") },
    floors,
    ladders,
  };
}

function strengthsOf({ name, strengths }: Corruption): number[] {
  return [...(CONTINUOUS.includes(name) ? WEAKER.map((share) => share * strengths[0]) : []), ...strengths];
}

async function fitFloors(
  real: Pool,
  pool: Pool,
  arithmetic: Arithmetic,
  tell: (size: number) => void,
): Promise<Floor[]> {
  const floors: Floor[] = [];
  const random = new Random(SEED, STREAM.calibration, 1);
  const { count } = pool.features.latents;
  for (const [images, draws] of SIZES.filter(([size]) => size <= count)) {
    tell(images);
    const scores: Metrics[] = [];
    for (let draw = 0; draw < (images < count ? draws : 1); draw++) {
      const set = takeSet(pool.embedded, random.permutation(count).subarray(0, images));
      scores.push(await scoreOnce(real.set, set, { arithmetic, ...COMPUTED }));
    }
    // Sets drawn from few images overlap, which hides a part of their spread; one set of all of them hides it all.
    const shown = Math.sqrt(1 - images / count);
    const spreads = FLOOR_METRICS.map((metric): [string, Spread] => {
      const values = scores.map((score) => score[metric]!);
      const deviation = shown > 0 ? standardDeviation(values) / shown : floorOf(floors, metric, images)![1];
      return [metric, [mean(values), deviation]];
    });
    floors.push({ images, ...Object.fromEntries(spreads) } as Floor);
  }
  return floors;
}

async function scoreOnce(real: ScoredSet, set: ScoredSet, options: MetricsOptions & { arithmetic: Arithmetic }) {
  const score = await scoreSets(real, set, { seed: SEED, ...options });
  options.arithmetic.forget(set.features instanceof Moments ? set.features : set.features.latents);
  return score;
}
