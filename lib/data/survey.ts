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
/** So few different values may be short by chance. */
const FEW = 32;
/** Images whose own mean and deviation are looked at. */
const SINGLES = 3;

/** Mean and standard deviation of values. */
interface Spread {
  /** Mean. */
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
}

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
  /** How many values are NaN or infinite. */
  badCount = 0;
  #distinct: Set<number> | undefined = new Set();
  #listed: readonly number[] | undefined;
  #lowestCount = 0;
  #highestCount = 0;
  #sum = 0;
  #squares = 0;
  /** Bits below the upper 16 that any value has as float32; all of them if one is no float32. */
  #lowerBits = 0;
  readonly #singles: Spread[] = [];
  /** Counts by the upper 16 bits of the value as float32, which tell it to within 0.8 %. */
  readonly #counts = new Float64Array(2 ** 16);

  /**
   * Begins with no values.
   *
   * @param each how many values an image has
   */
  constructor(readonly each: number) {}

  /** Takes in the values of some images. */
  add(values: Numbers): void {
    for (let start = 0; start < values.length && this.#singles.length < SINGLES; start += this.each) {
      this.#singles.push(spreadOf(values.subarray(start, start + this.each)));
    }
    if (values instanceof Uint8Array) this.#addBytes(values);
    else this.#addNumbers(values);
    this.count += values.length;
    this.#listed = undefined;
  }

  #addBytes(values: Uint8Array): void {
    const counts = new Uint32Array(256);
    for (let i = 0; i < values.length; i++) counts[values[i]]++;
    for (const [value, count] of counts.entries()) if (count > 0) this.#addValue(value, count, bitsOf(value));
  }

  #addNumbers(values: Numbers): void {
    const bits = new Uint32Array(new Float32Array(values).buffer);
    for (let i = 0; i < values.length;) {
      const value = values[i], start = i; // most pixels are as black as the one before
      while (i < values.length && (values[i] === value || i === start)) i++;
      if (!Number.isFinite(value)) {
        this.bad ??= { index: this.count + start, value };
        this.badCount += i - start;
      }
      this.#addValue(value, i - start, Math.fround(value) === value ? bits[start] : bits[start] | 0xffff);
    }
  }

  #addValue(value: number, count: number, bits: number): void {
    this.#counts[bits >>> 16] += count;
    this.#lowerBits |= bits & 0xffff;
    this.#sum += count * value;
    this.#squares += count * value * value;
    if (value <= this.lowest) this.#lowestCount = value < this.lowest ? count : this.#lowestCount + count;
    if (value >= this.highest) this.#highestCount = value > this.highest ? count : this.#highestCount + count;
    if (value < this.lowest) this.lowest = value;
    if (value > this.highest) this.highest = value;
    if (this.#distinct?.add(value) && this.#distinct.size > MOST_DISTINCT) this.#distinct = undefined;
  }

  /** Share of the values that are the lowest one. */
  get lowestShare(): number {
    return this.#lowestCount / this.count;
  }

  /** Share of the values that are the highest one. */
  get highestShare(): number {
    return this.#highestCount / this.count;
  }

  /** Mean and deviation of all values. */
  get spread(): Spread {
    const mean = this.#sum / this.count;
    return { mean, deviation: Math.sqrt(Math.max(0, this.#squares / this.count - mean * mean)) };
  }

  /** Mean and deviation of each of the first images. */
  get singles(): readonly Spread[] {
    return this.#singles;
  }

  /** The narrowest type that holds all values, as far as their digits go; of few values that says nothing. */
  get precision(): "bfloat16" | "float16" | "more" {
    if (this.#distinct && this.#distinct.size < FEW) return "more";
    return this.#lowerBits === 0 ? "bfloat16" : (this.#lowerBits & 0x1fff) === 0 ? "float16" : "more";
  }

  /** All values that there are, or undefined if they are more than 4096. */
  get distinct(): readonly number[] | undefined {
    return this.#listed ??= this.#distinct && [...this.#distinct];
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

function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0];
}

function spreadOf(values: Numbers): Spread {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    squares += values[i] * values[i];
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}
