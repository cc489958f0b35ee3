/** Whether a set of images looks as MNIST's do: judged by its black, its white and what lies between. */
import type { Images } from "./images.ts";
import type { PrepareOptions } from "./prepare.ts";
import { Singles } from "./singles.ts";
import type { Warning } from "./warnings.ts";

/** What {@linkcode Tones} knows of images that may be stretched. */
interface Stretched {
  readonly images: number;
  readonly singles: number;
  readonly first: number;
  readonly last: number;
}

/** Of fewer pixels a level, one may be missing by chance. */
const OFTEN = 40;
/** Levels that a curve leaves out in one half of the grey more than in the other; even steps leave out as many in both. */
const UNEVEN = 24;
/** Fewer levels than these are a choice of colours, not a curve. */
const LEAST_LEVELS = 64;

/** How often each level of grey occurs in a set of images, and what the images are one by one. */
export class Tones {
  /** What the images are one by one. */
  readonly singles: Singles = new Singles();
  readonly #counts = new Float64Array(256);
  #area = 0;
  /**
   * Images so far, if each has both black and white, those of them that have a single white pixel, and the first and last
   * place of a white one.
   */
  #stretched: Stretched | undefined = { images: 0, singles: 0, first: Infinity, last: -Infinity };

  /** Takes in images. */
  add(images: Images): void {
    const { pixels, count } = images;
    this.singles.add(images);
    const scale = pixels instanceof Uint8Array ? 1 : 255;
    const counts = new Uint32Array(256);
    let black = 0; // most pixels are
    for (let i = 0; i < pixels.length; i++) {
      const level = pixels[i];
      if (level === 0) black++;
      else counts[Math.round(scale * level)]++;
    }
    counts[0] += black;
    for (let level = 0; level < 256; level++) this.#counts[level] += counts[level];
    this.#area += 28 * 28 * count; // a border of black does not matter
    const area = pixels.length / count, white = pixels instanceof Uint8Array ? 255 : 1;
    for (let image = 0; image < count && this.#stretched; image++) {
      const own = pixels.subarray(image * area, (image + 1) * area), first = own.indexOf(white);
      if (first < 0 || !own.includes(0)) this.#stretched = undefined;
      else this.#addStretched({ images: 1, singles: own.includes(white, first + 1) ? 0 : 1, first, last: first });
    }
  }

