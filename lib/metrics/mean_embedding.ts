/** The mean of a set in the digit distance's space: all that the distance needs of the set, whatever its size. */
import { DigitFidError } from "../errors.ts";
import { addPoints, MOST_IMAGES, type Outputs, type Projection, UNIT, viewOf, VIEWS } from "./embedding.ts";

/**
 * Sums of the points of any number of images. They are sums of whole numbers, so they are exact: parts may be added in
 * any order, on any number of machines, and give the same bits.
 */
export class MeanEmbedding {
  readonly #sums: readonly Float64Array[];
  #count = 0;

  /** Of no images yet. */
  constructor(readonly projections: readonly Projection[]) {
    this.#sums = projections.map(({ frequencies }) => new Float64Array(2 * frequencies));
  }

  /** How many images went in. */
  get count(): number {
    return this.#count;
  }

  /** For each view the sums of cosines and of sines, in whole units. */
  get sums(): readonly Float64Array[] {
    return this.#sums;
  }

  /** One of no images, with the same projections. */
  emptied(): MeanEmbedding {
    return new MeanEmbedding(this.projections);
  }

  /** Adds what the network makes of images. */
  add(outputs: Outputs): this {
    return this.merge(embedParts(this.projections, outputs, [[...Array(outputs.latents.count).keys()]])[0]);
  }

  /** Of all the images in the parts, each as often as given. */
  static merged(parts: readonly MeanEmbedding[], times: ArrayLike<number>): MeanEmbedding {
    const merged = parts[0].emptied();
    for (const [p, part] of parts.entries()) {
      const count = times[p];
      if (count === 0) continue;
      for (const [i, sum] of part.sums.entries()) {
        const into = merged.#sums[i];
        for (let j = 0; j < sum.length; j++) into[j] += count * sum[j];
      }
      merged.#count += count * part.count;
    }
    return merged;
  }

  /** Adds all the images that went into another. */
  merge(other: MeanEmbedding): this {
    return this.#accumulate(other.#count, other.#sums);
  }

  /**
   * Adds sums found elsewhere.
   *
   * @throws DigitFidError if their number or sizes do not fit, they cannot be of so many images, or there are too many
   */
  addSums(count: number, sums: readonly Float64Array[]): this {
    const most = count / UNIT;
    let isPossible = Number.isSafeInteger(count);
    for (const sum of sums) for (let j = 0; j < sum.length; j++) isPossible &&= Math.abs(sum[j]) <= most;
    if (!isPossible) {
      throw new DigitFidError(`sums that cannot be of ${count} images: make these statistics again`);
    }
    return this.#accumulate(count, sums);
  }

  /** As {@linkcode addSums}, of sums that were looked at before. */
  #accumulate(count: number, sums: readonly Float64Array[]): this {
    const fits = sums.length === this.#sums.length && sums.every(({ length }, i) => length === this.#sums[i].length);
    if (!fits) throw new DigitFidError("sums of another embedding do not add up with these: use one network for both");
    if (this.#count + count > MOST_IMAGES) {
      throw new DigitFidError(`more than ${MOST_IMAGES} images: give fewer`);
    }
    for (const [i, sum] of sums.entries()) {
      const into = this.#sums[i];
      for (let j = 0; j < sum.length; j++) into[j] += sum[j];
    }
    this.#count += count;
    return this;
  }

  /** The kernel's mean over all pairs of an image of this set and one of the other, the same image included: -1 … 1. */
  meanKernel(other: MeanEmbedding): number {
    let kernel = 0;
    for (const [i, { name, frequencies }] of this.projections.entries()) {
      const [a, b] = [this.#sums[i], other.#sums[i]];
      let dot = 0;
      for (let j = 0; j < a.length; j++) dot += (a[j] * UNIT / this.#count) * (b[j] * UNIT / other.#count);
      kernel += VIEWS[name].share * dot / frequencies;
    }
    return kernel;
  }
}

/** Mean embeddings of parts of a set, each of the rows whose numbers it has. */
export function embedParts(
  projections: readonly Projection[],
  outputs: Outputs,
  parts: readonly ArrayLike<number>[],
): MeanEmbedding[] {
  const views = projections.map(({ name }) => viewOf(outputs, name));
  return parts.map((numbers) => {
    const sums = projections.map((projection, i) => {
      const sum = new Float64Array(2 * projection.frequencies);
      addPoints(projection, views[i], numbers, sum);
      return sum;
    });
    return new MeanEmbedding(projections).addSums(numbers.length, sums);
  });
}
