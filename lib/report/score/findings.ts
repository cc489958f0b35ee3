/** What the report of a score shows, measured once. */
import { DigitFidError } from "../../errors.ts";
import { Moments } from "../../metrics/moments.ts";
import { sourceOf } from "../../data/sources.ts";
import type { NetworkIdentity } from "../../network/identity.ts";
import type { Network } from "../../network/network.ts";
import { Random, type Seeded, STREAM } from "../../random.ts";
import type { Arithmetic } from "../../scoring/arithmetic.ts";
import { calibrationOf, type Meaning, meaningOf } from "../../scoring/calibration.ts";
import { type Causes, findCauses, type SetWithPixels } from "../../scoring/causes.ts";
import { type Extremes, extremesOf } from "../../scoring/extremes.ts";
import { type Copies, type CopySets, findCopies } from "../../scoring/copies.ts";
import { scoreSets } from "../../scoring/features.ts";
import type { CountOptions } from "../../scoring/score.ts";
import type { Metrics } from "../../scoring/fields.ts";
import type { Features } from "../../scoring/metrics.ts";
import { askedAgainstSeen } from "../../scoring/asked.ts";
import { digitsOfImages, imagesOf } from "../../scoring/sample.ts";
import type { Evaluation } from "../../training/evaluate.ts";
import { PictureBook, type ShownSet } from "./pictures.ts";

/** Generated digits on the sheet. */
const SAMPLES = 100;
/** Digits that are shown as the farthest from real ones. */
const FARTHEST = 10;

/** What is found of a set of generated digits. */
export interface ScoreFindings extends Extremes {
  /** The network that they are scored by. */
  readonly identity: NetworkIdentity;
  /** The real digits. */
  readonly real: ShownSet;
  /** The generated ones. */
  readonly fake: ShownSet;
  /** All numbers. */
  readonly metrics: Metrics;
  /** What they are to be held against, where that is known. */
  readonly meaning?: Meaning;
  /** What the distance is made of, where that can be said. */
  readonly causes?: Causes;
  /** Generated digits drawn at random. */
  readonly samples: readonly number[];
  /** Whether there are copies, where they were looked for. */
  readonly copies?: Copies;
  /** The training images, if copies were looked for among them. */
  readonly training?: ShownSet;
  /** How the network reads the real digits, where it is known what they are. */
  readonly realRead?: Evaluation;
}

/** Both sets, the names they were given by, and who computes. */
export interface ScoreQuestion extends Seeded, CountOptions {
  /** The network. */
  readonly network: Network;
  /** Which one it is. */
  readonly identity: NetworkIdentity;
  /** Real images. */
  readonly real: SetWithPixels & { readonly name: string };
  /** Generated ones. */
  readonly fake: SetWithPixels & { readonly name: string };
  /** Where to look for copies, if anywhere. */
  readonly copySets?: CopySets;
  /** Does the sums. */
  readonly arithmetic: Arithmetic;
}

/**
 * Scores generated digits, and finds what there is to show of them.
 *
 * @throws DigitFidError if they cannot be scored, or a set is so large that only its statistics are kept
 */
export async function findScore(question: ScoreQuestion): Promise<ScoreFindings> {
  const { network, identity, real, fake, seed = 0, neighbours, subsets, arithmetic } = question;
  const [ofReal, ofFake] = [featuresOf(real), featuresOf(fake)];
  const metrics = await scoreSets(real.set, fake.set, { seed, neighbours, subsets, arithmetic });
  const calibration = await calibrationOf(identity);
  const { nearest, farthest } = await extremesOf({ features: ofReal, labels: real.set.labels }, ofFake, {
    count: FARTHEST,
    arithmetic,
  });
  const pairs = [...nearest, ...farthest];
  const drawn = new Random(seed, STREAM.shuffle).permutation(fake.source.count).subarray(0, SAMPLES);
  const samples = [...imagesOf(ofFake, drawn)];
  const copies = await copiesIn(question);
  const suspects = copies.copies?.suspects.map(({ image }) => image) ?? [];
  const shown = async ({ name, source }: typeof real, features: Features, numbers: number[]) => ({
    name,
    latents: features.latents,
    digits: digitsOfImages(features),
    pictures: await PictureBook.read(source, numbers),
  });
  return {
    identity,
    metrics,
    meaning: calibration && meaningOf(metrics, calibration, real.set.sha256, { neighbours, subsets }),
    causes: await findCauses(network, real, fake, { seed, arithmetic }),
    real: await shown(real, ofReal, pairs.map(({ real }) => real)),
    fake: await shown(fake, ofFake, [...samples, ...pairs.map(({ image }) => image), ...suspects]),
    ...copies,
    samples,
    nearest,
    farthest,
    realRead: askedAgainstSeen(real.set),
  };
}

/** Copies, and the training images that they may be of. */
async function copiesIn(
  { copySets, seed = 0, arithmetic }: ScoreQuestion,
): Promise<Pick<ScoreFindings, "copies" | "training">> {
  if (copySets === undefined) return {};
  const { copies } = await findCopies(copySets, { seed, arithmetic });
  const { images, features } = copySets.training;
  const pictures = await PictureBook.read(
    sourceOf(images, "training images"),
    copies.suspects.map(({ pixelTraining }) => pixelTraining),
  );
  const digits = digitsOfImages(features);
  return { copies, training: { name: "training images", latents: features.latents, digits, pictures } };
}

function featuresOf({ name, set: { features } }: ScoreQuestion["real"]): Features {
  if (!(features instanceof Moments)) return features;
  throw new DigitFidError(`${name}: a report shows single images, and of these only statistics are there: give images`);
}