  #addStretched({ images, singles, first, last }: Stretched): void {
    const all = this.#stretched;
    if (!all) return;
    this.#stretched = {
      images: all.images + images,
      singles: all.singles + singles,
      first: Math.min(all.first, first),
      last: Math.max(all.last, last),
    };
  }

  /** All that was counted: what {@linkcode merge} takes. */
  get state(): Float64Array<ArrayBuffer> {
    const { images, singles, first, last } = this.#stretched ?? { images: -1, singles: 0, first: 0, last: 0 };
    return Float64Array.of(...this.#counts, this.#area, images, singles, first, last, ...this.singles.state);
  }

  /** Takes in images that are counted already. */
  merge(state: Float64Array): void {
    for (let level = 0; level < this.#counts.length; level++) this.#counts[level] += state[level];
    const [area, images = -1, singles, first, last, ...others] = state.subarray(this.#counts.length);
    this.#area += area;
    this.singles.merge(others);
    if (images < 0) this.#stretched = undefined;
    else this.#addStretched({ images, singles, first, last });
  }

  /** Whether there is nothing between black and white, but both. */
  get isBinary(): boolean {
    const [black, white] = [this.#counts[0], this.#counts[255]];
    return black > 0 && white > 0 && this.#counts.every((count, level) => level === 0 || level === 255 || count === 0);
  }

  /**
   * Whether each image seems to have been stretched to go from black to white: of MNIST's images a tenth have no white,
   * and a generator whose digits all are fully white has much of it in each.
   */
  get isStretched(): boolean {
    if (!this.#stretched) return false;
    const { images, singles, first, last } = this.#stretched;
    return images >= 100 && singles > 0.2 * images && first < last; // not all one image
  }

  /** Whether levels are left out in the darker half of the grey far more than in the lighter one, or the other way. */
  get isCurved(): boolean {
    const lowest = this.#counts.findIndex((count) => count > 0), highest = Math.round(255 * this.quantile(0.9995));
    const grey = this.#counts.subarray(lowest + 1, Math.max(lowest + 1, highest));
    const levels = grey.filter((count) => count > 0).length;
    if (levels < LEAST_LEVELS || grey.reduce((a, b) => a + b, 0) < OFTEN * grey.length) return false;
    const missing = (some: Float64Array) => some.filter((count) => count === 0).length, middle = grey.length >> 1;
    return Math.abs(missing(grey.subarray(0, middle)) - missing(grey.subarray(middle))) >= UNEVEN;
  }

  /** Whether black ink lies in holes of white, or the reverse, as where bytes overflowed: not so in what is grey all over. */
  get isOverflown(): boolean {
    return this.singles.isOverflown && this.shareBelow(0.1) + 1 - this.shareBelow(0.9) > 0.8;
  }

  /** The level that most pixels have, and their share. */
  get commonest(): { readonly share: number; readonly level: number } {
    const most = Math.max(...this.#counts);
    return { share: most / this.#counts.reduce((a, b) => a + b), level: this.#counts.indexOf(most) / 255 };
  }

  /** The brightest level that there is, and the share of the pixels that come near it: white ink, unless it is little. */
  get brightest(): { readonly share: number; readonly level: number } {
    const level = this.#counts.findLastIndex((count) => count > 0),
      near = this.#counts.subarray(Math.max(1, level - 5));
    return { share: near.reduce((a, b) => a + b, 0) / this.#counts.reduce((a, b) => a + b), level: level / 255 };
  }

  /** The level that a share of the pixels does not exceed: 0 is black, 1 is white. */
  quantile(share: number): number {
    let left = share * this.#counts.reduce((a, b) => a + b);
    const level = this.#counts.findIndex((count) => (left -= count) <= 0);
    return Math.max(0, level) / 255;
  }

  /** Share of the pixels that are darker than a level. */
  shareBelow(level: number): number {
    const below = this.#counts.reduce((sum, count, i) => i / 255 < level ? sum + count : sum, 0);
    return below / this.#counts.reduce((a, b) => a + b);
  }

  /** Mean brightness of the 28×28 pixels of an image. */
  get brightness(): number {
    return this.#counts.reduce((sum, count, i) => sum + count * i / 255, 0) / this.#area;
  }
}

/** A background of one level has at least this share of the pixels. */
const PLAIN_SHARE = 0.3;
/** Where black is the background, it is not as rare as this. */
const HARDLY = 0.05;
/** Mean brightness of MNIST's training images. */
const MNIST_BRIGHTNESS = 0.1307;

/**
 * What black and white of a set give to think about, if anything: the network knows white digits on black. MNIST's
 * median is 0, its 99.5 % quantile 0.996, and 81 % of its pixels are below 0.02; noisy or resized digits keep close to
 * that, while a wrong range, a map of colours or inverted colours do not.
 */
export function contrastWarnings(name: string, tones: Tones, { invert }: PrepareOptions = {}): Warning[] {
  const [middle, white] = [tones.quantile(0.5), tones.quantile(0.995)];
  const black = tones.shareBelow(0.02);
  const of = (what: string, found: number, usual: string) =>
    `${name}: ${what} ${found.toFixed(2)} where MNIST's is ${usual}`;
  if (white < 0.02) {
    return [{
      code: "blank",
      message: `${name}: nearly all is black: check the range of the values, which in 16-bit pictures is 0 to 65535`,
    }];
  }
  if (tones.isOverflown) {
    const message =
      `${name}: black holes in white, as where bytes overflowed (256 begins again at 0, and -1 at 255): ` +
      "save ((array - black) / (white - black)).clip(0, 1) of the array before it became bytes";
    return [{ code: "overflown", message }];
  }
  const { mixture } = tones.singles;
  if (mixture !== undefined && white >= 0.75) {
    const message =
      `${name}: ${mixture}: several ranges in one set, some of them inverted, or a generator that fails ` +
      "on some: save all in one range";
    return [{ code: "mixed", message }];
  }
  if (middle > 0.5) {
    const found = `${of("the background is", middle, "0.00")}: the colours look inverted`;
    if (invert) return [{ code: "inverted", message: `${found}, which they were not before: leave the inverting out` }];
    const message = `${found}; the network knows white digits on black: invert them`;
    return [{ code: "inverted", message, remedy: { invert: true } }];
  }
  const warnings: Warning[] = [];
  if (black < 0.3) { // noise that is clipped at black leaves 0.4
    const cause = white < 0.9
      ? "a wrong range, or a map of colours"
      : "a generator that leaves the background grey, or a wrong range";
    const message = `${of("the background is", middle, "0.00")}: ${cause}`;
    warnings.push({ code: "grey-background", message });
  } else if (tones.commonest.level > 0 && tones.commonest.share > PLAIN_SHARE && tones.shareBelow(1 / 255) < HARDLY) {
    const { share, level } = tones.commonest;
    const message = `${name}: ${Math.round(100 * share)} % of the pixels are at ${level.toFixed(3)}, so that is the ` +
      "background, where MNIST's is 0: a wrong range, or a generator that leaves the background grey";
    warnings.push({ code: "grey-background", message });
  }
  const { brightest } = tones;
  if (white < 0.75 || (warnings.length === 0 && brightest.share > 0.01 && brightest.level < 0.95)) {
    const message =
      `${of("the brightest pixels are", Math.max(white, brightest.level), "1.00")}: values of less than ` +
      "the range, or divided by too much";
    warnings.push({ code: "dim-white", message });
  }
  if (tones.isStretched && !tones.isCurved) {
    const message = `${name}: every image goes from pure black to pure white, where a tenth of MNIST's do not: each ` +
      "seems to be stretched by its own lowest and highest value: save them as they were before";
    warnings.push({ code: "stretched", message });
  }
  if (tones.isBinary) {
    const message =
      `${name}: all pixels are pure black or pure white, where a fifth of MNIST's are between: save the ` +
      "images before that";
    warnings.push({ code: "binary", message });
  }
  if (tones.isCurved) {
    const message =
      `${name}: levels of grey are left out unevenly: bytes that went through a curve, such as a gamma: ` +
      "save the images before that";
    warnings.push({ code: "curved", message });
  }
  const { brightness } = tones;
  if (warnings.length === 0 && (brightness < MNIST_BRIGHTNESS / 3 || brightness > MNIST_BRIGHTNESS * 3)) {
    const message = `${name}: mean brightness ${brightness.toFixed(3)}, MNIST's is ${MNIST_BRIGHTNESS}: ` +
      "check the range of the values, and that digits are white on black";
    warnings.push({ code: "brightness", message });
  }
  return warnings;
}
