/** What black and white are among the values of a set of pixels: given, or inferred from the whole set. */
import { DigitFidError, type Remedy } from "../errors.ts";
import type { Numbers, Survey } from "./survey.ts";

/**
 * What black and white are: 0 and 255 (`byte`), 0 and 1 (`unit`), -1 and 1 (`signed`), -0.5 and 0.5 (`centred`),
 * 0 and 1 less MNIST's mean 0.1307 and divided by its deviation 0.3081 (`standardised`), or 0 and 65535 (`word`).
 */
export type PixelRange = "byte" | "unit" | "signed" | "centred" | "standardised" | "word";

/** What kind of numbers an array has, as far as it matters for how exactly they hold a byte. */
export type NumberKind = "bool" | "integer" | "float16" | "bfloat16" | "float";

/** How values become pixels. */
export interface Scale {
  /** The value that is black. */
  readonly black: number;
  /** The value that is white. */
  readonly white: number;
  /** Whether all values are levels 0 … 255 within rounding, and so become bytes again. */
  readonly exact: boolean;
  /** How far from a level a value may lie and be that level, in levels; below 0 if none is. */
  readonly rounding: number;
}

const MEAN = 0.1307, DEVIATION = 0.3081;

/** Black and white of each range. */
const LIMITS: Record<PixelRange, readonly [black: number, white: number]> = {
  byte: [0, 255],
  unit: [0, 1],
  signed: [-1, 1],
  centred: [-0.5, 0.5],
  standardised: [-MEAN / DEVIATION, (1 - MEAN) / DEVIATION],
  word: [0, 65535],
};

/** All ranges. */
export const PIXEL_RANGES = Object.keys(LIMITS) as readonly PixelRange[];

/** How far beyond black or white a value may lie, as a share of the range, and be rounding. */
const TOLERANCE = 1e-3;
/** How far from a level 0 … 255 a value may lie and be that level, rounded: in levels. */
const ROUNDING: Record<NumberKind, number> = { bool: 0, integer: 0, float: 0.01, float16: 0.2, bfloat16: -1 };
/** Most that all pixels may lie beyond black and white on average, as a share of the range, and be clipped unasked. */
const MOST_EXCESS = 0.01;

/** A range in words: `values from 0 to 1`. */
export function showRange(range: PixelRange): string {
  if (range === "standardised") return `values standardised by ${MEAN} and ${DEVIATION}`;
  return `values from ${LIMITS[range].join(" to ")}`;
}

/** Black and white of a range, and whether the values surveyed are bytes. */
export function scaleOf(range: PixelRange, survey: Survey, kind: NumberKind): Scale {
  const [black, white] = LIMITS[range];
  // Bytes shifted into the upper half of 16 bits: white is 255 · 256.
  const values = survey.distinct && [...survey.distinct];
  const isShifted = range === "word" && survey.highest > 255 && values?.every((value) => value % 256 === 0);
  const scale = { black, white: isShifted ? 255 * 256 : white, rounding: ROUNDING[kind] };
  const exact = values?.every((value) => isLevel(value, scale)) ?? (range === "byte" && kind === "integer");
  return { ...scale, exact };
}

function isLevel(value: number, { black, white, rounding }: Omit<Scale, "exact">): boolean {
  const level = 255 * unitOf(value, black, white);
  return Math.abs(level - Math.round(level)) <= rounding;
}

/**
 * Values as pixels: bytes if the scale is exact, otherwise floats in [0, 1]. What lies beyond is clipped. Among floats an
 * image of which all values are levels becomes those levels too: images are the same in whatever company they come.
 *
 * @param each how many values an image has
 */
