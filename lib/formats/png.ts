/** PNG pictures to and from grey values, with limits on what a small file can unpack to. */
import { inflateSync } from "node:zlib";
import { decode, type DecodedPng, encode } from "fast-png";
import { FormatError } from "../errors.ts";
import { luma } from "./luma.ts";

/** Bytes that are no PNG, or a PNG that is not supported. */
export class PngError extends FormatError {
  /** Name of the class. */
  override name = "PngError";
}

/** A grey picture. */
export interface GreyPicture {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** `height * width` values, row after row: levels 0 … 255 if all are whole ones, otherwise floats in [0, 1]. */
  readonly pixels: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  /** Whether it had colours, which are lost. */
  readonly coloured: boolean;
  /** Whether it is dark on a transparent background. */
  readonly isDarkOnClear?: boolean;
  /** Whether Matplotlib drew it, by its own word. */
  readonly isPlot?: boolean;
}

/** A picture of bytes. */
export interface BytePicture {
  /** Pixels across. */
  readonly width: number;
  /** Pixels down. */
  readonly height: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** `height * width * channels` values, row after row. */
  readonly data: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Most pixels that are accepted: 8192 squared. */
const MAX_PIXELS = 2 ** 26;
/** Channels of a pixel by colour type: grey, RGB, palette, grey and alpha, RGB and alpha. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const PALETTE = 3;
/** Adam7's passes: first column, first row, column step, row step. PNG specification, section 8.2. */
const ADAM7 = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];

/**
 * Reads a PNG of any colour type as grey. Colours become luma, 0.299 R + 0.587 G + 0.114 B (Rec. 601, on the values
 * as they are stored); what is transparent shows the background.
 *
 * @param file its name, for messages
 * @param background its level: black as MNIST's, or 255 for white
 * @throws PngError if the bytes are no PNG, are damaged, or unpack to more than the header promises or 2^26 pixels
 */
export function decodePng(bytes: Uint8Array, file: string, background: 0 | 255 = 0): GreyPicture {
  try {
    const { picture, header, isPlot } = essence(bytes);
    const grey = greyOf(decode(picture, { checkCrc: true }), header.colourType, background);
    return { ...grey, ...(isPlot && { isPlot }) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PngError(`${file}: not a readable PNG: ${reason}`, { cause: error });
  }
}

/** Writes an 8-bit PNG. The same picture gives the same bytes. */
export function encodePng({ width, height, channels, data }: BytePicture): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode({ width, height, channels, depth: 8, data }));
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
}

/**
 * The chunks that make the picture, checked to unpack to just what the header promises. The others are left out:
 * a picture's text or colour profile could itself unpack to any size.
 */
function essence(bytes: Uint8Array): { picture: Uint8Array; header: Header; isPlot: boolean } {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) throw new PngError("it does not start as a PNG does");
  const all = [...chunksOf(bytes)];
  const header = parseHeader(all[0]);
  const wanted = header.colourType === PALETTE ? ["PLTE", "tRNS", "IDAT"] : ["tRNS", "IDAT"];
  const body = all.slice(1).filter(({ type }) => wanted.includes(type));
  const packed = concatenated(body.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  const expected = unpackedLength(header);
  const unpacked = inflateSync(packed, { maxOutputLength: expected }).length;
  if (unpacked !== expected) throw new PngError(`expected ${expected} unpacked bytes, found ${unpacked}`);
  const end = all.at(-1);
  if (end?.type !== "IEND") throw new PngError("the file is cut off");
  const isPlot = all.some(({ type, data }) => type === "tEXt" && startsWith(data, "Software\0Matplotlib"));
  return { picture: concatenated([SIGNATURE, ...[all[0], ...body, end].map(({ whole }) => whole)]), header, isPlot };
}

function startsWith(data: Uint8Array, text: string): boolean {
  return String.fromCharCode(...data.subarray(0, text.length)) === text;
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** The data with the length and type before it and the checksum after it. */
  readonly whole: Uint8Array;
}

