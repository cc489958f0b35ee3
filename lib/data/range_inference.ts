/** What black and white are in a set, by its values alone: never by a guess that could be wrong in silence. */
import { DigitFidError, type DigitFidErrorOptions } from "../errors.ts";
import { TOLERANCE } from "./overshoot.ts";
import {
  limitsOf,
  type NumberKind,
  PIXEL_RANGES,
  type PixelRange,
  scaleOf,
  showValue,
  statedRange,
} from "./pixel_range.ts";
import type { Survey } from "./survey.ts";

/** Share of the values that are black, or white where colours are inverted, in sets of digits that nothing blurs. */
const PLAIN_SHARE = 0.3;
/** Fewer levels than these could lie evenly by chance. */
const LEAST_LEVELS = 8;
/** Bytes divided by 256 instead of 255. */
const BY_256 = [0, 255 / 256] as const;
/** How far black may lie from a range's own, as a share of it, where it is one value; and mean and deviation from 0, 1. */
const SLACK = { more: [1e-4, 2e-5], float16: [0.01, 1e-3], bfloat16: [0.01, 5e-3] } as const;

/**
 * The range of a set: the one of a name in which all its values are bytes; or black and white between which all lie in
 * the even steps of bytes; or the one of a name that nearly all lie in.
 *
 * @throws DigitFidError if none fits, with what leads to one
 */
export function inferRange(survey: Survey, kind: NumberKind, name: string): PixelRange {
  refuseCast(survey, name);
  const fitting = fittingRange(survey, kind);
  if (fitting !== undefined && isExact(fitting, survey, kind)) return fitting;
  const even = evenRange(survey, kind);
  if (even !== undefined) return even;
  const found = `${name}: values from ${showValue(survey.lowest)} to ${showValue(survey.highest)}`;
  const refuse = (message: string, options?: DigitFidErrorOptions) => new DigitFidError(`${found}${message}`, options);
  if (isCurved(survey, kind) && (fitting === undefined || survey.lowest < -TOLERANCE)) {
    throw refuse(`, ${CURVED}: save the images before that`);
  }
  if (survey.lowest < -TOLERANCE && kind !== "integer") refuseStandardised(survey, kind, fitting, refuse);
  if (fitting !== undefined) return fitting;
  if (survey.lowest < 0 && survey.lowest >= -128 && survey.highest <= 127 && survey.distinct?.every(Number.isInteger)) {
    const remedy = survey.lowest > -128 && survey.quantile(0.5) < -64
      ? { range: statedRange([survey.lowest, survey.highest]) }
      : {};
    throw refuse(`, which are no known black and white: ${shiftAdvice(survey)}`, { remedy });
  }
  if (kind !== "integer" && areLogits(survey)) {
    throw refuse(
      ", far below 0 and above it, as before a sigmoid: save 1 / (1 + numpy.exp(-array)) if they are logits, or state black and white",
      {
        remedy: { range: statedRange([survey.lowest, survey.highest]) },
      },
    );
  }
  throw refuse(
    ", which are no known black and white: state both; if the values were standardised, save the images before that, " +
      "or array * deviation + mean by the same two; if the lowest is black and the highest is white, " +
      "save (array - array.min()) / (array.max() - array.min())",
    { remedy: { range: PIXEL_RANGES.join("|") } },
  );
}

/** The range that {@linkcode inferRange} finds; undefined where it refuses to. */
export function certainRange(survey: Survey, kind: NumberKind, name: string): PixelRange | undefined {
  try {
    return inferRange(survey, kind, name);
  } catch (error) {
    if (error instanceof DigitFidError) return undefined;
    throw error;
  }
}

/** Whether all values are bytes of a range. */
function isExact(range: PixelRange, survey: Survey, kind: NumberKind): boolean {
  const [black, white] = limitsOf(range), slack = TOLERANCE * (white - black);
  const isWithin = survey.lowest >= black - slack && survey.highest <= white + slack;
  return isWithin && scaleOf(range, survey, kind).exact;
}

/**
 * Black and white of a set whose values lie in 255 even steps, most of them at one end: bytes that were scaled and
 * shifted, whatever by.
 */
function evenRange(survey: Survey, kind: NumberKind): PixelRange | undefined {
  const { lowest, highest, lowestShare, highestShare } = survey;
  if (kind === "bool" || (kind === "integer" && (lowest < 0 || highest <= 255))) return undefined;
  if ((survey.distinct?.length ?? 0) < LEAST_LEVELS) return undefined;
  const isPlain = Math.max(lowestShare, highestShare) >= PLAIN_SHARE;
  if (isPlain && isExact([lowest, highest], survey, kind)) return [lowest, highest];
  return isExact(BY_256, survey, kind) ? BY_256 : undefined;
}

/**
 * Refuses floats below zero whose black is known, and is that of no range: then a range that is near would be wrong by
 * a little.
 */