export function toPixels(
  values: Numbers,
  scale: Scale,
  each: number,
): Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
  const { black, white, exact } = scale;
  if (exact && values instanceof Uint8Array && white === 255) return values;
  const pixels = exact ? new Uint8Array(values.length) : new Float32Array(values.length);
  let last = NaN, pixel = 0;
  for (let i = 0; i < pixels.length; i++) {
    if (values[i] !== last) { // most are as black as the one before
      last = values[i];
      const value = unitOf(last, black, white);
      pixel = exact ? Math.round(255 * value) : value;
    }
    pixels[i] = pixel;
  }
  if (exact || scale.rounding < 0) return pixels;
  for (let start = 0; start < values.length; start += each) {
    if (!values.subarray(start, start + each).every((value) => isLevel(value, scale))) continue;
    for (let i = start; i < start + each; i++) pixels[i] = Math.round(255 * pixels[i]) / 255;
  }
  return pixels;
}

function unitOf(value: number, black: number, white: number): number {
  return Math.min(1, Math.max(0, (value - black) / (white - black)));
}

/**
 * The range of a set by its values: where nearly all lie, and whether any is negative.
 *
 * @throws DigitFidError if no range fits
 */
export function inferRange(survey: Survey, kind: NumberKind, name: string): PixelRange {
  const range = fittingRange(survey, kind);
  if (range !== undefined) return range;
  const { lowest, highest } = survey;
  const found = `${name}: values from ${show(lowest)} to ${show(highest)}, which are no known black and white`;
  if (kind === "integer" && lowest >= -128 && highest <= 127) {
    throw new DigitFidError(`${found}: ${shiftAdvice(survey)}`);
  }
  throw new DigitFidError(
    `${found}: state the range, or, if the lowest is black and the highest is white, ` +
      "save (array - array.min()) / (array.max() - array.min())",
    { remedy: { range: PIXEL_RANGES.join("|") } },
  );
}

/** The range that the values suggest, or undefined if none fits. */
export function fittingRange(survey: Survey, kind: NumberKind): PixelRange | undefined {
  const { lowest, highest } = survey;
  if (kind === "bool" || kind === "integer") {
    if (lowest < 0) return lowest === -1 && highest <= 1 ? "signed" : undefined;
    return highest <= 1 ? "unit" : highest <= 255 ? "byte" : highest <= 65535 ? "word" : undefined;
  }
  const [low, middle, high] = [0.005, 0.5, 0.995].map((share) => survey.quantile(share));
  if (lowest >= -TOLERANCE) {
    if (high <= 1.5) return "unit";
    return high < 8 ? undefined : high <= 300 ? "byte" : highest <= 1.1 * 65535 ? "word" : undefined;
  }
  const fits = PIXEL_RANGES.map((range) => {
    const [black, white] = LIMITS[range];
    const [lowAt, middleAt, highAt] = [low, middle, high].map((value) => (value - black) / (white - black));
    // Most of a digit is background, which is black, or white where colours are inverted.
    const distance = Math.abs(lowAt) + Math.abs(highAt - 1) + Math.min(Math.abs(middleAt), Math.abs(middleAt - 1));
    const limit = Math.abs(lowAt) < 0.02 ? 0.6 : 0.35; // where black is met, white may be dim
    return { range, distance, isFit: distance < limit && middleAt > -0.05 };
  });
  const [best] = fits.toSorted((a, b) => a.distance - b.distance);
  return best.isFit ? best.range : undefined;
}

/** Bytes in a signed type: cast, so that what is above 127 is negative, or with 128 taken off. */
function shiftAdvice(survey: Survey): string {
  return survey.quantile(0.5) < -64
    ? "save (array.astype('int16') + 128).astype('uint8') if -128 is black"
    : "save array.astype('uint8') if bytes were cast to a signed type";
}

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
    const remedy: Remedy = fitting !== undefined && fitting !== range ? { range: fitting } : { clip: true };
    const advice = remedy.range ? `they fit ${showRange(fitting!)}` : "state another range, or clip them";
    throw new DigitFidError(`${found}: ${advice}`, { remedy });
  }
}

/** At most three significant digits. */
function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
