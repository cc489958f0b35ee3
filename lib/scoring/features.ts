/** What the network makes of a set of images. */
import { contrastWarnings, Tones } from "../data/contrast.ts";
import { DigitSizes } from "../data/digit_size.ts";
import { PixelHash } from "../data/pixel_hash.ts";
import { checkedChunks, type ImageSource } from "../data/sources.ts";
import type { Images } from "../data/images.ts";
import type { Warning } from "../data/warnings.ts";
import { DigitFidError } from "../errors.ts";
import { digitDistanceOfParts } from "../metrics/digit_distance.ts";
import type { Outputs } from "../metrics/embedding.ts";
import { Moments } from "../metrics/moments.ts";
import { CLASSES, LATENT_SIZE } from "../model.ts";
import type { Network } from "../network/network.ts";
import { layerRows } from "../network/outputs.ts";
import { breath, together } from "../together.ts";
import { type ImageOutputs, Rows } from "./rows.ts";
import { takeOutputs } from "./sample.ts";
import { turnedWarnings } from "./turned.ts";
import { checkAlive, checkNumbers } from "./alive.ts";
import { openArithmetic } from "./arithmetic.ts";
import { askedOf } from "./asked.ts";
import { type Embedding, outputsOf as embeddedOf } from "./embedding.ts";
import type { Metrics } from "./fields.ts";
import { type Features, isWanted, metricsOf, type MetricsOptions, type Whole } from "./metrics.ts";

/** Most images of a set whose latents are all kept (100 MB); of a larger set only the statistics are. */
export const MOST_KEPT = 200_000;

/** What the network made of a set of images: rows lie in the order of their keys, as `rows.ts` has it. */
export interface ScoredSet {
  /** Latents and logits of each image, or only statistics of the latents. */
  readonly features: Features | Moments;
  /** Statistics of all images, where the features are of some drawn from them. */
  readonly whole?: Whole;
  /** What the digit distance is taken from, where the network has an {@linkcode Embedding}. */
  readonly embedded?: EmbeddedSet;
  /** What to keep in mind about the images. */
  readonly warnings: readonly Warning[];
  /** What the images are called in messages. */
  readonly name?: string;
  /** How the images were understood; statistics are what they are. */
  readonly description?: string;
  /** The class of each row's image, where it is known. */
  readonly labels?: Uint8Array<ArrayBuffer>;
  /** Of the pixels, in whatever order the images are, or of the statistics: the same images, the same hash. */
  readonly sha256?: string;
}

/** Outputs of a network, and the space that they are points of. */
export interface EmbeddedSet {
  /** The space: two sets compare if it is the same one. */
  readonly embedding: Embedding;
  /** What its views are taken from. */
  readonly outputs: Outputs;
}

/**
 * Runs images through the network in one pass. Memory stays the same from 200,000 images on, as then only the
 * statistics of the latents are kept.
 *
 * @throws DigitFidError if there are fewer than 2 images, more or fewer than the source promises, one cannot be read or
 * used, or the network gives no finite numbers for one
 */
export async function extractFeatures(
  network: Network,
  source: ImageSource,
  embedding?: Embedding,
): Promise<ScoredSet> {
  const { name, count } = source;
  if (count < 2) {
    throw new DigitFidError(`${name}: ${count || "no"} image, which is too few to score: give at least 2`);
  }
  const keep = count <= MOST_KEPT;
  const rows = new Rows(embedding !== undefined, keep ? count : 0), moments = new Moments(LATENT_SIZE);
  const tones = new Tones(), sizes = new DigitSizes(), hash = new PixelHash();
  const turned: Warning[] = [];
  let seen = 0;
  const look = async (images: Images) => {
    await undefined; // the network begins first
    embedding?.prepare();
    tones.add(images);
    await breath(); // the threads get more to do
    hash.add(images);
    await breath();
    sizes.add({ ...images, side: images.size });
  };
  for await (const images of checkedChunks(source)) {
    const [chunk] = await together(outputsOf(network, images, name, seen, embedding), look(images));
    if (seen === 0) turned.push(...await turnedWarnings(network, name, images, source.done));
    const labels = source.labels?.subarray(seen, seen + images.count);
    if (keep) rows.add({ ...chunk, ...(labels && { labels }) });
    else moments.add(chunk.latents);
    seen += images.count;
  }
  const known = new Set(source.warnings?.map(({ code }) => code));
  const contrast = contrastWarnings(name, tones, source.done).filter(({ code }) => !known.has(code));
  const lies = contrast.length > 0 ? [] : turned; // of other colours the network says nothing about how they lie
  const warnings = [...source.warnings ?? [], ...contrast, ...sizes.warnings(name), ...lies];
  const { description } = source;
  const sha256 = await hash.digest();
  const about = { name, warnings, description, ...(sha256 && { sha256 }) };
  if (keep) {
    const order = rows.order(), { latents, logits, defects, labels } = rows.take(order);
    return {
      features: { latents, logits, order },
      ...about,
      ...(labels && { labels }),
      ...(embedding && defects && { embedded: { embedding, outputs: { latents, logits, defects } } }),
    };
  }
  const message = `${name}: more than ${MOST_KEPT} images: only their statistics are kept`;
  warnings.push({ code: "statistics-only", message });
  return { features: moments, ...about };
}

