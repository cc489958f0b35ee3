/** Scores as a command asks for them: what `fid` prints and `verify` computes again. */
import { subsetOf } from "../lib/data/subset.ts";
import type { ImageSource } from "../lib/data/sources.ts";
import { UsageError } from "../lib/errors.ts";
import { Moments } from "../lib/metrics/moments.ts";
import type { NetworkIdentity } from "../lib/network/identity.ts";
import { identifyWeights, startNetwork } from "../lib/network/load.ts";
import { openArithmetic } from "../lib/scoring/arithmetic.ts";
import { calibrationOf, meaningOf } from "../lib/scoring/calibration.ts";
import { compareSets, type Comparison } from "../lib/scoring/comparison.ts";
import { type ComparedSet, comparisonFields } from "../lib/scoring/comparison_words.ts";
import { type Embedding, embeddingOf } from "../lib/scoring/embedding.ts";
import { extractFeatures, type ScoredSet, scoreSets } from "../lib/scoring/features.ts";
import { METRIC_NAMES } from "../lib/scoring/fields.ts";
import { cachedFeatures, type FeatureCache } from "../lib/scoring/real_cache.ts";
import { featuresOf } from "../lib/scoring/score.ts";
import { SPLITS } from "../lib/scoring/sets.ts";
import { scoreFields } from "../lib/scoring/words.ts";
import { together } from "../lib/together.ts";
import { isSplit } from "./cache.ts";
import { choices, flagName, integer, several, type Values, writtenValue } from "./flags.ts";
import { flagsOfSide, IMAGE_FLAGS, type Side } from "./image_flags.ts";
import {
  DATA_FLAGS,
  dataDirectory,
  images,
  NETWORK_FLAGS,
  networkFiles,
  openSide,
  setFiles,
  showSet,
} from "./inputs.ts";
import { MORE_FLAGS, type Said, sayMore } from "./made_of.ts";
import { chooseKernels } from "./kernels.ts";
import type { Output } from "./output.ts";
import { inWords } from "./remedy.ts";

/** Counts that change what metrics are. */
export const COUNT_FLAGS = {
  neighbours: integer("neighbours that make a ball, for precision, recall (3), density and coverage (5)", undefined, {
    min: 1,
    max: 1000,
  }),
  subsets: integer("disjoint subsets that KID is the mean of (of 500 images each, at least 10)", undefined, { min: 1 }),
};

/** What a score is of, and how it is made. */
export const SCORE_FLAGS = {
  fake: several(images("generated images; several sets are compared", "")),
  real: images("real images to compare with", "mnist-test"),
  ...IMAGE_FLAGS,
  only: {
    ...choices("these metrics only, such as fid,kid", METRIC_NAMES.map(flagName)),
  },
  ...COUNT_FLAGS,
  limit: integer(
    "score N images of each set, drawn at random; with fewer of mnist-test no real digits stand beside",
    undefined,
    {
      min: 2,
    },
  ),
  seed: integer("seed of what is drawn at random", 0, { min: 0, max: 2 ** 32 - 1 }),
  ...MORE_FLAGS,
  ...NETWORK_FLAGS,
  ...DATA_FLAGS,
};

type ScoreValues = Values<typeof SCORE_FLAGS>;

/** The score of a set, with what it is of. */
export interface NamedScore extends ComparedSet {
  /** What the network made of it. */
  readonly set: ScoredSet;
}

/** Scores of sets against one real set. */
export interface Scoring {
  /** The network. */
  readonly identity: NetworkIdentity;
  /** What the network made of the real images. */
  readonly realSet: ScoredSet;
  /** In the order in which the sets were given. */
  readonly scores: readonly NamedScore[];
  /** Of several sets. */
  readonly comparison?: Comparison;
  /** What else there is to say, of a single set that is scored by all metrics. */
  readonly more: Said;
  /** How it was made: what is not as it is by default. */
  readonly made: { readonly seed: number; readonly kernels: string; readonly options: Record<string, unknown> };
}

/** Files that a score is read from. */
export function filesOf(values: ScoreValues): string[] {
  const { real, fake, labels } = values;
  return [
    dataDirectory(values),
    ...networkFiles(values),
    ...[real, ...fake].flatMap(setFiles),
    ...labels ? [labels] : [],
  ];
}

/**
 * Reads the sets and scores them, saying what they were taken as and what to keep in mind.
 *
 * @param cache keeps what the reference network makes of the data set's parts
 */
