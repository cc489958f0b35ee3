/**
 * What the network made of generated digits, gathered bit by bit: the same for any order of the images, any batches and
 * any parts put together. Beyond a number of images those with the smallest keys are kept one by one, which is a random
 * sample, and of the others exact sums.
 */
import { DigitFidError } from "../errors.ts";
import type { Projection } from "../metrics/embedding.ts";
import { ExactMoments } from "../metrics/exact_moments.ts";
import { MeanEmbedding } from "../metrics/mean_embedding.ts";
import { LATENT_SIZE } from "../model.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Whole } from "./metrics.ts";
import { type Columns, eachColumn, type ImageOutputs, Rows } from "./rows.ts";

/** Parts that images beyond the kept ones are summed in, by their keys: what intervals are resampled from. */
const PARTS = 100;
/** Images that may be there beyond those to be kept, so that not every batch is sorted in. */
const SLACK = 20_000;

/** How images are gathered: the same for all that is put together. */
export interface GatherOptions {
  /** Most images that are kept one by one. */
  readonly keep: number;
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

/** Outputs gathered from any number of images. */
export class Gathered {
  readonly #rows: Rows;
  #rest: Rest | undefined;

  /** Of no images yet. */
  constructor(readonly options: GatherOptions) {
    this.#rows = new Rows(options.projections !== undefined);
  }

  /** How many images went in. */
  get count(): number {
    return this.#rows.count + (this.#rest?.moments.reduce((sum, { count }) => sum + count, 0) ?? 0);
  }

  /** Adds outputs. */
  async add(outputs: ImageOutputs, arithmetic: Arithmetic): Promise<void> {
    this.#rows.add(outputs);
    await this.#makeRoom(arithmetic);
  }

  /**
   * Adds all that another gathered.
   *
   * @throws DigitFidError if it was gathered in another way
   */
  async merge(other: Gathered, arithmetic: Arithmetic): Promise<void> {
    for (const name of ["keep", "unit"] as const) {
      const [own, others] = [this.options[name], other.options[name]];
      if (own === others) continue;
      const what = name === "unit" ? "against other real images" : `with ${name} ${others}, not ${own}`;
      throw new DigitFidError(`what was added elsewhere was added ${what}: use one way for all parts`);
    }
    this.#rows.append(other.#rows.columns);
    await this.#makeRoom(arithmetic);
    if (other.#rest === undefined) return;
    const rest = this.#rest ??= this.#emptyRest();
    rest.moments.forEach((sums, part) => sums.merge(other.#rest!.moments[part]));
    rest.embedded.forEach((sums, part) => sums.merge(other.#rest!.embedded[part]));
  }

  /** What is kept, in the order of the keys. */
  kept(): ImageOutputs {
    return this.#rows.take(this.#rows.order());
  }

  /** Exact sums of all images, in random parts, if not all are kept. */
  async whole(arithmetic: Arithmetic): Promise<Whole | undefined> {
    if (this.#rest === undefined) return undefined;
    const all = this.#emptyRest();
    all.moments.forEach((sums, part) => sums.merge(this.#rest!.moments[part]));
    all.embedded.forEach((sums, part) => sums.merge(this.#rest!.embedded[part]));
    await this.#sum(all, this.#rows.order(), arithmetic);
    return {
      count: this.count,
      moments: all.moments.filter(({ count }) => count > 0).map((sums) => sums.moments()),
      embedded: all.embedded.filter(({ count }) => count > 0),
    };
  }

  /** All of it as plain arrays: rows in the order of their keys, and the sums of each part. */
  state(): GatheredState {
    this.#rows.retain(this.#rows.order());
    const { columns } = this.#rows;
    if (this.#rest === undefined) return { columns };
    const embedded = this.#rest.embedded.map(({ count, sums }) =>
      Float64Array.of(count, ...sums.flatMap((s) => [...s]))
    );
    return { columns, moments: this.#rest.moments.map((sums) => sums.state()), embedded };
  }

  /**
   * Puts plain arrays together again.
   *
   * @throws DigitFidError if they are of something else
   */
  static restore(options: GatherOptions, { columns, moments, embedded }: GatheredState): Gathered {
    const restored = new Gathered(options);
    const count = columns.labels.length, { widths } = restored.#rows;
    const fits = eachColumn((name) =>
      columns[name].length === count * widths[name] && columns[name].every(Number.isFinite)
    );
    if (count > options.keep || Object.values(fits).includes(false)) {
      throw new DigitFidError("these are no outputs of this network");
    }
    restored.#rows.append(columns);
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

  async #makeRoom(arithmetic: Arithmetic): Promise<void> {
    if (this.#rows.count > this.options.keep + SLACK) await this.settle(arithmetic);
  }

  /** Sums the images beyond those to be kept: to be called before anything is read. */
  async settle(arithmetic: Arithmetic): Promise<void> {
    const { keep } = this.options;
    if (this.#rows.count <= keep) return;
    const order = this.#rows.order();
    this.#rest ??= this.#emptyRest();
    await this.#sum(this.#rest, order.subarray(keep), arithmetic);
    this.#rows.retain(order.subarray(0, keep));
  }

  /** Adds rows to the sums of the parts that their keys name. */
  async #sum({ moments, embedded }: Rest, rows: Uint32Array, arithmetic: Arithmetic): Promise<void> {
    const keys = this.#rows.keys(), numbers = Array.from({ length: PARTS }, () => [] as number[]);
    for (const row of rows) numbers[keys[row] % PARTS].push(row);
    for (const [part, own] of numbers.entries()) {
      if (own.length === 0) continue;
      const { latents, logits, defects } = this.#rows.take(Uint32Array.from(own));
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
  /** Rows of the images kept one by one, in the order of their keys. */
  readonly columns: Columns;
  /** The sums of the latents of each part, if there are more images. */
  readonly moments?: readonly Float64Array[];
  /** The count and the sums of the points of each part, if there are more images. */
  readonly embedded?: readonly Float64Array[];
}
