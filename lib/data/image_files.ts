/** Images in files: IDX, NPY, a folder of PNGs, or one PNG that is cut into cells. */
import { join } from "node:path";
import type { Images } from "./images.ts";
import { imagesFromIdx } from "./mnist.ts";
import { DigitFidError, FormatError } from "../errors.ts";
import {
  CHUNK,
  type ImageSource,
  inferRange,
  type PixelArray,
  type PixelRange,
  showRange,
  sourceOf,
  toImages,
} from "./sources.ts";
import { describePath, listFiles, readFile, readPart } from "../formats/files.ts";
import { isGzip } from "../formats/gzip.ts";
import { readIdx } from "./idx_file.ts";
import { npyElements, npyElementSize, type NpyHeader, parseNpyHeader } from "../formats/npy.ts";
import { decodePng, type GreyPicture } from "../formats/png.ts";
import { showShape } from "../formats/shape.ts";

/** How files that leave it open are to be understood. */
export interface ImageFileOptions {
  /** What black and white are in an NPY file; inferred from its first images unless told. */
  readonly range?: PixelRange;
  /** Cells across and down of a PNG that shows many images. */
  readonly grid?: { readonly columns: number; readonly rows: number };
}

/** Most bytes of an NPY file that are searched for its header; NumPy writes 128. */
const NPY_HEAD = 2 ** 16;

/**
 * Opens the images in a file or a folder, telling the kind by the content. NPY files and folders of PNGs are read a
 * chunk at a time, the others whole.
 *
 * @throws FormatError if the content is of no known kind, breaks its format's rules, or does not hold square images of
 * 28 or 32 pixels
 * @throws DigitFidError if the path cannot be read
 */
export async function openImages(path: string, { range, grid }: ImageFileOptions = {}): Promise<ImageSource> {
  if ((await describePath(path)).isFolder) return await openPngFolder(path);
  const head = await readPart(path, 0, 8);
  const signature = String.fromCharCode(...head);
  if (signature.startsWith("\x93NUMPY")) return await openNpy(path, range);
  if (signature.startsWith("\x89PNG")) return sourceOf(cut(await readPng(path), grid, path), path);
  if (isGzip(head) || signature.startsWith("\0\0")) return sourceOf(imagesFromIdx(await readIdx(path), path), path);
  throw new FormatError(`${path}: unknown kind of file: give IDX, .npy or .png, a folder of .png, or saved statistics`);
}

async function openNpy(path: string, stated?: PixelRange): Promise<ImageSource> {
  const { size: length } = await describePath(path);
  const header = parseNpyHeader(await readPart(path, 0, NPY_HEAD), path, length);
  const { dtype, shape } = header;
  const count = shape[0];
  const size = npySide(header, path);
  const read = async (from: number, to: number): Promise<PixelArray> => {
    const bytesAnImage = size * size * npyElementSize(dtype);
    const bytes = await readPart(path, header.start + from * bytesAnImage, (to - from) * bytesAnImage);
    return pixelArray(npyElements(dtype, bytes), path);
  };
  const range = stated ?? inferRange(await read(0, Math.min(count, CHUNK)));
  return {
    name: path,
    count,
    description: `${showShape(shape)} ${dtype}, ${showRange(range)}${stated ? "" : " (inferred)"}`,
    async *chunks() {
      for (let first = 0; first < count; first += CHUNK) {
        yield toImages(await read(first, Math.min(count, first + CHUNK)), { size, range, name: path, first });
      }
    },
  };
}

/** The side of the images in an array of N×28×28 or N×32×32, a channel axis of 1 second or last. */
function npySide({ shape }: NpyHeader, path: string): 28 | 32 {
  const channels = shape.length !== 4 ? -1 : shape[1] === 1 ? 1 : shape[3] === 1 ? 3 : -1;
  const sides = shape.slice(1).filter((_, axis) => axis + 1 !== channels);
  const [side] = sides;
  if (sides.length === 2 && sides[1] === side && isSide(side)) return side;
  throw new FormatError(
    `${path}: expected images as N×28×28 or N×32×32, a channel axis of 1 second or last, found ${showShape(shape)}: ` +
      "resize them, or convert them to grey",
  );
}

function pixelArray(data: ReturnType<typeof npyElements>, path: string): PixelArray {
  if (data instanceof Uint8Array || data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new FormatError(`${path}: expected uint8 or float pixels: convert with .astype('uint8')`);
}

async function openPngFolder(path: string): Promise<ImageSource> {
  const names = (await listFiles(path)).filter((name) => /\.png$/i.test(name));
  if (names.length === 0) throw new FormatError(`${path}: no .png files in the folder itself`);
  const size = sideOf(await readPng(join(path, names[0])), join(path, names[0]));
  return {
    name: path,
    count: names.length,
    description: `${size}×${size} PNGs`,
    async *chunks() {
      for (let first = 0; first < names.length; first += CHUNK) {
        const chunk = names.slice(first, first + CHUNK);
        const pixels = new Float32Array(chunk.length * size * size);
        for (const [i, name] of chunk.entries()) {
          const file = join(path, name);
          const picture = await readPng(file);
          if (sideOf(picture, file) !== size) {
            throw new FormatError(`${file}: expected ${size}×${size} as the first file`);
          }
          pixels.set(picture.pixels, i * size * size);
        }
        yield { count: chunk.length, size, pixels };
      }
    },
  };
}

async function readPng(path: string): Promise<GreyPicture> {
  return decodePng(await readFile(path), path);
}

function sideOf({ width, height }: GreyPicture, file: string): 28 | 32 {
  if (width === height && isSide(width)) return width;
  throw new FormatError(`${file}: expected 28×28 or 32×32 pixels, found ${width}×${height}: resize it`);
}

/** The cells of a picture, row after row. */
function cut({ width, height, pixels }: GreyPicture, grid: ImageFileOptions["grid"], path: string): Images {
  if (!grid) {
    throw new DigitFidError(`${path} is one picture: say how many images it has across and down`, {
      remedy: { grid: "10x10" },
    });
  }
  const { columns, rows } = grid;
  const size = width / columns;
  if (!isSide(size) || height !== rows * size) {
    const found = `${width}×${height} pixels in ${columns}×${rows} cells`;
    throw new FormatError(`${path}: expected cells of 28×28 or 32×32 with no gaps, found ${found}: check the grid`, {
      remedy: { grid: true },
    });
  }
  const cells = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i += size) { // a line of a cell at a time
    const [x, y] = [i % width, Math.floor(i / width)];
    const cell = Math.floor(y / size) * columns + x / size;
    cells.set(pixels.subarray(i, i + size), (cell * size + y % size) * size);
  }
  return { count: columns * rows, size, pixels: cells };
}

function isSide(side: number): side is 28 | 32 {
  return side === 28 || side === 32;
}