function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = SIGNATURE.length, type = ""; start < bytes.length && type !== "IEND";) {
    const end = start + 12 + (start + 12 <= bytes.length ? view.getUint32(start) : 0);
    if (end > bytes.length) throw new PngError(`the chunk at byte ${start} is cut off`);
    type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    yield { type, data: bytes.subarray(start + 8, end - 4), whole: bytes.subarray(start, end) };
    start = end;
  }
}

function parseHeader(chunk: Chunk | undefined): Header {
  if (chunk?.type !== "IHDR" || chunk.data.length !== 13) throw new PngError("it has no header");
  const view = new DataView(chunk.data.buffer, chunk.data.byteOffset, chunk.data.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, colourType, , , interlace] = chunk.data.subarray(8);
  if (width * height === 0 || width * height > MAX_PIXELS) {
    throw new PngError(`${width}×${height} pixels are ${width * height === 0 ? "none" : "too many"}`);
  }
  if (!(colourType in CHANNELS)) throw new PngError(`unknown colour type ${colourType}`);
  if (depth < 8 && interlace !== 0) throw new PngError("interlaced pictures of less than 8 bits are not supported");
  return { width, height, depth, colourType, interlaced: interlace !== 0 };
}

/** Length of the filtered rows: each is whole bytes, with one for the filter before it. */
function unpackedLength({ width, height, depth, colourType, interlaced }: Header): number {
  let length = 0;
  for (const [x, y, dx, dy] of interlaced ? ADAM7 : [[0, 0, 1, 1]]) {
    const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
    if (columns > 0 && rows > 0) length += rows * (1 + Math.ceil(columns * CHANNELS[colourType] * depth / 8));
  }
  return length;
}

function greyOf(png: DecodedPng, colourType: number, background: number): GreyPicture {
  const { width, height, depth, channels, palette, transparency } = png;
  const samples = depth < 8 ? unpackBits(png) : png.data;
  const white = 2 ** depth - 1;
  const levels = new Float64Array(width * height);
  let coloured = false, opacity = 0, ink = 0;
  const grey = (r: number, g: number, b: number) => {
    coloured ||= r !== g || g !== b;
    return luma(r, g, b);
  };
  const put = (i: number, level: number, alpha: number, opaque: number) => {
    opacity += alpha / opaque;
    ink += level * alpha / opaque;
    levels[i] = (level * alpha + background * (opaque - alpha)) / opaque;
  };
  for (let i = 0, at = 0; i < levels.length; i++, at += channels) {
    if (colourType === PALETTE) {
      const colour = palette?.[samples[at]];
      if (colour === undefined) throw new PngError(`pixel ${i} has colour ${samples[at]}, which is not in the palette`);
      const [r, g, b, alpha = 255] = colour;
      put(i, grey(r, g, b), alpha, 255);
    } else {
      const value = channels < 3 ? samples[at] : grey(samples[at], samples[at + 1], samples[at + 2]);
      const alpha = channels % 2 === 0 ? samples[at + channels - 1] : white;
      const clear = transparency?.every((sample, c) => sample === samples[at + c]) ?? false;
      put(i, value * 255 / white, clear ? 0 : alpha, white);
    }
  }
  const isBytes = levels.every(Number.isInteger);
  const pixels = isBytes ? Uint8Array.from(levels) : Float32Array.from(levels, (level) => level / 255);
  const isDarkOnClear = opacity > 0 && opacity < levels.length / 2 && ink < 127 * opacity;
  return { width, height, pixels, coloured, ...(isDarkOnClear && { isDarkOnClear }) };
}

/** One value a pixel from rows of 1-, 2- or 4-bit values, the first in the highest bits, each row in whole bytes. */
function unpackBits({ width, height, depth, data }: DecodedPng): Uint8Array {
  const rowBytes = Math.ceil(width * depth / 8);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = data[Math.floor(i / width) * rowBytes + (bit >> 3)];
    return byte >> 8 - depth - (bit & 7) & 2 ** depth - 1;
  });
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
