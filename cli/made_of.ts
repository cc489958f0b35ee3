/** What `fid` says of a score besides its numbers: what it is made of, and whether there are copies. */
import { type Images, takeLabelled } from "../lib/data/images.ts";
import { loadMnist } from "../lib/data/mnist.ts";
import { type ImageSource, sourceOf } from "../lib/data/sources.ts";
import { DigitFidError } from "../lib/errors.ts";
import { Moments } from "../lib/metrics/moments.ts";
import type { Network } from "../lib/network/network.ts";
import type { Arithmetic } from "../lib/scoring/arithmetic.ts";
import { causeLines, findCauses } from "../lib/scoring/causes.ts";
import { type CopySets, findCopies } from "../lib/scoring/copies.ts";
import { copyLines } from "../lib/scoring/copies_words.ts";
import { duplicateWords, findDuplicates } from "../lib/scoring/duplicates.ts";
import { describeImages, type EachImage } from "../lib/scoring/each_image.ts";
import type { ScoredSet } from "../lib/scoring/features.ts";
import { scoresByDigit } from "../lib/scoring/labels.ts";
import { imagesOf } from "../lib/scoring/sample.ts";
import { toJsonNames } from "../lib/scoring/words.ts";
import { together } from "../lib/together.ts";
import { path, toggle, type Values } from "./flags.ts";
import { readLabelled, trainOnFake } from "./train_on_fake.ts";
import { type DATA_FLAGS, dataDirectory } from "./inputs.ts";

/** What else can be asked of a score. */
export const MORE_FLAGS = {
  copies: toggle("look for copies of mnist-train, beside mnist-test as fresh digits"),
  duplicates: toggle("look for digits that are in the set again and again"),
  images: path("write a table of the generated images, a line for each", undefined, "FILE"),
  byDigit: toggle("score each digit by itself, where the classes of both sets are known"),
  trainOnFake: toggle("train a network on the generated digits and their labels, and test it on real ones"),
};

/** A set that was scored, by what it was opened as. */
export interface ScoredInput {
  readonly input: ImageSource | Moments;
  readonly set: ScoredSet;
}

/** What is said of a score: fields for JSON, and lines for people. */
export interface Said {
  readonly fields: Record<string, unknown>;
  readonly lines: readonly string[];
  /** Each generated image, where that was asked for. */
  readonly images?: readonly EachImage[];
}

/** Runs images through the network. */
export type Look = (source: ImageSource) => Promise<ScoredSet>;

/** How to say more. */
export interface MoreOptions {
  readonly arithmetic: Arithmetic;
  /** What the network makes of a part of the data set. */
  readonly look: Look;
  readonly values: Values<typeof MORE_FLAGS & typeof DATA_FLAGS> & {
    readonly seed: number;
    readonly threads?: number;
    readonly neighbours?: number;
  };
}

/** What else there is to say of a score. */
export async function sayMore(
  network: Network,
  real: ScoredInput,
  fake: ScoredInput,
  { arithmetic, look, values }: MoreOptions,
): Promise<Said> {
  const { seed, neighbours } = values;
  const said = [await sayCauses(network, real, fake, { seed, arithmetic })];
  if (values.duplicates) said.push(await sayDuplicates(real, fake, { seed, arithmetic }));
  let images: EachImage[] | undefined;
  if (values.copies || values.images !== undefined) {
    const sets = await copySetsOf(look, real, fake, values), found = await findCopies(sets, { seed, arithmetic });
    const { copies } = found;
    if (values.copies) said.push({ fields: { copies: toJsonNames(copies) }, lines: copyLines(copies) });
    if (values.images !== undefined) {
      images = await describeImages(describedOf(real), sets.fake, found, { seed, neighbours, arithmetic });
    }
  }
  said.push(await sayLabels(real, fake, { arithmetic, values }));
  return {
    ...(images && { images }),
    fields: Object.assign({}, ...said.map(({ fields }) => fields)),
    lines: said.flatMap(({ lines }) => lines).map((line) => `  ${line}`),
  };
}

async function sayCauses(
  network: Network,
  { input: real, set: realSet }: ScoredInput,
  { input: fake, set: fakeSet }: ScoredInput,
  options: { readonly seed: number; readonly arithmetic: Arithmetic },
): Promise<Said> {
  if (real instanceof Moments || fake instanceof Moments) return { fields: {}, lines: [] };
  const [ofReal, ofFake] = [{ source: real, set: realSet }, { source: fake, set: fakeSet }];
  const causes = await findCauses(network, ofReal, ofFake, options);
  if (causes === undefined) return { fields: {}, lines: [] };
  const lines = causeLines(causes);
  const { images, digitDistance, fid } = causes; // of a sample, so not those in the lines above
  const sample = `of ${images} of the digits (digit distance ${digitDistance.toFixed(1)}, FID ${fid.toFixed(1)})`;
  if (lines.length > 0) lines.unshift(`${sample}, one thing set right at a time:`);
  else lines.push("none of levels, noise, position, size, strokes, edges and mix explains it alone");
  return { fields: { causes: toJsonNames(causes) }, lines: lines.map((line) => `made of           ${line}`) };
}

