/** What values a whole set of pixels has: one pass over it, whatever its size. */

/** Numbers in any array. */
export type Numbers =
  | Uint8Array<ArrayBuffer>
  | Uint8ClampedArray<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** Most different values that are kept: bytes as floats have 256, a little more if they took several ways. */
const MOST_DISTINCT = 4096;

/** The lowest and highest values of a set, where most lie, and all of them if there are few. */
export class Survey {
  /** The lowest value. */
  lowest = Infinity;
  /** The highest value. */
  highest = -Infinity;
  /** How many values there are. */
  count = 0;
  /** The first value that is NaN or infinite, and where it is. */
  bad: { readonly index: number; readonly value: number } | undefined;
  #distinct: Set<number> | undefined = new Set();
  /** Counts by the upper 16 bits of the value as float32, which tell it to within 0.8 %. */
  readonly #counts = new Float64Array(2 ** 16);

  /** Takes in more values. */
  add(values: Numbers): void {
    if (values instanceof Uint8Array) this.#addBytes(values);
    else this.#addNumbers(values);
    this.count += values.length;
  }

  #addBytes(values: Uint8Array): void {
    const counts = new Uint32Array(256);
    for (let i = 0; i < values.length; i++) counts[values[i]]++;
    for (const [value, count] of counts.entries()) if (count > 0) this.#addValue(value, count);
  }

  #addNumbers(values: Numbers): void {
    const upperBits = new Uint16Array(new Float32Array(values).buffer);
    for (let i = 0; i < values.length;) {
      const value = values[i], start = i; // most pixels are as black as the one before
      while (i < values.length && (values[i] === value || i === start)) i++;
      if (!Number.isFinite(value)) this.bad ??= { index: this.count + start, value };
      this.#addValue(value, i - start, upperBits[2 * start + 1]);
    }
  }

  #addValue(value: number, count: number, upperBits = new Uint16Array(Float32Array.of(value).buffer)[1]): void {
    this.#counts[upperBits] += count;
    if (value < this.lowest) this.lowest = value;
    if (value > this.highest) this.highest = value;
    if (this.#distinct?.add(value) && this.#distinct.size > MOST_DISTINCT) this.#distinct = undefined;
  }

  /** All values that there are, or undefined if they are more than 4096. */
  get distinct(): Iterable<number> | undefined {
    return this.#distinct;
  }

  /** The value, to within 0.8 %, that a share of all does not exceed. */
  quantile(share: number): number {
    const half = 2 ** 15;
    let left = share * this.count;
    for (let i = 0; i < 2 * half; i++) { // negative numbers by falling magnitude, then positive ones
      const bits = i < half ? 2 * half - 1 - i : i - half;
      left -= this.#counts[bits];
      if (left <= 0) return new Float32Array(Uint32Array.of(bits << 16).buffer)[0];
    }
    return this.highest;
  }
}
