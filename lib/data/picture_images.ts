/** Images in pictures: one each, or sheets of many. */
import { dirname } from "node:path";
import { FormatError } from "../errors.ts";
import { decodeJpeg } from "../formats/jpeg.ts";
import { convertFolder, kindOf } from "../formats/kind.ts";
import { decodePng, type GreyPicture } from "../formats/png.ts";
import { DigitSizes } from "./digit_size.ts";
import type { ImageFileOptions } from "./image_options.ts";
import { isSide } from "./layout.ts";
import { checkSide, type Pictures, prepare, showPreparation, stacked } from "./prepare.ts";
import { enlargementOf, reduced } from "./enlargement.ts";
import { type Cells, cut, findCells, gridCells, showCells } from "./sheet.ts";
import { CHUNK, type ImageSource } from "./sources.ts";
import { addWarnings, colourWarning, unusedWarning, type Warning } from "./warnings.ts";

/** A file with a picture. */
export interface PictureFile {
  /** What it is called in messages. */
  readonly name: string;
  /** The class of what it shows, 0 … 9, if it is known. */
  readonly label?: number;
  /** Its bytes. */
  read(): Promise<Uint8Array>;
}

/**
 * Takes pictures as images, in their order. Sheets are read twice: to count their images, and to be scored.
 *
 * @param leftOut what else there was and is not read, in words
 * @throws FormatError if a picture cannot be read, or is none of 28×28 or 32×32 pixels, or a sheet of such
 */
export async function imagesOfPictures(
  name: string,
  files: readonly PictureFile[],
  leftOut: readonly string[],
  options: ImageFileOptions,
): Promise<ImageSource> {
  const first = await decodePicture(files[0], options);
  const isSheet = isSheetOf(first, options);
  const warnings: Warning[] = [];
  if (leftOut.length > 0) warnings.push({ code: "left-out", message: `${name}: left out: ${leftOut.join(", ")}` });
  const sheets = isSheet ? await findSheets(files, first, options) : undefined;
  if (!isSheet) checkSide(first.width, first.height, options, files[0].name);
  const side = sheets?.[0].side ?? first.width;
  const counts = sheets?.map(({ count }) => count);
  const count = counts?.reduce((a, b) => a + b) ?? files.length;
  const empty = sheets?.reduce((sum, sheet) => sum + sheet.empty, 0) ?? 0;
  if (empty > 0) {
    warnings.push({ code: "empty-cells", message: `${name}: ${empty} empty cells at the end of sheets left out` });
  }
  if (options.range || options.clip) {
    warnings.push(unusedWarning(name, "a range is for arrays, and pictures have their own black and white"));
  }
  const labels = labelsOf(files, counts);
  const what = files.length === 1 ? "a picture" : `${files.length} pictures`;
  const enlarged = first.enlarged > 1 ? `, ${first.enlarged} times enlarged, undone` : "";
  const how = sheets === undefined ? `${side}×${side}` : `${options.grid ? "" : "found "}${showCells(sheets[0].cells)}`;
  return {
    name,
    count,
    description: `${what}, ${how}${enlarged}${showPreparation(options, side)}`,
    warnings,
    done: options,
    ...(labels && { labels }),
    files: files.flatMap(({ name }, i) => Array<string>(counts?.[i] ?? 1).fill(name)),
    async *chunks() {
      const found = { coloured: 0, jpegs: 0, darkOnClear: 0 };
      const sizes = new DigitSizes(side);
      let waiting: Pictures[] = [], length = 0;
      for (const [i, file] of files.entries()) {
        const picture = await decodePicture(file, options, first);
        if (picture.coloured) found.coloured++;
        if (picture.isDarkOnClear) found.darkOnClear++;
        if (picture.isJpeg) found.jpegs++;
        const images = sheets ? cut(picture, sheets[i].cells) : single(picture, side, file.name);
        if (sheets && images.count !== sheets[i].count) throw changed(file.name);
        if (options.resize) sizes.add(images);
        waiting.push(images);
        if ((length += images.count) < CHUNK && i + 1 < files.length) continue;
        yield* chunksOf(stacked(waiting, side), options);
        [waiting, length] = [[], 0];
      }
      addWarnings(warnings, [
        ...(found.coloured > 0 ? [colourWarning(name, found.coloured)] : []),
        ...(found.darkOnClear > 0 && !options.invert ? [clearWarning(name, found.darkOnClear)] : []),
        ...(found.jpegs > 0 ? [jpegWarning(name, found.jpegs)] : []),
        ...sizes.resizedWarnings(name),
      ]);
    },
  };
}