async function sayDuplicates(
  real: ScoredInput,
  fake: ScoredInput,
  options: { readonly seed: number; readonly arithmetic: Arithmetic },
): Promise<Said> {
  const [{ features: { latents } }, { source, features }] = [describedOf(real), describedOf(fake)];
  const { duplicates } = await findDuplicates({ source, latents: features.latents }, latents, options);
  const { value, note } = duplicateWords(duplicates);
  const lines = [`${"duplicates".padEnd(18)}${value.padStart(10)}   ${note}`];
  return { fields: { duplicates: toJsonNames(duplicates) }, lines };
}

/** What their labels tell of the digits. */
async function sayLabels(
  real: ScoredInput,
  fake: ScoredInput,
  { arithmetic, values }: Omit<MoreOptions, "look">,
): Promise<Said> {
  const { seed, threads, byDigit, trainOnFake: trains } = values;
  const fields: Record<string, unknown> = {}, lines: string[] = [];
  if ((byDigit || trains) && (fake.set.labels === undefined || fake.set.features instanceof Moments)) {
    throw new DigitFidError("the generated digits have no labels: name a file with them by --labels");
  }
  if (byDigit) {
    const scores = await scoresByDigit(real.set, fake.set, { seed, arithmetic });
    fields.by_digit = scores.map((score) => score ? toJsonNames(score) : null);
    lines.push(...scores.map((score, digit) => {
      if (!score?.digitDistance) return `digit ${digit}                    –   too few, or no labels`;
      const { digitDistance, digitDistanceStandardError: error = NaN, fid = NaN, fidInterval } = score;
      const spread = fidInterval ? (fidInterval[1] - fidInterval[0]) / 2 / 1.96 : NaN;
      const share = (value = NaN, error = NaN) => `${value.toFixed(3)} ± ${error.toFixed(3)}`;
      return `digit ${digit}           ${digitDistance.toFixed(4).padStart(10)}   ± ${error.toFixed(4)}; ` +
        `FID ${fid.toFixed(2)} ± ${spread.toFixed(2)}, ` +
        `precision ${share(score.precision, score.precisionStandardError)}, ` +
        `recall ${share(score.recall, score.recallStandardError)}`;
    }));
  }
  if (trains) {
    const load = (split: "train" | "test") => loadMnist(dataDirectory(values), split, { transpose: values.transpose });
    const { source, features } = describedOf(fake), inOrder = imagesOf(features, Array(source.count).keys());
    const images = takeLabelled((await readLabelled(source))!, inOrder);
    const trained = await trainOnFake(images, await load("train"), await load("test"), { seed, threads });
    fields.trained_on_fake = toJsonNames(trained);
    const { accuracy, realAccuracy, epochs } = trained;
    lines.push(
      `trained on these  ${
        accuracy.toFixed(4).padStart(10)
      }   of real digits read correctly after ${epochs} epochs of ` +
        `${trained.images} images; ${realAccuracy.toFixed(4)} after as many real ones`,
    );
  }
  return { fields, lines };
}

/** Where copies are looked for: among the data set's training images; its test images are the fresh ones. */
export async function copySetsOf(
  look: Look,
  real: ScoredInput,
  fake: ScoredInput,
  values: Values<typeof DATA_FLAGS>,
): Promise<CopySets> {
  const generated = featuresOf(fake.set);
  if (fake.input instanceof Moments || generated === undefined) {
    throw new DigitFidError("copies are looked for among images, and statistics hold none: give the images");
  }
  const load = (split: "train" | "test") => loadMnist(dataDirectory(values), split, { transpose: values.transpose });
  const featuresNamed = async (images: Images, name: string) => {
    const seen = [real, fake].find(({ input }) => !(input instanceof Moments) && isWhole(input, name, images.count));
    return featuresOf(seen?.set ?? await look(sourceOf(images, name)))!;
  };
  const [training, test] = await together(load("train"), load("test"));
  const [ofTraining, fresh] = await together(featuresNamed(training, "mnist-train"), featuresNamed(test, "mnist-test"));
  return {
    fake: { source: fake.input, features: generated },
    training: { images: training, features: ofTraining },
    fresh,
  };
}

/** Whether a set is all of a split. */
function isWhole({ name, count, numbers }: ImageSource, split: string, all: number): boolean {
  return name === split && count === all && numbers === undefined;
}

/** @throws DigitFidError if there are none */
function describedOf({ input: source, set }: ScoredInput) {
  const features = featuresOf(set);
  if (features && !(source instanceof Moments)) return { source, features };
  throw new DigitFidError("single images are looked at, and statistics hold none: give the images of both sets");
}

function featuresOf({ features }: ScoredSet) {
  return features instanceof Moments ? undefined : features;
}
