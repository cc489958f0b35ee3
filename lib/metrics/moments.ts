/** Mean and covariance of any number of rows, in constant memory. */
import { DigitFidError } from "../errors.ts";
import { checkShape, checkWidths, type Latents } from "./latents.ts";
import { covarianceRoot } from "./roots.ts";

/** Most numbers a row. */
const MOST_WIDTH = 16384;

/** How often each part of two sets is drawn. */
export interface Draw {
  /** Of the one set's parts. */
  readonly a: Float64Array;
  /** Of the other's. */
  readonly b: Float64Array;
}

/**
 * Count, mean and covariance of latents, gathered chunk by chunk.
 *
 * A chunk is taken in two passes, about its own mean, and then merged, so no large numbers cancel and the result does
 * not depend on the chunks beyond rounding. Source: Chan, Golub & LeVeque, "Updating Formulae and a Pairwise Algorithm
 * for Computing Sample Variances", Stanford, 1979.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Moments } from "./moments.ts";
 *
 * const moments = new Moments(1);
 * moments.add({ count: 2, width: 1, data: Float32Array.of(1, 2) });
 * moments.add({ count: 1, width: 1, data: Float32Array.of(6) });
 * assertEquals([moments.mean[0], moments.covariance()[0]], [3, 7]);
 * ```
 */
export class Moments {
  /** Numbers a row. */
  readonly width: number;
  /** Mean row, in the latents' own unit. */
  readonly mean: Float64Array<ArrayBuffer>;
  /** Sum over rows of the products of deviations from the mean; only the lower triangle is kept. */
  readonly #scatter: Float64Array<ArrayBuffer>;
  #count = 0;

  /**
   * Moments of no rows yet.
   *
   * @throws DigitFidError if the width is no integer from 1 to 16,384, whose covariances would take 2 GB
   */
  constructor(width: number) {
    if (!Number.isInteger(width) || width < 1 || width > MOST_WIDTH) {
      throw new DigitFidError(`moments of ${width} numbers a row: expected an integer from 1 to ${MOST_WIDTH}`);
    }
    this.width = width;
    this.mean = new Float64Array(width);
    this.#scatter = new Float64Array(width * width);
  }

  /** Moments of one set. */
  static of(latents: Latents): Moments {
    return new Moments(latents.width).add(latents);
  }

  /**
   * Moments kept earlier.
   *
   * @param covariance `width` × `width`, with the count less one as its divisor
   * @throws DigitFidError if the count is below 2, a value is not finite, the sizes do not fit, or so many rows can have no
   * such covariance: it is not symmetric, has negative eigenvalues beyond rounding, or too many above it
   */
  static from(count: number, mean: Float64Array, covariance: Float64Array): Moments {
    const width = mean.length;
    const moments = new Moments(width);
    if (!Number.isInteger(count) || count < 2) {
      throw new DigitFidError(`statistics of ${count} images: expected a whole number, at least 2`);
    }
    if (covariance.length !== width * width) {
      throw new DigitFidError(`statistics: ${covariance.length} covariances, expected ${width} × ${width}`);
    }
    if (![...mean, ...covariance].every(Number.isFinite)) throw new DigitFidError("statistics hold NaN or infinity");
    checkCovariance(count, width, covariance);
    moments.#count = count;
    moments.mean.set(mean);
    moments.#scatter.set(covariance.map((value) => value * (count - 1)));
    return moments;
  }

  /**
   * Moments taken apart as {@linkcode scatter} gives them: to the bit.
   *
   * @throws DigitFidError if the sizes do not fit
   */
  static fromScatter(count: number, mean: Float64Array, scatter: Float64Array): Moments {
    const moments = new Moments(mean.length);
    if (scatter.length !== mean.length ** 2) {
      throw new DigitFidError(`moments: ${scatter.length} sums of products, expected ${mean.length} × ${mean.length}`);
    }
    moments.#count = count;
    moments.mean.set(mean);
    moments.#scatter.set(scatter);
    return moments;
  }

  /**
   * Moments of all the rows in the parts.
   *
   * @param times how often each part counts; once unless given
   * @throws DigitFidError if there is no part
   */
  static merged(parts: readonly Moments[], times: Float64Array = new Float64Array(parts.length).fill(1)): Moments {
    if (parts.length === 0) throw new DigitFidError("moments of no parts: give at least one");
    const { width } = parts[0];
    const merged = new Moments(width);
    for (const [p, part] of parts.entries()) merged.#count += times[p] * part.#count;
    for (const [p, part] of parts.entries()) {
      const share = times[p] * part.#count / merged.#count;
      for (let j = 0; j < width; j++) merged.mean[j] += share * part.mean[j];
    }
    for (const [p, part] of parts.entries()) {
      if (times[p] === 0) continue;
      const deviation = part.mean.map((mean, j) => mean - merged.mean[j]);
      for (let j = 0; j < width; j++) {
        const factor = times[p] * part.#count * deviation[j];
        for (let k = j * width, i = 0; i <= j; k++, i++) {
          merged.#scatter[k] += times[p] * part.#scatter[k] + factor * deviation[i];
        }
      }
    }
    return merged;
  }