function* chunksOf({ count, side, pixels }: Pictures, options: ImageFileOptions) {
  for (let start = 0; start < count; start += CHUNK) {
    const end = Math.min(count, start + CHUNK), area = side * side;
    yield prepare({ count: end - start, side, pixels: pixels.subarray(start * area, end * area) }, options);
  }
}

/** A picture is one image if it has an image's side, or is to be resized to one; otherwise it shows many. */
function isSheetOf({ width, height }: GreyPicture, { grid, resize }: ImageFileOptions): boolean {
  if (grid) return true;
  return width !== height || !(isSide(width) || resize);
}

/** A picture as it was read. */
interface DecodedPicture extends GreyPicture {
  readonly isJpeg: boolean;
  /** How many times larger it was. */
  readonly enlarged: number;
}

/** A sheet, and what is in it. */
interface Sheet {
  readonly cells: Cells;
  /** Side of an image once it is cut out. */
  readonly side: number;
  readonly count: number;
  readonly empty: number;
}

async function findSheets(
  files: readonly PictureFile[],
  first: DecodedPicture,
  options: ImageFileOptions,
): Promise<Sheet[]> {
  const { grid, resize = false } = options;
  const sheets: Sheet[] = [];
  for (const file of files) {
    const picture = await decodePicture(file, options, first);
    const cells = grid ? gridCells(picture, grid, resize, file.name) : findCells(picture, file.name);
    const { side, count, empty } = cut(picture, cells);
    sheets.push({ cells, side, count, empty });
    const expected = sheets[0].side;
    if (side !== expected) {
      throw new FormatError(`${file.name}: images of ${side}×${side}, but ${expected}×${expected} in the first sheet`);
    }
  }
  return sheets;
}

function single({ width, height, pixels }: GreyPicture, side: number, name: string): Pictures {
  if (width === side && height === side) return { count: 1, side, pixels };
  throw new FormatError(
    `${name}: expected ${side}×${side} as the first file, found ${width}×${height}: leave it out if it shows something else, or pad or ` +
      "resize all to one size",
  );
}

/** A picture, as large as its pixels are once whole blocks of the same level are one. */
async function decodePicture(
  file: PictureFile,
  { invert }: ImageFileOptions,
  first?: DecodedPicture,
): Promise<DecodedPicture> {
  const bytes = await file.read();
  const kind = kindOf(bytes.subarray(0, 16)), isJpeg = kind === "jpeg";
  if (kind === undefined) {
    const stacked = convertFolder(dirname(file.name), /\.[^./\\]+$/.exec(file.name)?.[0] ?? "");
    throw new FormatError(`${file.name}: neither PNG nor JPEG by its first bytes: ${stacked} reads other kinds`);
  }
  if (isJpeg) return { ...decodeJpeg(bytes, file.name), isJpeg, enlarged: 1 };
  // What is transparent is background: black once white was made black.
  const picture = decodePng(bytes, file.name, invert ? 255 : 0), { width, height } = picture;
  const enlarged = width === height && isSide(width) ? 1 : enlargementOf(picture, first?.enlarged);
  return { ...reduced(picture, enlarged), isJpeg, enlarged };
}

function labelsOf(files: readonly PictureFile[], counts: readonly number[] | undefined) {
  if (files.some(({ label }) => label === undefined)) return undefined;
  return Uint8Array.from(files.flatMap(({ label }, i) => Array(counts?.[i] ?? 1).fill(label)));
}

function changed(name: string): FormatError {
  return new FormatError(`${name} changed while it was read: give a finished file`);
}

function clearWarning(name: string, count: number): Warning {
  const message = `${name}: ${count} picture${count === 1 ? " is" : "s are"} dark on a transparent background, which ` +
    "was taken for black: invert them";
  return { code: "transparent", message, remedy: { invert: true } };
}

function jpegWarning(name: string, jpegs: number): Warning {
  const message = `${name}: ${jpegs} JPEG picture${
    jpegs === 1 ? "" : "s"
  }: JPEG blurs, which changes the score: save PNG`;
  return { code: "jpeg", message };
}