function refuseStandardised(
  survey: Survey,
  kind: NumberKind,
  fitting: PixelRange | undefined,
  refuse: (message: string, options?: DigitFidErrorOptions) => DigitFidError,
): void {
  const { lowest, highest, lowestShare, spread, singles } = survey;
  const [blackSlack, spreadSlack] = SLACK[kind === "float" ? survey.precision : kind === "float16" ? kind : "bfloat16"];
  const before = "save the images before that";
  const isStandard = ({ mean, deviation }: typeof spread, slack: number) =>
    Math.abs(mean) <= slack && Math.abs(deviation - 1) <= slack;
  if (singles.every((image) => isStandard(image, 2e-3))) {
    throw refuse(`, with mean 0 and deviation 1 in each image: standardised image by image: ${before}`);
  }
  if (isStandard(spread, spreadSlack)) {
    const message = ", with mean 0 and deviation 1: standardised by their own mean and deviation, not by MNIST's: " +
      `${before}, or array * deviation + mean by the same two`;
    throw refuse(message);
  }
  if (lowestShare < PLAIN_SHARE) return;
  const [black, white] = limitsOf(fitting ?? [NaN, NaN]);
  if (Math.abs(lowest - black) <= blackSlack * (white - black)) return;
  const share = Math.round(100 * lowestShare);
  const step = survey.distinct && survey.distinct.length >= LEAST_LEVELS ? stepOf(survey) : undefined;
  const likely = Math.max(highest, lowest + 255 * (step ?? 0)); // of finer steps than those of bytes nothing follows
  const message = `: the lowest is in ${share} % of the pixels, so it is black, but it is that of no known range: ` +
    `${before} if they were standardised or shifted, or state black and white if ${showValue(likely)} is white`;
  throw refuse(message, { remedy: { range: statedRange([lowest, likely]) } });
}

/** Whether most values lie far below zero, no two alike, and ink far above: a sigmoid makes a background of them, and white. */
function areLogits(survey: Survey): boolean {
  return survey.quantile(0.5) < -1 && survey.quantile(0.995) > 1 && survey.lowestShare < PLAIN_SHARE;
}

/** What {@linkcode isCurved} means. */
export const CURVED = "in uneven steps: bytes that went through a curve, such as a gamma, a logarithm or a logit";

/** Whether floats are as few as bytes are, but lie in uneven steps. */
export function isCurved(survey: Survey, kind: NumberKind): boolean {
  const { distinct = [], count, precision } = survey;
  if (kind !== "float" || precision !== "more" || distinct.length < 64 || distinct.length > 256) return false;
  return count > 200 * distinct.length && stepOf(survey) === undefined;
}

/** The step that all differences of a set's values are multiples of, if there is one. */
function stepOf({ distinct = [] }: Survey): number | undefined {
  const gaps = distinct.toSorted((a, b) => a - b).map((value, i, all) => value - all[i - 1]).slice(1);
  const step = Math.min(...gaps);
  return gaps.every((gap) => Math.abs(gap / step - Math.round(gap / step)) < 0.05) ? step : undefined;
}

/** Refuses -1 … 1 that became bytes by a cast, in which black is 255. */
function refuseCast({ distinct, lowest, highest }: Survey, name: string): void {
  const isCast = lowest === 0 && highest === 255 && distinct?.length === 3 && distinct.includes(1);
  if (!isCast) return;
  throw new DigitFidError(
    `${name}: only the bytes 0, 1 and 255: -1 … 1 that were cast: save ((array + 1) * 127.5).round().astype('uint8') ` +
      "of the array before that",
  );
}

/** The range of a name that the values suggest, by where nearly all lie; undefined if none fits. */
function fittingRange(survey: Survey, kind: NumberKind): PixelRange | undefined {
  const { lowest, highest } = survey;
  if (kind === "integer" && areBytesBeyond(survey)) return "byte";
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
    const [black, white] = limitsOf(range);
    const [lowAt, middleAt, highAt] = [low, middle, high].map((value) => (value - black) / (white - black));
    // Most of a digit is background, which is black, or white where colours are inverted.
    const distance = Math.abs(lowAt) + Math.abs(highAt - 1) + Math.min(Math.abs(middleAt), Math.abs(middleAt - 1));
    const limit = Math.abs(lowAt) < 0.02 ? 0.6 : 0.35; // where black is met, white may be dim
    return { range, distance, isFit: distance < limit && middleAt > -0.05 };
  });
  const [best] = fits.toSorted((a, b) => a.distance - b.distance);
  return best.isFit ? best.range : undefined;
}

/** Whether integers are bytes but for a few: a generator's that were not clipped. */
function areBytesBeyond(survey: Survey): boolean {
  if (survey.lowest >= 0 && survey.highest <= 255) return false;
  const [low, middle, high] = [0.005, 0.5, 0.995].map((share) => survey.quantile(share));
  return low >= -64 && Math.abs(middle) <= 25 && high >= 230 && high <= 300;
}

/** Bytes in a signed type: cast, so that what is above 127 is negative, or with 128 taken off. */
function shiftAdvice(survey: Survey): string {
  if (survey.quantile(0.5) >= -64) return "save array.astype('uint8') if bytes were cast to a signed type";
  return survey.lowest === -128
    ? "save (array.astype('int16') + 128).astype('uint8') if -128 is black"
    : `state both if ${survey.lowest} is black and ${survey.highest} is white`;
}
