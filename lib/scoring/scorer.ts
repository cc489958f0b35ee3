/** Scores of generated digits that come bit by bit, against real ones that are looked at once. */
import { imagesOfArray } from "../data/array_images.ts";
import { IMAGE_FILE_OPTIONS, type ImageFileOptions } from "../data/image_options.ts";
import { checkLabels } from "../data/labels.ts";
import { type PixelRange, showRange, statedRange } from "../data/pixel_range.ts";
import type { ImageSource } from "../data/sources.ts";
import { DigitFidError } from "../errors.ts";
import type { StoredArray } from "../formats/stored_array.ts";
import { ExactMoments } from "../metrics/exact_moments.ts";
import { Moments } from "../metrics/moments.ts";
import { DEFECTS } from "../metrics/embedding.ts";
import { CLASSES } from "../model.ts";
import type { NetworkIdentity } from "../network/identity.ts";
import { type LoadedNetwork, loadNetwork, type LoadOptions } from "../network/load.ts";
import { checkOptionNames, type OptionNames } from "../option_names.ts";
import { Added, type Computer, GENERATED } from "./added.ts";
import { type Arithmetic, openArithmetic } from "./arithmetic.ts";
import { displayed } from "./display.ts";
import { embeddingOf } from "./embedding.ts";
import { MOST_KEPT, type ScoredSet, scoreSets } from "./features.ts";
import { cachedFeatures, type FeatureCache } from "./real_cache.ts";
import { type Score, SCORE_OPTIONS, type ScoreOptions } from "./score.ts";
import { arrayOfPixels, type ImageSet, openSet, type SetOptions } from "./sets.ts";

/** What to score against, and how. */
export interface ScorerOptions extends Omit<ScoreOptions, "labels">, Pick<LoadOptions, "threads"> {
  /** How the generated images are to be understood; as the real ones unless given. */
  readonly fake?: ImageFileOptions;
  /** Keeps what the network makes of the real images from run to run; nothing is kept unless given. */
  readonly cache?: FeatureCache;
  /**
   * Most generated images that are kept one by one, 572 bytes each; 200,000 unless given. Of more, a random sample of so
   * many is kept, and exact sums of the others.
   */
  readonly keep?: number;
}

const { labels: _, ...SHARED_OPTIONS } = SCORE_OPTIONS;
const SCORER_OPTIONS: OptionNames<ScorerOptions> = {
  ...SHARED_OPTIONS,
  threads: true,
  fake: true,
  cache: true,
  keep: true,
};

/**
 * Scores generated digits as they come: in a training loop, in parts, on many machines.
 *
 * The order in which images come, the batches and the parts that they come in change no bit of the score, which is that
 * of {@linkcode score}. Up to {@linkcode ScorerOptions.keep} images every metric is of all of them. Of more, the Fréchet
 * distance, its interval and FID∞ and the digit distance are still of all, by exact sums (latents are rounded to 2⁻¹⁸ of
 * the largest root mean square for that), and all other metrics are of a random sample, always the same.
 *
 * Calls may overlap: each waits for those before it. A call that fails changes nothing.
 *
 * @example
 * ```ts
 * import { Scorer } from "@digit-fid/digit-fid";
 *
 * const scorer = await Scorer.create();
 * for (let batch = 0; batch < 5; batch++) {
 *   await scorer.add(new Float32Array(100 * 28 * 28).fill(batch / 5)); // 100 images
 * }
 * const { digitDistance, fid } = await scorer.compute();
 * console.log(digitDistance, fid);
 * await scorer.close();
 * ```
 */
