/**
 * What the network made of generated digits, gathered bit by bit: the same for any order of the images, any batches and
 * any parts put together.
 *
 * Each image has a key, hashed from the bits of its outputs and the seed. Images are kept in the order of their keys, as
 * though they had been shuffled, so what is then drawn at random does not know in which order they came. Beyond a number
 * of images those with the smallest keys are kept, which is a random sample, and of the others exact sums.
 */
import { DigitFidError } from "../errors.ts";
import { DEFECTS, type Outputs, type Projection } from "../metrics/embedding.ts";
import { ExactMoments } from "../metrics/exact_moments.ts";
import { MeanEmbedding } from "../metrics/mean_embedding.ts";
import { CLASSES, LATENT_SIZE } from "../model.ts";
import { pcg3d, STREAM } from "../random.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Whole } from "./metrics.ts";

/** Parts that images beyond the kept ones are summed in, by their keys: what intervals are resampled from. */
const PARTS = 100;
/** Images that may be there beyond those to be kept, so that not every batch is sorted in. */
const SLACK = 20_000;
/** Stands for the class of an image whose class is not known. */
const NO_LABEL = -1;

/** How images are gathered: the same for all that is put together. */
export interface GatherOptions {
  /** Most images that are kept one by one. */
  readonly keep: number;
  /** Seed of the keys. */
  readonly seed: number;
  /** What latents are rounded to in sums, from {@linkcode ExactMoments.unitFor}. */
  readonly unit: number;
  /** The digit distance's space, where the network has one. */
  readonly projections?: readonly Projection[];
}

/** Images that are not kept one by one, in sums of each part. */
interface Rest {
  readonly moments: ExactMoments[];
  readonly embedded: MeanEmbedding[];
}

/** Outputs of the network for images, and their classes where they are known. */
export interface GatheredOutputs extends Omit<Outputs, "defects"> {
  /** N × {@linkcode DEFECTS}, where the network has the digit distance's space. */
  readonly defects?: Float32Array;
  /** The class of each image, if that is known of all. */
  readonly labels?: Uint8Array<ArrayBuffer>;
  /** Of how many images the class is not known, if it is of some. */
  readonly unlabelled?: number;
}

/** Outputs gathered from any number of images. */
export class Gathered {
  /** Numbers of an image: latents, logits, defects, class. */
  readonly #width: number;
  #rows: Float32Array<ArrayBuffer>;
  #keys: Float64Array<ArrayBuffer>;
  #kept = 0;
  #rest: Rest | undefined;

  /** Of no images yet. */
  constructor(readonly options: GatherOptions) {
    this.#width = LATENT_SIZE + CLASSES + (options.projections ? DEFECTS : 0) + 1;
    this.#rows = new Float32Array(0);
    this.#keys = new Float64Array(0);
  }

  /** How many images went in. */
  get count(): number {
    return this.#kept + (this.#rest?.moments.reduce((sum, { count }) => sum + count, 0) ?? 0);
  }

  /** Adds outputs. */
  async add({ latents, logits, defects, labels }: GatheredOutputs, arithmetic: Arithmetic): Promise<void> {
    const { count } = latents, width = this.#width;
    const rows = new Float32Array(count * width);
    const columns: (readonly [values: ArrayLike<number> | undefined, width: number])[] = [
      [latents.data, LATENT_SIZE],
      [logits, CLASSES],
      [defects, this.options.projections ? DEFECTS : 0],
      [labels ?? new Float32Array(count).fill(NO_LABEL), 1],
    ];
    for (let i = 0, to = 0; i < count; i++) {
      for (const [values, length] of columns) for (let j = 0; j < length; j++) rows[to++] = values![i * length + j];
    }
    await this.#addRows(rows, arithmetic);
  }

