/** What single images of a set say of the whole: whether some are of another range, and whether bytes overflowed. */
import type { Images } from "./images.ts";

/** Levels up to this are background, and from this on pure ink, of 255. */
const BACKGROUND = 25, INK = 230;
/** An image that has nothing as bright as this is dim, of 255. */
const DIM = 128;
/** Neighbours that differ by this much leap from black to white, of 255. */
const LEAP = 240;
/** A smaller share of images than this may be a generator's failures. */
const SOME = 0.02;

/** What is counted. */
interface Counts {
  /** Images. */
  images: number;
  /** Those that are black all over. */
  black: number;
  /** Those that have nothing brighter than half, but are not black. */
  dim: number;
  /** Those of which more than half is brighter than a background. */
  light: number;
  /** Neighbours in a row that leap from black to white. */
  leaps: number;
  /** Black pixels between two white ones in a row. */
  holes: number;
}

/** Counts over the single images of a set. */
export class Singles {
  readonly #counts: Counts = { images: 0, black: 0, dim: 0, light: 0, leaps: 0, holes: 0 };

  /** Takes in images. */
  add({ pixels, count, size }: Images): void {
    const scale = pixels instanceof Uint8Array ? 1 : 255, area = size * size, all = this.#counts;
    const words = inWords(pixels, size);
    const [background, ink, leap] = [BACKGROUND, INK, LEAP].map((level) => level / scale);
    for (let image = 0, at = 0; image < count; image++) {
      let brightest = 0, bright = 0;
      for (let row = 0; row < size; row++) {
        let before = pixels[at];
        if (before > brightest) brightest = before;
        if (before > background) bright++;
        at++;
        for (let column = 1; column < size; column++, at++) {
          if (before === 0 && (at & 3) === 0 && words?.[at >> 2] === 0) { // four more black ones
            column += 3;
            at += 3;
            continue;
          }
          const level = pixels[at];
          if (level > background) bright++;
          if (level === before) continue; // most are as black as the one before: nothing more to see
          const step = level - before;
          before = level;
          if (level > brightest) brightest = level;
          if (step >= leap || step <= -leap) all.leaps++;
          if (level >= ink && column > 1 && pixels[at - 1] <= background && pixels[at - 2] >= ink) all.holes++;
        }
      }
      if (brightest <= background) all.black++;
      else if (brightest < DIM / scale) all.dim++;
      if (bright > area / 2) all.light++;
    }
    all.images += count;
  }

  /** What was counted: what {@linkcode merge} takes. */
  get state(): readonly number[] {
    return Object.values(this.#counts);
  }

  /** Takes in what is counted already. */
  merge(state: ArrayLike<number>): void {
    for (const [i, name] of (Object.keys(this.#counts) as (keyof Counts)[]).entries()) {
      this.#counts[name] += state[i] ?? 0;
    }
  }

  /** What some images are and others are not, in words: that of several ranges in one set; undefined if all are alike. */
  get mixture(): string | undefined {
    const { images, black, dim, light } = this.#counts;
    const isSome = (count: number) => count > SOME * images && count < (1 - SOME) * images;
    if (isSome(light)) return `${light} of the ${images} images have a light background, and the others a dark one`;
    if (!isSome(black + dim)) return undefined;
    const [count, what] = dim === 0 ? [black, "black"] : [black + dim, "at most half as bright as white"];
    return `${count} of the ${images} images are ${what}, and the others are not`;
  }

  /**
   * Whether white ink is full of black holes, as where more than 255 became a byte, which begins again at 0: real ink has
   * a hole in every thousandth image, at a thousandth of the leaps from black to white.
   */
  get isOverflown(): boolean {
    const { images, leaps, holes } = this.#counts;
    return holes > 0.05 * images && holes > 0.05 * leaps;
  }
}

/** Bytes four at a time, where rows are made of such fours. */
function inWords(pixels: Images["pixels"], size: number): Uint32Array | undefined {
  if (!(pixels instanceof Uint8Array) || pixels.byteOffset % 4 > 0 || size % 4 > 0) return undefined;
  return new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length / 4);
}
