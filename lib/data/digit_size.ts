/** Whether digits are as long as MNIST's: in 32×32 pixels with their border of 2, and in others once they are resized. */
import type { Pictures } from "./prepare.ts";
import type { Warning } from "./warnings.ts";

const SIDE = 32;
/** The longer side of MNIST's digits is 20 pixels, in nearly all; resized from 28×28 to 32×32 they measure 22 or 23. */
const USUAL = 20, LARGE = 22;
/** What counts as ink: noise and blur lie below. */
const INK = 0.5;

/** Share of a 28×28 image that MNIST's digits are long. */
const LENGTH = USUAL / 28;

/** How large the digits of a set are, of images of one side. */
export class DigitSizes {
  /** How many digits have a longer side of so many pixels. */
  readonly #counts: Float64Array;

  /**
   * Begins with none.
   *
   * @param side of the images that are looked at; others say nothing
   */
  constructor(readonly side: number = SIDE) {
    this.#counts = new Float64Array(side + 1);
  }

  /** Takes in images. */
  add({ count, side, pixels }: Pictures): void {
    if (side !== this.side || side === 28) return;
    const ink = pixels instanceof Uint8Array ? 255 * INK : INK;
    for (let image = 0; image < count; image++) this.#counts[longerSide(pixels, image * side * side, side, ink)]++;
  }

  /** How many digits have each length: what {@linkcode merge} takes. */
  get state(): Float64Array<ArrayBuffer> {
    return this.#counts.slice();
  }

  /** Takes in digits that are counted already. */
  merge(state: Float64Array): void {
    for (let length = 0; length < this.#counts.length; length++) this.#counts[length] += state[length];
  }

  /** What images give to think about that are taken as they are. */
  warnings(name: string): Warning[] {
    const median = this.#median;
    if (median < LARGE) return [];
    const message =
      `${name}: the digits are ${median} pixels long where MNIST's are ${USUAL}: 28×28 images that were ` +
      "resized to 32×32, not given a border? resize them back";
    return [{ code: "large-digits", message, remedy: { resize: true } }];
  }

  /** What images give to think about that are resized to 28×28: whether their digits are then as long as MNIST's. */
  resizedWarnings(name: string): Warning[] {
    const median = this.#median, { side } = this, border = Math.round((side - median / LENGTH) / 2);
    const off = Math.abs(median - LENGTH * side);
    if (median === 0 || border === 0 || off < Math.max(1.3, 0.038 * LENGTH * side)) return [];
    const found = `${name}: ${side}×${side} images whose digits are ${median} pixels long were resized to 28×28`;
    const whole = Math.round(LENGTH * side);
    const advice = side === SIDE && border === 2
      ? `leave that out if they are 28×28 images with a border of 2, where MNIST's digits are ${USUAL} pixels long`
      : border > 0
      ? `MNIST's would be ${whole}: save array[:, ${border}:-${border}, ${border}:-${border}] if they have a border`
      : `MNIST's would be ${whole}: save numpy.pad(array, ((0, 0), (${-border}, ${-border}), (${-border}, ${-border}))) ` +
        "if their border was cut off";
    return [{ code: "bordered", message: `${found}: ${advice}` }];
  }

  get #median(): number {
    let left = this.#counts.reduce((a, b) => a + b) / 2;
    return left === 0 ? 0 : this.#counts.findIndex((count) => (left -= count) <= 0);
  }
}

/** Longer side of the box around the ink of an image; 0 if it has none. */
function longerSide(pixels: Pictures["pixels"], start: number, size: number, ink: number): number {
  let [left, right, top, bottom] = [size, -1, size, -1];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (pixels[start + y * size + x] < ink) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  return right < 0 ? 0 : Math.max(right - left, bottom - top) + 1;
}