export class Scorer {
  readonly #loaded: Pick<LoadedNetwork, "network" | "identity">;
  readonly #computer: Computer;
  readonly #real: ScoredSet;
  readonly #options: ScorerOptions;
  #added: Added;
  #range: PixelRange | undefined;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    loaded: Pick<LoadedNetwork, "network" | "identity">,
    computer: Computer,
    real: ScoredSet,
    unit: number,
    options: ScorerOptions,
  ) {
    this.#loaded = loaded;
    this.#computer = computer;
    this.#real = real;
    this.#options = options;
    const { keep = MOST_KEPT } = options;
    this.#added = new Added({ keep, unit, projections: computer.embedding?.projections });
  }

  /**
   * Loads the network and looks at the real images.
   *
   * @throws DigitFidError if an option is unknown or wrong, the real images cannot be read, or the network gives all the same latents
   */
  static async create(options: ScorerOptions = {}): Promise<Scorer> {
    checkOptionNames(options, SCORER_OPTIONS, "Scorer");
    checkOptionNames(options.fake ?? {}, IMAGE_FILE_OPTIONS, "Scorer's fake");
    const { real = "mnist-test", network: given, kernels, threads, keep = MOST_KEPT, cache } = options;
    if (!Number.isInteger(keep) || keep < 2) throw new DigitFidError(`keep ${keep}: give a whole number, at least 2`);
    const loaded = typeof given === "object" ? given : await loadNetwork({ weights: given, kernels, threads });
    const { network, identity } = loaded;
    let arithmetic: Arithmetic | undefined;
    try {
      arithmetic = await openArithmetic(threads);
      const embedding = await embeddingOf(identity);
      const set = await openSet(real, "real images", identity, options);
      const realSet = set instanceof Moments
        ? { features: set, warnings: [] }
        : await cachedFeatures({ network, identity }, set, embedding, cache);
      const { features } = realSet;
      const moments = features instanceof Moments ? features : await arithmetic.moments(features.latents);
      await warm(realSet, arithmetic, options);
      const unit = ExactMoments.unitFor(moments);
      return new Scorer(loaded, { network, embedding, arithmetic }, realSet, unit, options);
    } catch (error) {
      await arithmetic?.[Symbol.asyncDispose]();
      if (typeof given !== "object") network.dispose();
      throw error;
    }
  }

  /** The network that scores. */
  get network(): NetworkIdentity {
    return this.#loaded.identity;
  }

  /** How many real images there are. */
  get realCount(): number {
    const { features } = this.#real;
    return features instanceof Moments ? features.count : features.latents.count;
  }

  /** SHA-256 of the real images' pixels: which they are. */
  get realSha256(): string | undefined {
    return this.#real.sha256;
  }

  /** How many generated images were added since the last reset. */
  get count(): number {
    return this.#added.count;
  }

  /**
   * Adds generated images. What is black and white in arrays is inferred from the first ones after a reset, if it is not
   * given, and then holds for all.
   *
   * @param images N×28×28 pixels, images in memory, a path, a source, or an array of any shape of images
   * @param labels the class of each image, 0 … 9, that the generator was asked for
   * @throws DigitFidError if they are no images, or a label is no digit; nothing is added then
   */
  add(images: ImageSet | StoredArray, labels?: ArrayLike<number>): Promise<void> {
    return this.#inTurn(async () => {
      const source = await this.#open(images);
      const { count } = this;
      const part = new Added(this.#added.options);
      await part.take(source, this.#computer, {
        labels: labels && checkLabels(labels, source.count, GENERATED),
        looks: count === 0,
      });
      await this.#added.merge(part, this.#computer.arithmetic);
      if (!part.isBlack) this.#range ??= source.range;
    });
  }

  /**
   * Scores all that was added. More may be added afterwards.
   *
   * @throws DigitFidError if there are fewer than 2 images
   */
  compute(): Promise<Score> {
    return this.#inTurn(async () => {
      const { arithmetic } = this.#computer, { seed, neighbours, subsets } = this.#options;
      const set = await this.#added.set(this.#computer);
      try {
        const metrics = await scoreSets(this.#real, set, { seed, neighbours, subsets, arithmetic });
        return displayed({ network: this.network, ...metrics, fid: metrics.fid! }, this.#real.sha256, {
          neighbours,
          subsets,
        });
      } finally {
        if (!(set.features instanceof Moments)) arithmetic.forget(set.features.latents);
        if (set.whole) arithmetic.forget(set.whole.moments);
      }
    });
  }

  /** Forgets the generated images, and what black and white are in them; the real ones stay. */
  reset(): Promise<void> {
    return this.#inTurn(() => {
      this.#added = new Added(this.#added.options);
      this.#range = undefined;
      return Promise.resolve();
    });
  }

  /**
   * All that was added, in bytes: the same images give the same bytes. {@linkcode merge} of another scorer, on this
   * machine or on another, takes them.
   */
  save(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#inTurn(() => this.#added.encode(this.network, this.#computer.arithmetic));
  }

  /**
   * Adds all that was added to another scorer, which has the same network, real images and `keep`.
   *
   * @param part from {@linkcode save}, or the other scorer
   * @throws DigitFidError if the bytes are damaged, or are of another kind of scorer; nothing is added then
   */
  merge(part: Uint8Array | Scorer): Promise<void> {
    return this.#inTurn(async () => {
      const bytes = part instanceof Scorer ? await part.save() : part;
      const other = Added.decode(bytes, "what was added elsewhere", this.#added.options, this.network);
      await this.#added.merge(other, this.#computer.arithmetic);
    });
  }

  /**
   * Forgets the generated images, and takes those that were saved.
   *
   * @param part from {@linkcode save}
   * @throws DigitFidError as {@linkcode merge}
   */
  load(part: Uint8Array): Promise<void> {
    return this.#inTurn(async () => {
      const other = Added.decode(part, "what was saved", this.#added.options, this.network);
      const added = new Added(this.#added.options);
      await added.merge(other, this.#computer.arithmetic);
      this.#added = added;
      this.#range = undefined;
    });
  }

  /** Frees what it holds. */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#computer.arithmetic[Symbol.asyncDispose]();
      if (typeof this.#options.network !== "object") this.#loaded.network.dispose();
    });
  }

  /** Frees what it holds, at the end of the scope. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #open(images: ImageSet | StoredArray): Promise<ImageSource> {
    const options = { ...this.#options, ...this.#options.fake }, held = this.#range;
    const open = async (range?: PixelRange) => await openGenerated(images, this.network, { ...options, range });
    if (options.range !== undefined || held === undefined) return await open(options.range);
    const inferred = await open().catch((error) => {
      if (error instanceof DigitFidError) return undefined; // few images may look like nothing
      throw error;
    });
    if (inferred !== undefined && statedRange(inferred.range ?? held) === statedRange(held)) return inferred;
    const misfit = new DigitFidError( // which range is right for all cannot be known here
      `${GENERATED}: the first were taken as ${showRange(held)}, ` +
        `and these ${inferred?.range ? `as ${showRange(inferred.range)}` : "do not fit that"}: ` +
        "give all of them in one range, and state it",
    );
    const source = await open(held).catch((error) => {
      throw error instanceof DigitFidError && "range" in error.remedy ? misfit : error;
    });
    if (inferred === undefined || await isBlack(source)) return source;
    throw misfit;
  }

  /** Does a thing after all that was asked for before. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

/** Opens generated images in any form. */
async function openGenerated(
  images: ImageSet | StoredArray,
  network: NetworkIdentity,
  options: SetOptions,
): Promise<ImageSource> {
  const array = typeof images === "string"
    ? undefined
    : ArrayBuffer.isView(images)
    ? arrayOfPixels(images, GENERATED)
    : images;
  if (array && "rows" in array) return await imagesOfArray(array, options);
  const set = await openSet(images as ImageSet, GENERATED, network, options);
  if (set instanceof Moments) throw new DigitFidError(`${GENERATED}: statistics hold no images: add the images`);
  return set;
}

async function isBlack(source: ImageSource): Promise<boolean> {
  for await (const { pixels } of source.chunks()) if (pixels.some((pixel) => pixel > 0)) return false;
  return true;
}

/** Works out once what every score needs of the real images, by scoring a few of themselves. */
async function warm(real: ScoredSet, arithmetic: Arithmetic, { seed }: ScorerOptions): Promise<void> {
  if (real.features instanceof Moments) return;
  const { latents, logits } = real.features, count = Math.min(16, latents.count);
  const few = {
    latents: { ...latents, count, data: latents.data.slice(0, count * latents.width) },
    logits: logits.slice(0, count * CLASSES),
  };
  const embedded = real.embedded && {
    embedding: real.embedded.embedding,
    outputs: {
      ...few,
      defects: real.embedded.outputs.defects.slice(0, count * DEFECTS),
    },
  };
  await scoreSets(real, { features: few, warnings: [], embedded }, { seed, arithmetic });
  arithmetic.forget(few.latents);
}
