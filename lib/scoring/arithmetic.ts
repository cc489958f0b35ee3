/** Who does the sums of a score: threads of WebAssembly or, where the host has none with SIMD, plain TypeScript. */
import { distancesOf as plainDistances, drawParts, momentsOfParts } from "../fid.ts";
import { distancesOf, SharedMoments } from "../metrics/fast/frechet.ts";
import type { Outputs, Projection } from "../metrics/embedding.ts";
import { embedParts } from "../metrics/fast/embedding.ts";
import { kernelDistance } from "../metrics/fast/kid.ts";
import { neighbourScores, type RealSide, realSide } from "../metrics/fast/neighbours.ts";
import { nearestOf, type Searchable, searchable } from "../metrics/fast/nearest.ts";
import { scope, SharedLatents } from "../metrics/fast/rows.ts";
import { type KernelDistance, kernelDistance as plainKernelDistance, type KernelOptions } from "../metrics/kid.ts";
import { checkPair, type Latents } from "../metrics/latents.ts";
import { embedParts as plainEmbedParts, MeanEmbedding } from "../metrics/mean_embedding.ts";
import { type Draw, Moments } from "../metrics/moments.ts";
import { type Nearest, nearestOf as plainNearestOf, type NearestOptions } from "../metrics/nearest.ts";
import {
  type NeighbourOptions,
  type NeighbourScores,
  neighbourScores as plainNeighbourScores,
} from "../metrics/neighbours.ts";
import type { Seeded } from "../random.ts";
import { openThreads, type Threads } from "../wasm/threads.ts";

/** Which random parts of a set. */
export interface Parts extends Seeded {
  /** Which of the two sets of a score it is. */
  readonly of?: "real" | "fake";
}

/** A set whose parts can be drawn: its latents, statistics of it as one part, or statistics of each of its parts. */
export type Drawable = Latents | Moments | readonly Moments[];

/** The metrics that take long. Whoever computes them, the results are equal to the last bit. */
export interface Arithmetic extends AsyncDisposable {
  /**
   * Fréchet distances of draws from the random parts of two sets.
   *
   * @param draws how often each of the {@linkcode drawParts} of either set is drawn, or of the parts that it comes in;
   * statistics are one part
   * @throws DigitFidError if a draw has fewer than 2 images, or the widths differ
   */
  distances(
    real: Drawable,
    fake: Drawable,
    draws: readonly Draw[],
    options?: Seeded,
  ): Promise<number[]>;
  /** Moments of a whole set, as `Moments.of`. */
  moments(set: Latents): Promise<Moments>;
  /** The kernel distance of `metrics/kid.ts`. */
  kernelDistance(real: Latents, fake: Latents, options?: KernelOptions): Promise<KernelDistance>;
  /** Precision, recall, density and coverage of `metrics/neighbours.ts`. */
  neighbourScores(real: Latents, fake: Latents, options?: NeighbourOptions): Promise<NeighbourScores>;
  /** For each row of a set the nearest row of another: `metrics/nearest.ts`. */
  nearest(rows: Latents, others: Latents, options?: NearestOptions): Promise<Nearest>;
  /** Mean embeddings of the {@linkcode drawParts} of a set. */
  embedParts(projections: readonly Projection[], outputs: Outputs, options?: Parts): Promise<readonly MeanEmbedding[]>;
  /** Mean embedding of a whole set. */
  embed(projections: readonly Projection[], outputs: Outputs): Promise<MeanEmbedding>;
  /** Drops what is remembered of a set: call it when the set will not be scored again. */
  forget(set: Drawable): void;
}

/**
 * The fastest arithmetic that this host has.
 *
 * @param threads how many threads, one for each processor unless given
 */
export async function openArithmetic(threads?: number): Promise<Arithmetic> {
  try {
    return new ThreadedArithmetic(await openThreads(threads));
  } catch {
    return PLAIN; // no WebAssembly with SIMD: slower, and the same numbers
  }
}

