/** Values beyond black and white: how much of that there is. */
import { DigitFidError, type Remedy } from "../errors.ts";
import { type PixelRange, type Scale, showRange, statedRange } from "./pixel_range.ts";
import type { Numbers, Survey } from "./survey.ts";

/** How far beyond black or white a value may lie, as a share of the range, and be rounding. */
export const TOLERANCE = 1e-3;
/** Most that all pixels may lie beyond black and white on average, as a share of the range, and be clipped unasked. */
const MOST_EXCESS = 0.01;

/** The same, from which on another range was meant, and clipping would leave nothing of the images. */
const FAR = 0.1;

/** What lies beyond black and white. */
export class Overshoot {
  /** How many values lie beyond by more than rounding. */
  #beyond = 0;
  #sum = 0;
  #most = 0;
  #count = 0;
  readonly #scale: Scale;

  /** Begins with no values. */
  constructor(scale: Scale) {
    this.#scale = scale;
  }

  /** Whether a set has any, by its lowest and highest value. */
  static isIn({ lowest, highest }: Survey, { black, white }: Scale): boolean {
    const slack = TOLERANCE * (white - black);
    return lowest < black - slack || highest > white + slack;
  }

  /** Takes in values. */
  add(values: Numbers): void {
    const { black, white } = this.#scale;
    for (let i = 0; i < values.length; i++) {
      const excess = Math.max(black - values[i], values[i] - white) / (white - black);
      if (excess <= TOLERANCE) continue;
      this.#beyond++;
      this.#sum += excess;
      this.#most = Math.max(this.#most, excess);
    }
    this.#count += values.length;
  }

  /** How much it is, in words. */
  get inWords(): string {
    const share = show(100 * this.#beyond / this.#count);
    return `${share} % of the values lie beyond black or white, by up to ${show(this.#most)} of the range`;
  }

  /**
   * Checks that it is small enough to be clipped.
   *
   * @param fitting the range that the values themselves suggest, if any
   * @throws DigitFidError if it is not
   */
  check(range: PixelRange, fitting: PixelRange | undefined, name: string): void {
    if (this.#sum / this.#count <= MOST_EXCESS) return;
    const found = `${name}: ${showRange(range)}: ${this.inWords}`;
    const isOther = fitting !== undefined && statedRange(fitting) !== statedRange(range);
    if (!isOther && this.#sum / this.#count > FAR) {
      throw new DigitFidError(`${found}: leave that out, or state another`);
    }
    const remedy: Remedy = isOther ? { range: statedRange(fitting) } : { clip: true };
    const advice = remedy.range ? `they fit ${showRange(fitting!)}` : "state another range, or clip them";
    throw new DigitFidError(`${found}: ${advice}`, { remedy });
  }
}

/** At most three significant digits. */
function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