  /**
   * Adds all that another gathered.
   *
   * @throws DigitFidError if it was gathered in another way
   */
  async merge(other: Gathered, arithmetic: Arithmetic): Promise<void> {
    for (const name of ["keep", "seed", "unit"] as const) {
      const [own, others] = [this.options[name], other.options[name]];
      if (own === others) continue;
      const what = name === "unit" ? "against other real images" : `with ${name} ${others}, not ${own}`;
      throw new DigitFidError(`what was added elsewhere was added ${what}: use one way for all parts`);
    }
    await this.#addRows(other.#rows.subarray(0, other.#kept * other.#width), arithmetic);
    if (other.#rest === undefined) return;
    const rest = this.#rest ??= this.#emptyRest();
    rest.moments.forEach((sums, part) => sums.merge(other.#rest!.moments[part]));
    rest.embedded.forEach((sums, part) => sums.merge(other.#rest!.embedded[part]));
  }

  /** What is kept, in the order of the keys. */
  kept(): GatheredOutputs {
    return this.#columns(gather(this.#rows, this.#width, this.#order()));
  }

  #columns(rows: Float32Array): GatheredOutputs {
    const width = this.#width, count = rows.length / width;
    const column = (from: number, to: number) => {
      const values = new Float32Array(count * (to - from));
      for (let i = 0; i < count; i++) {
        values.set(rows.subarray(i * width + from, i * width + to), i * (to - from));
      }
      return values;
    };
    const ends = [LATENT_SIZE, LATENT_SIZE + CLASSES, width - 1] as const;
    const labels = column(ends[2], width), unlabelled = labels.filter((label) => label === NO_LABEL).length;
    return {
      latents: { count, width: LATENT_SIZE, data: column(0, ends[0]) },
      logits: column(ends[0], ends[1]),
      ...(this.options.projections && { defects: column(ends[1], ends[2]) }),
      ...(unlabelled === 0 && { labels: Uint8Array.from(labels) }),
      ...(unlabelled > 0 && unlabelled < count && { unlabelled }),
    };
  }

  /** Exact sums of all images, in random parts, if not all are kept. */
  async whole(arithmetic: Arithmetic): Promise<Whole | undefined> {
    if (this.#rest === undefined) return undefined;
    const all = this.#emptyRest();
    all.moments.forEach((sums, part) => sums.merge(this.#rest!.moments[part]));
    all.embedded.forEach((sums, part) => sums.merge(this.#rest!.embedded[part]));
    await this.#sum(all, this.#rows.subarray(0, this.#kept * this.#width), this.#keys, arithmetic);
    return {
      count: this.count,
      moments: all.moments.filter(({ count }) => count > 0).map((sums) => sums.moments()),
      embedded: all.embedded.filter(({ count }) => count > 0),
    };
  }

  /** All of it as plain arrays: rows in the order of their keys, and the sums of each part. */
  state(): GatheredState {
    const rows = gather(this.#rows, this.#width, this.#order());
    if (this.#rest === undefined) return { rows };
    const embedded = this.#rest.embedded.map(({ count, sums }) =>
      Float64Array.of(count, ...sums.flatMap((s) => [...s]))
    );
    return { rows, moments: this.#rest.moments.map((sums) => sums.state()), embedded };
  }

  /**
   * Puts plain arrays together again.
   *
   * @throws DigitFidError if they are of something else
   */
  static restore(options: GatherOptions, { rows, moments, embedded }: GatheredState): Gathered {
    const restored = new Gathered(options);
    const count = rows.length / restored.#width;
    if (!Number.isInteger(count) || count > options.keep || !rows.every(Number.isFinite)) {
      throw new DigitFidError("these are no outputs of this network");
    }
    restored.#append(Float32Array.from(rows));
    if (moments === undefined) return restored;
    const { projections = [] } = options;
    restored.#rest = {
      moments: moments.map((state) => ExactMoments.restore(LATENT_SIZE, options.unit, state)),
      embedded: (embedded ?? []).map(([count, ...sums]) => {
        let from = 0;
        const split = projections.map(({ frequencies }) =>
          Float64Array.from(sums.slice(from, from += 2 * frequencies))
        );
        return new MeanEmbedding(projections).addSums(count, split);
      }),
    };
    return restored;
  }

  async #addRows(rows: Float32Array<ArrayBuffer>, arithmetic: Arithmetic): Promise<void> {
    this.#append(rows);
    if (this.#kept > this.options.keep + SLACK) await this.settle(arithmetic);
  }

  /** Sums the images beyond those to be kept: to be called before anything is read. */
  async settle(arithmetic: Arithmetic): Promise<void> {
    const { keep } = this.options, width = this.#width;
    if (this.#kept <= keep) return;
    const order = this.#order(), most = order.subarray(0, keep), others = order.subarray(keep);
    const keysOf = (rows: Uint32Array) => Float64Array.from(rows, (row) => this.#keys[row]);
    this.#rest ??= this.#emptyRest();
    await this.#sum(this.#rest, gather(this.#rows, width, others), keysOf(others), arithmetic);
    [this.#rows, this.#keys, this.#kept] = [gather(this.#rows, width, most), keysOf(most), keep];
  }

  /** Takes in rows, with room for more of them. */
  #append(rows: Float32Array<ArrayBuffer>): void {
    const width = this.#width, kept = this.#kept, count = kept + rows.length / width;
    if (count > this.#keys.length) {
      const room = Math.max(count, Math.min(2 * kept, this.options.keep + SLACK));
      const [oldRows, oldKeys] = [this.#rows, this.#keys];
      this.#rows = new Float32Array(room * width);
      this.#rows.set(oldRows.subarray(0, kept * width));
      this.#keys = new Float64Array(room);
      this.#keys.set(oldKeys.subarray(0, kept));
    }
    this.#rows.set(rows, kept * width);
    const bits = new Uint32Array(this.#rows.buffer);
    for (let i = kept; i < count; i++) this.#keys[i] = keyOf(bits, i * width, width - 1, this.options.seed);
    this.#kept = count;
  }

  /** Numbers of the rows, in the order of their keys; equal keys in that of their bits. */
  #order(): Uint32Array<ArrayBuffer> {
    const keys = this.#keys, width = this.#width, bits = new Uint32Array(this.#rows.buffer);
    return Uint32Array.from({ length: this.#kept }, (_, i) => i)
      .sort((a, b) => keys[a] - keys[b] || compareRows(bits, a * width, b * width, width));
  }

  /** Adds rows to the sums of the parts that their keys name. */
  async #sum(
    { moments, embedded }: Rest,
    rows: Float32Array<ArrayBuffer>,
    keys: Float64Array,
    arithmetic: Arithmetic,
  ): Promise<void> {
    const numbers = Array.from({ length: PARTS }, () => [] as number[]);
    for (let i = 0; i < rows.length / this.#width; i++) numbers[keys[i] % PARTS].push(i);
    for (const [part, own] of numbers.entries()) {
      if (own.length === 0) continue;
      const { latents, logits, defects } = this.#columns(gather(rows, this.#width, Uint32Array.from(own)));
      moments[part].add(latents);
      const { projections } = this.options;
      if (projections && defects) {
        embedded[part].merge(await arithmetic.embed(projections, { latents, logits, defects }));
      }
    }
  }

  #emptyRest(): Rest {
    const { unit, projections } = this.options;
    const parts = Array.from({ length: PARTS });
    return {
      moments: parts.map(() => new ExactMoments(LATENT_SIZE, unit)),
      embedded: projections ? parts.map(() => new MeanEmbedding(projections)) : [],
    };
  }
}

/** What was gathered, as plain arrays. */
export interface GatheredState {
  /** Rows of the images kept one by one: latents, logits, defects, class. */
  readonly rows: Float32Array;
  /** The sums of the latents of each part, if there are more images. */
  readonly moments?: readonly Float64Array[];
  /** The count and the sums of the points of each part, if there are more images. */
  readonly embedded?: readonly Float64Array[];
}

/** A hash of 53 bits of a row's bits. */
function keyOf(bits: Uint32Array, from: number, length: number, seed: number): number {
  let hash: [number, number, number] = [seed, STREAM.keys, length];
  for (let i = 0; i < length; i += 3) {
    hash[0] ^= bits[from + i];
    if (i + 1 < length) hash[1] ^= bits[from + i + 1];
    if (i + 2 < length) hash[2] ^= bits[from + i + 2];
    hash = pcg3d(...hash);
  }
  return (hash[0] >>> 11) * 2 ** 32 + hash[1];
}

function compareRows(bits: Uint32Array, a: number, b: number, width: number): number {
  for (let j = 0; j < width; j++) if (bits[a + j] !== bits[b + j]) return bits[a + j] - bits[b + j];
  return 0;
}

function gather(rows: Float32Array, width: number, order: Uint32Array): Float32Array<ArrayBuffer> {
  const gathered = new Float32Array(order.length * width);
  for (const [i, row] of order.entries()) gathered.set(rows.subarray(row * width, (row + 1) * width), i * width);
  return gathered;
}