/** Plain TypeScript on the caller's thread. */
export const PLAIN: Arithmetic = {
  distances(real, fake, draws, { seed } = {}) {
    const [a, b] = ([[real, "real"], [fake, "fake"]] as const).map(([set, of]) =>
      isParts(set) ? set : set instanceof Moments ? [set] : momentsOfParts(set, { seed, of })
    );
    return Promise.resolve(plainDistances(a, b, draws));
  },
  moments: (set) => Promise.resolve(Moments.of(set)),
  kernelDistance: (...args) => Promise.resolve(plainKernelDistance(...args)),
  neighbourScores: (...args) => Promise.resolve(plainNeighbourScores(...args)),
  nearest: (...args) => Promise.resolve(plainNearestOf(...args)),
  embedParts: (projections, outputs, options) =>
    Promise.resolve(plainEmbedParts(projections, outputs, drawParts(outputs.latents.count, options))),
  embed: (projections, outputs) => Promise.resolve(new MeanEmbedding(projections).add(outputs)),
  forget() {},
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function isParts(set: Drawable): set is readonly Moments[] {
  return Array.isArray(set);
}

/** Whether the kernels can square the numbers of a set twice; plain TypeScript takes a fitting unit first. */
function isOrdinary(set: Drawable): boolean {
  if (isParts(set)) return isOrdinary(Moments.merged(set));
  if (!(set instanceof Moments) && set.data instanceof Float32Array) return true;
  const [numbers, variances] = set instanceof Moments ? [set.mean, set.covariance()] : [set.data, new Float64Array()];
  let largest = 0;
  for (const value of numbers) largest = Math.max(largest, Math.abs(value));
  for (let k = 0; k < variances.length; k += set.width + 1) largest = Math.max(largest, Math.sqrt(variances[k]));
  return largest === 0 || largest > 1e-60 && largest < 1e60;
}

/** Mean embeddings of a set's parts, and what they are of. */
interface Embedded extends Parts {
  readonly projections: readonly Projection[];
  readonly parts: MeanEmbedding[];
}

/** Threads of WebAssembly, with a memory of the sets seen: what is known of one set is worked out once. */
class ThreadedArithmetic implements Arithmetic {
  readonly #threads: Threads;
  readonly #latents = new Map<Latents, SharedLatents>();
  readonly #moments = new Map<Drawable, Map<string, Promise<SharedMoments>>>();
  readonly #realSides = new Map<Latents, Map<string, Promise<RealSide>>>();
  readonly #searchables = new Map<Latents, Promise<Searchable>>();
  readonly #embedded = new Map<Latents, Embedded[]>();

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  async distances(
    real: Drawable,
    fake: Drawable,
    draws: readonly Draw[],
    { seed = 0 }: Seeded = {},
  ): Promise<number[]> {
    if (![real, fake].every(isOrdinary)) return await PLAIN.distances(real, fake, draws, { seed });
    const [a, b] = await Promise.all([this.#partsOf(real, "real", seed), this.#partsOf(fake, "fake", seed)]);
    return await distancesOf(this.#threads, a, b, draws);
  }

  async moments(set: Latents): Promise<Moments> {
    const rows = Uint32Array.from({ length: set.count }, (_, i) => i);
    return await scope(async (keep) => keep(await SharedMoments.of(this.#share(set), [rows])).read()[0]);
  }

  async kernelDistance(real: Latents, fake: Latents, options?: KernelOptions): Promise<KernelDistance> {
    return await kernelDistance(this.#share(real), this.#share(fake), options);
  }

  async neighbourScores(real: Latents, fake: Latents, options: NeighbourOptions = {}): Promise<NeighbourScores> {
    checkPair(real, fake);
    const { seed = 0, neighbours } = options;
    const sides = entry(this.#realSides, real, () => new Map<string, Promise<RealSide>>());
    const side = entry(sides, `${seed} ${neighbours}`, () => realSide(this.#share(real), options));
    return await neighbourScores(await side, this.#share(real), this.#share(fake), options);
  }

  async nearest(rows: Latents, others: Latents, options?: NearestOptions): Promise<Nearest> {
    checkPair(others, rows);
    const laidOut = entry(this.#searchables, others, () => searchable(this.#share(others)));
    return await nearestOf(this.#share(rows), await laidOut, options);
  }

  async embedParts(
    projections: readonly Projection[],
    outputs: Outputs,
    options: Parts = {},
  ): Promise<readonly MeanEmbedding[]> {
    const { seed = 0, of } = options, { latents } = outputs;
    const known = entry(this.#embedded, latents, () => []);
    const found = known.find((one) => one.projections === projections && one.seed === seed && one.of === of);
    if (found) return found.parts;
    const parts = await embedParts(this.#share(latents), projections, outputs, drawParts(latents.count, options));
    known.push({ projections, seed, of, parts });
    return parts;
  }

  async embed(projections: readonly Projection[], outputs: Outputs): Promise<MeanEmbedding> {
    const pieces = Math.min(outputs.latents.count, this.#threads.count); // sums are exact, however they are split
    const parts = await scope(async (keep) => {
      const latents = keep(new SharedLatents(this.#threads, outputs.latents));
      return await embedParts(latents, projections, outputs, inPieces(outputs.latents.count, pieces));
    });
    return parts.reduce((all, part) => all.merge(part), new MeanEmbedding(projections));
  }

  #partsOf(set: Drawable, of: "real" | "fake", seed: number): Promise<SharedMoments> {
    const known = entry(this.#moments, set, () => new Map<string, Promise<SharedMoments>>());
    if (isParts(set)) return entry(known, "", () => Promise.resolve(SharedMoments.from(this.#threads, set)));
    return entry(known, set instanceof Moments ? "" : `${of} ${seed}`, async () => {
      if (!(set instanceof Moments)) {
        return await SharedMoments.of(this.#share(set), drawParts(set.count, { seed, of }));
      }
      set.covariance(); // refuses too few images, NaN and infinity
      return SharedMoments.from(this.#threads, [set]);
    });
  }

  #share(latents: Latents): SharedLatents {
    return entry(this.#latents, latents, () => new SharedLatents(this.#threads, latents));
  }

  forget(set: Drawable): void {
    for (const moments of this.#moments.get(set)?.values() ?? []) disposeOf(moments);
    this.#moments.delete(set);
    if (set instanceof Moments || isParts(set)) return;
    for (const side of this.#realSides.get(set)?.values() ?? []) disposeOf(side.then(({ points }) => points));
    this.#realSides.delete(set);
    const laidOut = this.#searchables.get(set);
    if (laidOut) disposeOf(laidOut);
    this.#searchables.delete(set);
    this.#embedded.delete(set);
    this.#latents.get(set)?.[Symbol.dispose]();
    this.#latents.delete(set);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const set of [...this.#latents.keys(), ...this.#moments.keys()]) this.forget(set);
    await this.#threads.close();
  }
}

/** Numbers of a set's rows, in order, in pieces that are as large as parts drawn at random. */
function inPieces(count: number, pieces: number): Uint32Array[] {
  const edge = (piece: number) => Math.floor(piece * count / pieces);
  return Array.from(
    { length: pieces },
    (_, piece) => Uint32Array.from({ length: edge(piece + 1) - edge(piece) }, (_, i) => edge(piece) + i),
  );
}

/** The value of a key, made where there is none. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  if (!map.has(key)) map.set(key, make());
  return map.get(key)!;
}

/** Disposes of what a promise gives; of one that fails there is nothing left. */
function disposeOf(promise: Promise<Disposable>): void {
  promise.then((item) => item[Symbol.dispose](), () => {});
}
