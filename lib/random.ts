/** Seeded random numbers: a counter-based generator, so any number can be had without the ones before it. */
import { DigitFidError } from "./errors.ts";

/**
 * Three 32-bit words hashed from three 32-bit counters.
 *
 * Source: Jarzynski & Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020, `pcg3d`.
 * The GPU kernels carry the same function, so that host and GPU draw the same dropout masks.
 */
export function pcg3d(x: number, y: number, z: number): [number, number, number] {
  x = Math.imul(x, 1664525) + 1013904223 | 0;
  y = Math.imul(y, 1664525) + 1013904223 | 0;
  z = Math.imul(z, 1664525) + 1013904223 | 0;
  x = x + Math.imul(y, z) | 0;
  y = y + Math.imul(z, x) | 0;
  z = z + Math.imul(x, y) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  x = x + Math.imul(y, z) | 0;
  y = y + Math.imul(z, x) | 0;
  z = z + Math.imul(x, y) | 0;
  return [x >>> 0, y >>> 0, z >>> 0];
}

/** A key of 53 bits, hashed from the words `from` … `to - 1`, an even number of them. */
export function keyOf(words: Uint32Array, from: number, to: number): number {
  let [x, y, z] = [STREAM.keys as number, 0, 0];
  for (let k = from; k < to; k += 2) {
    const hash = pcg3d(x, y ^ words[k], z ^ words[k + 1]);
    x = hash[0]; // one by one: taken apart at once they take half as long again
    y = hash[1];
    z = hash[2];
  }
  return (x >>> 11) * 2 ** 32 + y;
}

/** What a stream of random numbers is for; streams of one seed are independent of each other. */
export const STREAM = {
  parameters: 1,
  shuffle: 2,
  dropout: 3,
  bootstrap: 4,
  corruption: 5,
  defects: 6,
  calibration: 7,
  keys: 8,
} as const;

/** What a metric draws from the stream `bootstrap`, each by an index of its own: nothing is drawn twice. */
export const DRAW = {
  realParts: 0,
  fakeParts: 1,
  interval: 2,
  infinity: 3,
  kid: 4,
  neighbours: 5,
  sliced: 6,
  digitDistance: 7,
  pairedReal: 9,
  causes: 10,
  copies: 11,
  byDigit: 12,
  halves: 13,
  pairedFakes: 16, // and one more for each set: the last
} as const;

/** How what is drawn at random is drawn. */
export interface Seeded {
  /** An integer from 0 to 2³² − 1: the same seed, the same numbers. 0 unless given. */
  readonly seed?: number;
}

/** A stream of random numbers named by a seed, a purpose and an index within it (an epoch, say). */
export class Random {
  #seed: number;
  #stream: number;
  #count = 0;

  /**
   * The stream from its start.
   *
   * @param seed of the whole run, from 0 to 2³² − 1
   * @param purpose one of {@linkcode STREAM}
   * @param index which stream of that purpose, below 2^28
   * @throws DigitFidError if the seed is no such number
   */
  constructor(seed: number, purpose: number, index = 0) {
    if (seed !== seed >>> 0) throw new DigitFidError(`seed ${seed}: give a whole number from 0 to ${2 ** 32 - 1}`);
    this.#seed = seed;
    this.#stream = (purpose << 28 | index) >>> 0;
  }

  /** A uniform integer in [0, 2^32). */
  uint32(): number {
    return pcg3d(this.#seed, this.#stream, this.#count++)[0];
  }

  /** A uniform number in [0, 1) with 32 random bits. */
  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A uniform integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** A standard normal number (Box–Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A uniform permutation of 0 … length-1 (Fisher–Yates). */
  permutation(length: number): Uint32Array<ArrayBuffer> {
    const order = Uint32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}
