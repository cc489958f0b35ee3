/** Moments by sums of whole numbers: exact, so that parts may be added in any order, anywhere, and give the same bits. */
import { DigitFidError } from "../errors.ts";
import type { Latents } from "./latents.ts";
import { Moments } from "./moments.ts";

/** Latents are rounded to this share of the largest root mean square: it moves a Fréchet distance by about 1e-6. */
const STEPS = 2 ** 18;
/** Most units of a latent, so that {@linkcode ROWS} products of two stay below 2⁵². */
const MOST_UNITS = 2 ** 23;
/** Rows after which sums are carried over. */
const ROWS = 2 ** 6;
/** Added and taken off again, it rounds to whole numbers, halves to even ones: rounding them up would shift the mean. */
const ROUNDER = 1.5 * 2 ** 52;
/** What the lower half of a sum counts to. */
const CARRY = 2 ** 40;

/** Sums of latents and of their products, in whole units and their squares. */
export class ExactMoments {
  /** Sums: `width` of the latents, then the lower triangle of their products; each is `high` · 2⁴⁰ + `low`. */
  readonly #low: Float64Array<ArrayBuffer>;
  readonly #high: Float64Array<ArrayBuffer>;
  #count = 0;
  #sinceCarry = 0;

  /**
   * Of no rows yet.
   *
   * @param width numbers a row
   * @param unit what latents are rounded to, from {@linkcode unitFor}
   */
  constructor(readonly width: number, readonly unit: number) {
    this.#low = new Float64Array(width + width * (width + 1) / 2);
    this.#high = new Float64Array(this.#low.length);
  }

  /** A unit that suits latents like these: a power of two. */
  static unitFor(typical: Moments): number {
    const covariance = typical.covariance();
    const largest = typical.mean.reduce(
      (most, mean, j) => Math.max(most, Math.hypot(mean, Math.sqrt(covariance[j * (typical.width + 1)]))),
      0,
    );
    return largest > 0 ? 2 ** Math.floor(Math.log2(largest / STEPS)) : 1;
  }

  /** How many rows went in. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds rows.
   *
   * @throws DigitFidError if a latent is far larger than any that the unit is for
   */
  add({ count, width, data }: Latents): this {
    const units = new Float64Array(width), sums = this.#low;
    for (let row = 0; row < count; row++) {
      for (let j = 0; j < width; j++) {
        const value = units[j] = (data[row * width + j] / this.unit + ROUNDER) - ROUNDER;
        if (!(Math.abs(value) <= MOST_UNITS)) {
          throw new DigitFidError(`a latent of ${data[row * width + j]} is too far from those of the real images`);
        }
      }
      for (let j = 0, k = width; j < width; j++) {
        sums[j] += units[j];
        for (let i = 0; i <= j; i++) sums[k++] += units[j] * units[i];
      }
      this.#count++;
      if (++this.#sinceCarry === ROWS) this.#carry();
    }
    return this;
  }

  /** Adds all the rows that went into another. */
  merge(other: ExactMoments): this {
    this.#carry();
    other.#carry();
    for (let k = 0; k < this.#low.length; k++) {
      this.#low[k] += other.#low[k];
      this.#high[k] += other.#high[k];
    }
    this.#carry();
    this.#count += other.#count;
    return this;
  }

  /** The moments, rounded once. */
  moments(): Moments {
    const { width, unit } = this, count = this.#count;
    const sum = (k: number) => this.#high[k] * CARRY + this.#low[k];
    const mean = Float64Array.from({ length: width }, (_, j) => sum(j) / count * unit);
    const scatter = new Float64Array(width * width);
    for (let j = 0, k = width; j < width; j++) {
      for (let i = 0; i <= j; i++) scatter[j * width + i] = (sum(k++) - sum(j) * (sum(i) / count)) * unit * unit;
    }
    return Moments.fromScatter(count, mean, scatter);
  }

  /** The count, then the lower and the upper halves of all sums: what {@linkcode restore} takes. */
  state(): Float64Array<ArrayBuffer> {
    this.#carry();
    return Float64Array.of(this.#count, ...this.#low, ...this.#high);
  }

  /**
   * Sums kept earlier.
   *
   * @throws DigitFidError if they are none
   */
  static restore(width: number, unit: number, state: Float64Array): ExactMoments {
    const restored = new ExactMoments(width, unit), { length } = restored.#low;
    if (state.length !== 1 + 2 * length || !state.every(Number.isSafeInteger) || state[0] < 0) {
      throw new DigitFidError("these are no sums of latents");
    }
    restored.#count = state[0];
    restored.#low.set(state.subarray(1, 1 + length));
    restored.#high.set(state.subarray(1 + length));
    restored.#carry();
    return restored;
  }

  #carry(): void {
    this.#sinceCarry = 0;
    for (let k = 0; k < this.#low.length; k++) {
      const carried = Math.floor(this.#low[k] / CARRY);
      this.#high[k] += carried;
      this.#low[k] -= carried * CARRY;
    }
  }
}