  /** Sum over rows of the products of deviations from the mean, `width` × `width`, of which the lower triangle counts. */
  get scatter(): Float64Array<ArrayBuffer> {
    return this.#scatter;
  }

  /** How many rows went in. */
  get count(): number {
    return this.#count;
  }

  /**
   * Adds a chunk of rows.
   *
   * @throws DigitFidError if the width differs, or the shape does not fit the data
   */
  add({ count, width, data }: Latents): this {
    checkShape({ count, width, data }, "moments");
    const chunk = new Moments(width);
    chunk.#count = count;
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < width; j++) chunk.mean[j] += data[i * width + j] / count;
    }
    const deviation = new Float64Array(width);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < width; j++) deviation[j] = data[i * width + j] - chunk.mean[j];
      addOuterProduct(chunk.#scatter, deviation, 1);
    }
    return this.merge(chunk);
  }

  /**
   * Adds all the rows that went into other moments.
   *
   * @throws DigitFidError if the width differs
   */
  merge(other: Moments): this {
    checkWidths(this, other);
    const count = this.#count + other.#count;
    if (count === 0) return this;
    if (this.#count === 0) { // nothing to weigh: the other's very bits
      this.mean.set(other.mean);
      this.#scatter.set(other.#scatter);
      this.#count = count;
      return this;
    }
    const difference = other.mean.map((mean, j) => mean - this.mean[j]);
    for (let k = 0; k < this.#scatter.length; k++) this.#scatter[k] += other.#scatter[k];
    addOuterProduct(this.#scatter, difference, this.#count * other.#count / count);
    for (let j = 0; j < this.width; j++) this.mean[j] += difference[j] * other.#count / count;
    this.#count = count;
    return this;
  }

  /**
   * The covariance matrix, `width` × `width`, with the count less one as its divisor.
   *
   * @throws DigitFidError if there are fewer than 2 rows, or a value was NaN or infinite
   */
  covariance(): Float64Array<ArrayBuffer> {
    if (this.#count < 2) throw new DigitFidError(`${this.#count} images have no covariance: give at least 2`);
    if (!this.mean.every(Number.isFinite)) {
      throw new DigitFidError("the latents hold NaN or infinity: check the images");
    }
    if (!this.#scatter.every(Number.isFinite)) {
      throw new DigitFidError("the latents are too large for a covariance in double precision: scale them");
    }
    const { width } = this;
    const covariance = new Float64Array(width * width);
    for (let j = 0; j < width; j++) {
      for (let k = 0; k <= j; k++) {
        const value = this.#scatter[j * width + k] / (this.#count - 1);
        covariance[j * width + k] = covariance[k * width + j] = value;
      }
    }
    return covariance;
  }
}

/** What counts as rounding in a covariance, of its largest entry or eigenvalue: statistics may have been in float32. */
const ROUNDING = 1e-6;

/** Holds a covariance to what those of `count` rows are. */
function checkCovariance(count: number, width: number, covariance: Float64Array): void {
  const largest = covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return;
  const scaled = covariance.map((value) => value / largest);
  for (let j = 0; j < width; j++) {
    if (covariance[j * width + j] < 0) throw new DigitFidError(`statistics: the variance of latent ${j} is negative`);
    for (let k = 0; k < j; k++) {
      if (Math.abs(scaled[j * width + k] - scaled[k * width + j]) <= ROUNDING) continue;
      throw new DigitFidError(`statistics: the covariances of latents ${j} and ${k} differ by their order`);
    }
  }
  const { rows: rank, pitch, data } = covarianceRoot(scaled, ROUNDING);
  for (let k = 0; k < width * width; k++) { // what the root leaves: nothing, if there are no negative eigenvalues
    let left = scaled[k];
    for (let i = 0; i < rank; i++) left -= data[i * pitch + k % width] * data[i * pitch + Math.floor(k / width)];
    if (Math.abs(left) <= 10 * ROUNDING) continue;
    throw new DigitFidError("statistics: no images have this covariance, as it has negative eigenvalues");
  }
  if (rank >= count) throw new DigitFidError(`statistics: ${count} images cannot have a covariance of rank ${rank}`);
}

/** Adds weight · v vᵀ to the lower triangle of a matrix. */
function addOuterProduct(matrix: Float64Array, v: Float64Array, weight: number): void {
  const width = v.length;
  for (let j = 0; j < width; j++) {
    const factor = weight * v[j];
    for (let k = 0; k <= j; k++) matrix[j * width + k] += factor * v[k];
  }
}
