/** Images in an array of numbers, which is read twice: to learn its values, and a chunk at a time to be scored. */
import { DigitFidError, FormatError } from "../errors.ts";
import { luma } from "../formats/luma.ts";
import { showShape } from "../formats/shape.ts";
import type { StoredArray } from "../formats/stored_array.ts";
import { DigitSizes } from "./digit_size.ts";
import type { ImageFileOptions } from "./image_options.ts";
import { cutAdvice, isTiled, type Layout, layoutOf, pictureAdvice } from "./layout.ts";
import { Overshoot } from "./overshoot.ts";
import { type PixelRange, type Scale, scaleOf, showRange, toPixels } from "./pixel_range.ts";
import { checkSide, type Pictures, prepare, showPreparation } from "./prepare.ts";
import { certainRange, CURVED, inferRange, isCurved } from "./range_inference.ts";
import { checkFinite, CHUNK, type ImageSource } from "./sources.ts";
import { type Numbers, Survey } from "./survey.ts";
import { addWarnings, colourWarning, unusedWarning, type Warning } from "./warnings.ts";

/** Values of some images. */
interface Stretch {
  readonly values: Numbers;
  readonly count: number;
}

/** How black and white were found that are those of no known range. */
const EVENLY = " in 255 even steps (inferred)";

/**
 * Takes an array as images.
 *
 * @throws FormatError if its shape is none of images, or they need resizing
 * @throws DigitFidError if a value is no number, no range fits, or too much lies beyond black and white
 */
export async function imagesOfArray(
  array: StoredArray,
  options: ImageFileOptions,
): Promise<ImageSource & { readonly warnings: Warning[] }> {
  const { name, shape, dtype, kind } = array;
  const layout = layoutOf(shape, name);
  if (isSheet(layout) && !options.resize && !isTiled(layout.side)) {
    throw new FormatError(
      `${name}: expected images of 28×28 or 32×32, found ${showShape(shape)}: ${pictureAdvice(shape)}`,
    );
  }
  checkSide(layout.side, layout.side, options, name, arrayOfSheets(layout));
  const survey = new Survey(layout.side ** 2 * layout.channels);
  for await (const { values } of readChunks(array, layout)) survey.add(values);
  checkFinite(survey, layout.side, name, (index) => pixelOf(index, layout));
  if (options.range === undefined && layout.channels === 3) refuseImageNet(survey, layout, name);
  const range = options.range ?? inferRange(survey, kind, name);
  const scale = scaleOf(range, survey, kind);
  const warnings = await clippingWarnings(array, layout, {
    ...{ survey, range, scale, clip: options.clip },
    isInferred: options.range === undefined,
  });
  if (options.grid) warnings.push(unusedWarning(name, "a grid is for pictures, and this is an array"));
  if (kind === "bfloat16" || (kind === "float" && survey.precision === "bfloat16" && !scale.exact)) {
    warnings.push({ code: "bfloat16", message: `${name}: bfloat16 does not hold all of 256 levels: save float32` });
  }
  if (isCurved(survey, kind) && !scale.exact) {
    warnings.push({ code: "curved", message: `${name}: values ${CURVED}: save the images before that` });
  }
  const undone = range === "standardised" || typeof range !== "string" ? ", undone" : "";
  const inferred = options.range !== undefined ? "" : typeof range === "string" ? " (inferred)" : EVENLY;
  return {
    name,
    count: layout.count,
    range,
    done: options,
    description: `${showShape(shape)} ${dtype}` +
      (layout.count > 0 ? `, ${showRange(range)}${inferred}${undone}` : "") + showPreparation(options, layout.side),
    warnings,
    async *chunks() {
      const sizes = new DigitSizes(layout.side);
      let coloured = 0;
      for await (const { values, count } of readChunks(array, layout)) {
        const grey = toGrey(toPixels(values, scale, values.length / count), layout, count);
        coloured += grey.coloured;
        if (options.resize) sizes.add(grey);
        yield prepare(grey, options);
      }
      const colours = coloured > 0 ? [colourWarning(name, coloured)] : [];
      addWarnings(warnings, [...colours, ...sizes.resizedWarnings(name)]);
    },
  };
}