/**
 * Outputs of the network for some images.
 *
 * @param name of the images, for messages
 * @param first number of the first of them
 * @throws DigitFidError if one is not finite
 */
export async function outputsOf(
  network: Network,
  images: Images,
  name: string,
  first: number,
  embedding?: Embedding,
): Promise<ImageOutputs> {
  const rows = await layerRows(network, images, embedding?.asked ?? ["latent", "logits"]);
  for (const layer of rows) checkNumbers(layer, name, first);
  if (embedding) return embeddedOf(rows);
  const [latents, logits] = rows;
  return { latents, logits: Float32Array.from(logits.data) };
}

/** The rows of these numbers, in their order. */
export function takeSet({ embedding, outputs }: EmbeddedSet, numbers: Uint32Array): ScoredSet {
  const taken = takeOutputs(outputs, numbers), { latents, logits } = taken;
  return { features: { latents, logits }, embedded: { embedding, outputs: taken }, warnings: [] };
}

/** Statistics of a set's latents: what can be kept to score against later. */
export function statisticsOf({ features }: ScoredSet): Moments {
  return features instanceof Moments ? features : Moments.of(features.latents);
}

/**
 * Every metric of generated images against real ones that the sets allow, with the warnings of both.
 *
 * @throws DigitFidError if they cannot be scored, or the network gives all real images the same latents
 */
export async function scoreSets(
  real: ScoredSet,
  fake: ScoredSet,
  options: MetricsOptions = {},
): Promise<Metrics> {
  if (options.arithmetic === undefined) {
    await using arithmetic = await openArithmetic();
    return await scoreSets(real, fake, { ...options, arithmetic });
  }
  checkAlive(real.features instanceof Moments ? real.features : real.features.latents);
  const realLatents = real.features instanceof Moments ? real.features : real.features.latents;
  const [result, ofDigits, strange] = await together(
    metricsOf(realLatents, fake.features, { ...options, whole: fake.whole }),
    digitScores(real, fake, options),
    strangeWarnings(real), // with the threads at work
  );
  const warnings = [...real.warnings, ...fake.warnings, ...strange, ...sameWarnings(real, fake)];
  const asked = askedOf(fake);
  return {
    ...ofDigits,
    ...result,
    ...(asked && { asked }),
    ...(real.description && { realAs: real.description }),
    ...(fake.description && { fakeAs: fake.description }),
    warnings: [...warnings.map(({ message }) => message), ...result.warnings],
    warningCodes: warnings.map(({ code }) => code),
  };
}

/** The digit distance, where both sets have their outputs in one space. */
async function digitScores(
  { embedded: real }: ScoredSet,
  { embedded: fake, whole }: ScoredSet,
  options: MetricsOptions,
): Promise<Pick<Metrics, "digitDistance" | "digitDistanceStandardError">> {
  const { arithmetic, seed } = options;
  if (!isWanted("digitDistance", options) || !arithmetic) return {};
  if (!real || real.embedding !== fake?.embedding) return {};
  const { projections } = real.embedding;
  const [ofReal, ofFake] = await together(
    arithmetic.embedParts(projections, real.outputs, { seed, of: "real" }),
    whole?.embedded ?? arithmetic.embedParts(projections, fake.outputs, { seed, of: "fake" }),
  );
  await breath();
  const { digitDistance, standardError } = digitDistanceOfParts(ofReal, ofFake, { seed });
  return { digitDistance, digitDistanceStandardError: standardError };
}

/** What to say of generated images that are the real ones. */
function sameWarnings(real: ScoredSet, fake: ScoredSet): Warning[] {
  if (fake.sha256 === undefined || fake.sha256 !== real.sha256) return [];
  const message = `${fake.name ?? "generated images"}: these are the real images themselves: nothing is compared`;
  return [{ code: "same-images", message }];
}

/** Below this share of real images that the network takes for what they are, they are not what it was trained on. */
const KNOWN = 0.6;

/** What to say of real images with classes that the network does not know: those of another data set. */
function strangeWarnings({ features, labels, name = "real images" }: ScoredSet): Warning[] {
  if (labels === undefined || features instanceof Moments) return [];
  const { logits } = features;
  let right = 0;
  for (const [i, label] of labels.entries()) {
    let isLargest = true;
    for (let k = i * CLASSES; k < (i + 1) * CLASSES; k++) isLargest &&= logits[k] <= logits[i * CLASSES + label];
    if (isLargest) right++;
  }
  if (right >= KNOWN * labels.length) return [];
  const share = `${Math.round(100 * right / labels.length)} %`;
  const message =
    `${name}: the network takes ${share} of them for what they are: it was trained on other images, and ` +
    "its scores mean nothing for these: train a network on them, and score by its weights";
  return [{ code: "other-images", message }];
}
