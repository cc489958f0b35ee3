/** What black and white are among values, and values as pixels. */
import type { Numbers, Survey } from "./survey.ts";

/**
 * What black and white are: 0 and 255 (`byte`), 0 and 1 (`unit`), -1 and 1 (`signed`), -0.5 and 0.5 (`centred`),
 * 0 and 1 less MNIST's mean 0.1307 and divided by its deviation 0.3081 (`standardised`), 0 and 65535 (`word`), or any
 * other two values.
 */
export type PixelRange =
  | "byte"
  | "unit"
  | "signed"
  | "centred"
  | "standardised"
  | "word"
  | readonly [black: number, white: number];

/** Ranges that have a name. */
type RangeName = Extract<PixelRange, string>;

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
const LIMITS: Record<RangeName, readonly [black: number, white: number]> = {
  byte: [0, 255],
  unit: [0, 1],
  signed: [-1, 1],
  centred: [-0.5, 0.5],
  standardised: [-MEAN / DEVIATION, (1 - MEAN) / DEVIATION],
  word: [0, 65535],
};

/** All ranges that have a name. */
export const PIXEL_RANGES = Object.keys(LIMITS) as readonly RangeName[];

/** How far from a level 0 … 255 a value may lie and be that level, rounded: in levels. */
const ROUNDING: Record<NumberKind, number> = { bool: 0, integer: 0, float: 0.01, float16: 0.2, bfloat16: -1 };

/** Black and white of a range. */
export function limitsOf(range: PixelRange): readonly [black: number, white: number] {
  return typeof range === "string" ? LIMITS[range] : range;
}

/** A range in words: `values from 0 to 1`. */
export function showRange(range: PixelRange): string {
  if (range === "standardised") return `values standardised by ${MEAN} and ${DEVIATION}`;
  return `values from ${limitsOf(range).map(showValue).join(" to ")}`;
}

/** A range as it is stated: its name, or black and white with all their digits. */
export function statedRange(range: PixelRange): string {
  return typeof range === "string" ? range : range.map(allDigits).join(",");
}

/** The range that a text states, or undefined if it states none. */
export function readRange(text: string): PixelRange | undefined {
  const named = PIXEL_RANGES.find((range) => range === text);
  if (named !== undefined) return named;
  const [black, white, ...others] = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
  const isRange = others.length === 0 && Number.isFinite(black) && Number.isFinite(white) && black < white;
  return isRange ? [black, white] : undefined;
}

/** At most four significant digits. */
export function showValue(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** As few digits as tell a 32-bit float from all others, or a 64-bit one. */
function allDigits(value: number): string {
  const isFloat32 = Math.fround(value) === value;
  for (let digits = 1; isFloat32 && digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

/** Black and white of a range, and whether the values surveyed are bytes. */
export function scaleOf(range: PixelRange, survey: Survey, kind: NumberKind): Scale {
  const [black, white] = limitsOf(range);
  // Bytes shifted into the upper half of 16 bits: white is 255 · 256.
  const values = survey.distinct;
  const isShifted = range === "word" && survey.highest > 255 && values?.every((value) => value % 256 === 0);
  const scale = { black, white: isShifted ? 255 * 256 : white, rounding: roundingOf(range, survey, kind) };
  const exact = values?.every((value) => isLevel(value, scale)) ?? (range === "byte" && kind === "integer");
  return { ...scale, exact };
}

/** Floats may hold what was rounded to fewer digits before, and integers what was rounded to whole ones. */
function roundingOf(range: PixelRange, survey: Survey, kind: NumberKind): number {
  if (kind === "float" && survey.precision !== "more") return ROUNDING.float16;
  if (kind !== "integer" || typeof range === "string") return ROUNDING[kind];
  return 0.5 * 255 / (range[1] - range[0]);
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
