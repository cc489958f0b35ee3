/** What the page says of a single set besides its numbers: causes, labels, duplicates, and the digits themselves. */
import type { ImageSource } from "../../data/sources.ts";
import { Moments } from "../../metrics/moments.ts";
import type { CpuNetwork } from "../../network/cpu/network.ts";
import type { NetworkIdentity } from "../../network/identity.ts";
import type { Arithmetic } from "../../scoring/arithmetic.ts";
import { findCauses } from "../../scoring/causes.ts";
import type { ComparedSet } from "../../scoring/comparison_words.ts";
import { duplicateWords, findDuplicates } from "../../scoring/duplicates.ts";
import { extremesOf } from "../../scoring/extremes.ts";
import type { ScoredSet } from "../../scoring/features.ts";
import { likenessRows, scoreFields, scoreRows, toJsonNames } from "../../scoring/words.ts";
import type { PageScore } from "./protocol.ts";
import { pairsShown, samplesShown } from "./shown_images.ts";
import { SECONDS, type Watcher } from "./watched.ts";

/** Digits that are shown as the farthest from real ones. */
const FARTHEST = 24;

/** A set that was scored, and all that there is to know about it. */
export interface Question {
  readonly network: CpuNetwork;
  readonly identity: NetworkIdentity;
  /** Does the sums, unwatched. */
  readonly opened: Arithmetic;
  readonly watch: Watcher;
  readonly real: { readonly source: ImageSource; readonly set: ScoredSet; readonly name: string };
  readonly fake: ComparedSet & { readonly source: ImageSource; readonly set: ScoredSet };
  /** How the score was made, for its fields. */
  readonly made: { readonly seed: number; readonly kernels: string; readonly options: Record<string, unknown> };
}

/** The whole score of one set. */
export async function more({ network, identity, opened, watch, real, fake, made }: Question): Promise<PageScore> {
  const arithmetic = opened, { source, set, metrics, meaning } = fake;
  watch("what the distance is made of", 0);
  const causes = await findCauses(network, real, fake, { arithmetic });
  watch("duplicates", SECONDS.causes);
  const [ofReal, ofFake] = [real.set.features, set.features];
  const hasImages = !(ofReal instanceof Moments || ofFake instanceof Moments);
  const duplicates = hasImages
    ? (await findDuplicates({ source, latents: ofFake.latents }, ofReal.latents, { arithmetic })).duplicates
    : undefined;
  watch("the nearest real digits", SECONDS.duplicates);
  const { nearest, farthest } = hasImages
    ? await extremesOf({ features: ofReal, labels: real.set.labels }, ofFake, { count: FARTHEST, arithmetic })
    : { nearest: [], farthest: [] };
  watch("the digits to be shown", SECONDS.thousandNearest * source.count / 1000);
  return {
    fields: {
      ...scoreFields(metrics, { identity, real: real.name, fake: fake.fake }, fake),
      ...(causes && { causes: toJsonNames(causes) }),
      ...(duplicates && { duplicates: toJsonNames(duplicates) }),
      ...made,
      options: { ...made.options, ...(duplicates && { duplicates: true }) },
    },
    rows: scoreRows(metrics, meaning),
    likeness: meaning ? likenessRows(meaning) : [],
    description: `${source.count.toLocaleString("en")} images, ${source.description}`,
    ...(metrics.digitHistogram && { histogram: metrics.digitHistogram }),
    ...(causes && { causes }),
    ...(duplicates && { duplicates: duplicateWords(duplicates) }),
    ...(metrics.asked && { asked: metrics.asked }),
    samples: await samplesShown(source),
    worst: await pairsShown(source, real.source, farthest),
    best: await pairsShown(source, real.source, nearest),
  };
}