/** Whether an array is too large for one image, and of too few to be a set: the planes of a sheet in colour are three. */
function isSheet({ count, side, channels }: Layout): boolean {
  return count * channels <= 3 && side > 2 * 28;
}

/** What else an array of large images may be. */
function arrayOfSheets({ side, channels }: Layout): string {
  return channels === 1 && isTiled(side) ? `, or save ${cutAdvice(side, side, "-1, ")}` : "";
}

/** ImageNet's mean and deviation of red, green and blue, which each have a black and a white of their own then. */
const IMAGENET = { means: [0.485, 0.456, 0.406], deviations: [0.229, 0.224, 0.225] };

/** Refuses channels that were standardised each by its own constants, as models for photographs want them. */
function refuseImageNet({ lowest, highest }: Survey, { interleaved }: Layout, name: string): void {
  const { means, deviations } = IMAGENET;
  const isNear = (value: number, level: number, channel: number) =>
    Math.abs(value - (level - means[channel]) / deviations[channel]) < 0.01;
  if (!isNear(lowest, 0, 0) || !isNear(highest, 1, 2)) return;
  const [factors, terms] = [deviations, means].map((three) => `[${three.join(", ")}]`);
  const undone = interleaved
    ? `array * ${factors} + ${terms}`
    : `(array.transpose(0, 2, 3, 1) * ${factors} + ${terms}).transpose(0, 3, 1, 2)`;
  throw new DigitFidError(`${name}: each channel is standardised by ImageNet's mean and deviation: save ${undone}`);
}

async function* readChunks({ rows }: StoredArray, { count, rowsPerImage }: Layout): AsyncGenerator<Stretch> {
  for (let first = 0; first < count; first += CHUNK) {
    const end = Math.min(count, first + CHUNK);
    yield { values: await rows(first * rowsPerImage, end * rowsPerImage), count: end - first };
  }
}

/** Which pixel a value belongs to. */
function pixelOf(index: number, { side, channels, interleaved }: Layout): number {
  const area = side * side;
  return interleaved ? Math.floor(index / channels) : Math.floor(index / (channels * area)) * area + index % area;
}

async function clippingWarnings(
  array: StoredArray,
  layout: Layout,
  { survey, range, scale, clip, isInferred }: {
    survey: Survey;
    range: PixelRange;
    scale: Scale;
    clip?: boolean;
    isInferred: boolean;
  },
): Promise<Warning[]> {
  if (!Overshoot.isIn(survey, scale)) return [];
  const overshoot = new Overshoot(scale);
  for await (const { values } of readChunks(array, layout)) overshoot.add(values);
  if (!clip) overshoot.check(range, certainRange(survey, array.kind, array.name), array.name);
  const doubt = range === "standardised" && isInferred && !scale.exact
    ? "; if it was not MNIST's 0.1307 and 0.3081 that they were standardised by, save array * deviation + mean by the same two"
    : "";
  return [{ code: "clipped", message: `${array.name}: ${overshoot.inWords}: clipped${doubt}` }];
}

/** One value a pixel. */
function toGrey(pixels: Pictures["pixels"], layout: Layout, count: number): Pictures & { readonly coloured: number } {
  const { side, channels, interleaved } = layout;
  if (channels === 1) return { count, side, pixels, coloured: 0 };
  const area = side * side, [pixel, channel] = interleaved ? [3, 1] : [1, area];
  const grey = new Float32Array(count * area);
  let coloured = 0;
  for (let image = 0; image < count; image++) {
    let isGrey = true;
    for (let i = 0; i < area; i++) {
      const at = image * 3 * area + i * pixel;
      const [red, green, blue] = [pixels[at], pixels[at + channel], pixels[at + 2 * channel]];
      isGrey &&= red === green && green === blue;
      grey[image * area + i] = luma(red, green, blue);
    }
    if (!isGrey) coloured++;
  }
  if (!(pixels instanceof Uint8Array)) return { count, side, pixels: grey, coloured };
  return { count, side, pixels: coloured > 0 ? grey.map((level) => level / 255) : Uint8Array.from(grey), coloured };
}