export async function scoreAll(values: ScoreValues, output: Output, cache?: FeatureCache): Promise<Scoring> {
  const { real, fake: fakes, seed, neighbours, subsets } = values;
  for (const name of ["copies", "duplicates", "byDigit", "trainOnFake"] as const) {
    if (values[name] && fakes.length > 1) {
      throw new UsageError(`--${flagName(name)} is of one set: give a single --fake`);
    }
  }
  if (values.images !== undefined && fakes.length > 1) {
    throw new UsageError("--images describes one set: give a single --fake");
  }
  if (new Set(fakes).size < fakes.length) throw new UsageError("--fake: the same images are given twice");
  const computing = await chooseKernels(values, output, "sameness");
  const weights = await identifyWeights(values.weights), { identity } = weights;
  const open = async (input: string, side: Side) => {
    const whole = await openSide(input, side, values, identity);
    return whole instanceof Moments ? whole : subsetOf(whole, values.limit ?? Infinity, { seed });
  };
  const isSame = fakes[0] === real && SPLITS.has(real) && values.labels === undefined &&
    flagsOfSide(values, "fake").length === 0; // a split against itself is looked at once
  const ofRealSide = open(real, "real"); // files are read while threads start
  const opened = [ofRealSide, isSame ? ofRealSide : open(fakes[0], "fake")] as const;
  const note = (input: ImageSource | Moments) => {
    if (!(input instanceof Moments)) output.note(showSet(input));
  };
  together(...opened).then((inputs) => inputs.forEach(note), () => {}); // what fails is heard of below
  using loaded = await startNetwork(weights, computing);
  const { network } = loaded;
  const [embedding, calibration] = [await embeddingOf(identity), await calibrationOf(identity)];
  const kept = embedding && computing.kernels === "cpu" ? cache : undefined; // one file a part, not one a network
  const look = (source: ImageSource, space?: Embedding) =>
    kept && isSplit(source) ? cachedFeatures(loaded, source, embedding, kept) : extractFeatures(network, source, space);
  const read = async (opened: Promise<ImageSource | Moments>) => {
    const input = await opened;
    return { input, set: await (input instanceof Moments ? featuresOf(network, input) : look(input, embedding)) };
  };
  const reading = read(opened[0]);
  const [ofReal, ofFirst] = await together(reading, isSame ? reading : read(opened[1]));
  const realSet = ofReal.set;
  let more: Said = { fields: {}, lines: [] };
  const only = values.only && new Set(METRIC_NAMES.filter((name) => values.only!.has(flagName(name))));
  await using arithmetic = await openArithmetic(values.threads);
  const scores: NamedScore[] = [];
  for (const [i, fake] of fakes.entries()) {
    const ofFake = i === 0 ? ofFirst : await read(open(fake, "fake"));
    const { set } = ofFake;
    if (i > 0) note(ofFake.input);
    const isDescribed = fakes.length === 1 && (only === undefined || asksMore(values));
    const [saidMore, metrics] = await together(
      isDescribed ? sayMore(network, ofReal, ofFake, { arithmetic, look, values }) : more,
      scoreSets(realSet, set, { seed, arithmetic, only, neighbours, subsets }),
    );
    more = saidMore;
    const meaning = calibration && meaningOf(metrics, calibration, realSet.sha256, { neighbours, subsets });
    scores.push({ fake, set, metrics, meaning, realSha256: realSet.sha256, fakeSha256: set.sha256 });
    const advised = new Map<string, string>();
    for (const warning of realSet.warnings) advised.set(warning.message, inWords(warning, "real"));
    for (const warning of set.warnings) advised.set(warning.message, inWords(warning, "fake"));
    const said = new Set(i > 0 ? scores[0].metrics.warnings : []);
    for (const warning of metrics.warnings) if (!said.has(warning)) output.warn(advised.get(warning) ?? warning);
  }
  const sets = scores.map(({ set }) => set);
  const comparison = sets.length > 1 ? await compareSets(realSet, sets, { seed, arithmetic }) : undefined;
  return {
    identity,
    realSet,
    scores,
    comparison,
    more,
    made: { seed, kernels: computing.kernels, options: optionsOf(values) },
  };
}

function asksMore({ copies, duplicates, images, byDigit, trainOnFake }: ScoreValues): boolean {
  return copies || duplicates || images !== undefined || byDigit || trainOnFake;
}

/** Flags that are in the result by names of their own, or change nothing of it. */
const APART = ["fake", "real", "images", "seed", "kernels", "threads"];

/** The flags that are not as they are by default, as they are written. */
function optionsOf(values: ScoreValues): Record<string, unknown> {
  const given = Object.entries(SCORE_FLAGS).flatMap(([key, flag]) => {
    const value = values[key as keyof ScoreValues];
    return APART.includes(key) || value === flag.default ? [] : [[flagName(key), writtenValue(value)]];
  });
  return Object.fromEntries(given);
}

/** The result as one object; of one set its score itself, of several their scores and how they compare. */
export function jsonOf({ identity, scores, comparison, more, made }: Scoring, real: string): Record<string, unknown> {
  if (comparison === undefined) {
    return {
      ...scoreFields(scores[0].metrics, { identity, real, fake: scores[0].fake }, scores[0]),
      ...more.fields,
      ...made,
    };
  }
  return comparisonFields({ identity, real, made }, scores, comparison);
}
