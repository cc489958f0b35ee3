/** Scores as a command asks for them: what `fid` prints and `verify` computes again. */
import type { ImageSource } from "../lib/data/sources.ts";
import { Moments } from "../lib/metrics/moments.ts";
import type { NetworkIdentity } from "../lib/network/identity.ts";
import { identifyWeights, type LoadedNetwork, startNetwork } from "../lib/network/load.ts";
import { openArithmetic } from "../lib/scoring/arithmetic.ts";
import { calibrationOf, meaningOf } from "../lib/scoring/calibration.ts";
import { compareSets, type Comparison } from "../lib/scoring/comparison.ts";
import { type ComparedSet, comparisonFields } from "../lib/scoring/comparison_words.ts";
import { type Embedding, embeddingOf } from "../lib/scoring/embedding.ts";
import { extractFeatures, type ScoredSet, scoreSets } from "../lib/scoring/features.ts";
import type { Metrics } from "../lib/scoring/fields.ts";
import { cachedFeatures, type FeatureCache } from "../lib/scoring/real_cache.ts";
import { featuresOf } from "../lib/scoring/score.ts";
import { SPLITS } from "../lib/scoring/sets.ts";
import { scoreFields } from "../lib/scoring/words.ts";
import { together } from "../lib/together.ts";
import { isSplit } from "./cache.ts";
import { flagsOfSide, type Side } from "./image_flags.ts";
import { openSide, showSet } from "./inputs.ts";
import { chooseKernels } from "./kernels.ts";
import { limited } from "./limits.ts";
import { type Said, sayMore, type ScoredInput } from "./made_of.ts";
import type { Output } from "./output.ts";
import { inWords } from "./remedy.ts";
import { checkSets, optionsOf, saysMore, type ScoreValues, wantedOf } from "./score_flags.ts";

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

/**
 * Reads the sets and scores them, saying what they were taken as and what to keep in mind.
 *
 * @param cache keeps what the reference network makes of the data set's parts
 */
export async function scoreAll(values: ScoreValues, output: Output, cache?: FeatureCache): Promise<Scoring> {
  checkSets(values);
  const { fake: fakes, seed, neighbours, subsets } = values, only = wantedOf(values);
  const computing = await chooseKernels(values, output, "sameness");
  const weights = await identifyWeights(values.weights), { identity } = weights;
  const opened = openFirst(values, identity, output); // files are read while threads start
  using loaded = await startNetwork(weights, computing);
  const reader = await readerOf(loaded, computing.kernels === "cpu" ? cache : undefined);
  const reading = reader.read(opened[0]);
  const [ofReal, ofFirst] = await together(reading, opened[0] === opened[1] ? reading : reader.read(opened[1]));
  const realSet = ofReal.set, calibration = await calibrationOf(identity);
  await using arithmetic = await openArithmetic(values.threads);
  let more: Said = { fields: {}, lines: [] };
  const scores: NamedScore[] = [];
  for (const [i, fake] of fakes.entries()) {
    const ofFake = i === 0 ? ofFirst : await reader.read(openNoted(fake, values, identity, output));
    const { set } = ofFake;
    const [said, metrics] = await together(
      saysMore(values) ? sayMore(loaded.network, ofReal, ofFake, { arithmetic, look: reader.look, values }) : more,
      scoreSets(realSet, set, { seed, arithmetic, only, neighbours, subsets }),
    );
    more = said;
    warnOf(metrics, [realSet, set], output, scores[0]?.metrics);
    const meaning = calibration && meaningOf(metrics, calibration, realSet.sha256, { neighbours, subsets });
    scores.push({ fake, set, metrics, meaning, realSha256: realSet.sha256, fakeSha256: set.sha256 });
  }
  const sets = scores.map(({ set }) => set);
  const comparison = sets.length > 1 ? await compareSets(realSet, sets, { seed, arithmetic }) : undefined;
  const made = { seed, kernels: computing.kernels, options: optionsOf(values) };
  return { identity, realSet, scores, comparison, more, made };
}

type Opened = Promise<ImageSource | Moments>;

/** Opens the real set and the first generated one, side by side; a split against itself is opened once. */
function openFirst(values: ScoreValues, identity: NetworkIdentity, output: Output): readonly [Opened, Opened] {
  const { real, fake: [fake], labels } = values;
  const isSame = fake === real && SPLITS.has(real) && labels === undefined && flagsOfSide(values, "fake").length === 0;
  const ofReal = open(real, "real", values, identity, output);
  const ofFake = isSame ? ofReal : open(fake, "fake", values, identity, output);
  together(ofReal, ofFake).then((inputs) => inputs.forEach((input) => note(input, output)), () => {}); // heard of later
  return [ofReal, ofFake];
}

async function openNoted(fake: string, values: ScoreValues, identity: NetworkIdentity, output: Output): Opened {
  const input = await open(fake, "fake", values, identity, output);
  note(input, output);
  return input;
}

/** Opens a set, or as many of its images as are asked for. */
async function open(
  input: string,
  side: Side,
  values: ScoreValues,
  identity: NetworkIdentity,
  output: Output,
): Opened {
  const whole = await openSide(input, side, values, identity);
  return whole instanceof Moments ? whole : await limited(whole, values, output);
}

/** Says what a set was taken as. */
function note(input: ImageSource | Moments, output: Output): void {
  if (!(input instanceof Moments)) output.note(showSet(input));
}

/** What the network makes of sets: the data set's parts from what is kept of them. */
async function readerOf(loaded: LoadedNetwork, cache?: FeatureCache) {
  const embedding = await embeddingOf(loaded.identity), kept = embedding && cache; // one file a part, not one a network
  const look = (source: ImageSource, space?: Embedding) =>
    kept && isSplit(source)
      ? cachedFeatures(loaded, source, embedding, kept)
      : extractFeatures(loaded.network, source, space);
  const read = async (opened: Opened): Promise<ScoredInput> => {
    const input = await opened;
    return {
      input,
      set: await (input instanceof Moments ? featuresOf(loaded.network, input) : look(input, embedding)),
    };
  };
  return { look, read };
}

/** Says a score's warnings, each with the flag that helps, but for those that were said of the first set. */
function warnOf(
  { warnings }: Metrics,
  [real, fake]: readonly [real: ScoredSet, fake: ScoredSet],
  output: Output,
  first?: Metrics,
): void {
  const advised = new Map<string, string>();
  for (const warning of real.warnings) advised.set(warning.message, inWords(warning, "real"));
  for (const warning of fake.warnings) advised.set(warning.message, inWords(warning, "fake"));
  for (const warning of warnings) if (!first?.warnings.includes(warning)) output.warn(advised.get(warning) ?? warning);
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
