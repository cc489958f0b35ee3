/** Whether digits in 32×32 pixels are larger than MNIST's with a border of 2: then 28×28 images were resized to 32×32. */
import type { Pictures } from "./prepare.ts";
import type { Warning } from "./warnings.ts";

const SIDE = 32;
/** The longer side of MNIST's digits is 20 pixels, in nearly all; resized from 28×28 to 32×32 they measure 22 or 23. */
const USUAL = 20, LARGE = 22;
/** What counts as ink: noise and blur lie below. */
const INK = 0.5;

/** How large the digits of a set of 32×32 images are; those of other sides say nothing. */
export class DigitSizes {
  /** How many digits have a longer side of so many pixels. */
  readonly #counts = new Float64Array(SIDE + 1);

  /** Takes in images. */
  add({ count, side, pixels }: Pictures): void {
    if (side !== SIDE) return;
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

  /** What images give to think about that are resized to 28×28. */
  resizedWarnings(name: string): Warning[] {
    const median = this.#median;
    if (median === 0 || median >= LARGE) return [];
    const message =
      `${name}: 32×32 images whose digits are ${median} pixels long were resized to 28×28: leave that out ` +
      `if they are 28×28 images with a border of 2, where MNIST's digits are ${USUAL} pixels long`;
    return [{ code: "bordered", message }];
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
