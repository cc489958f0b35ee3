/** JPEG pictures as grey values, with limits on what a small file can unpack to. */
import { decode } from "jpeg-js";
import { FormatError } from "../errors.ts";
import { luma } from "./luma.ts";
import type { GreyPicture } from "./png.ts";

/** Bytes that are no JPEG, or a JPEG that is not supported. */
export class JpegError extends FormatError {
  /** Name of the class. */
  override name = "JpegError";
}

/** Most pixels that are accepted: 4096 squared. */
const MAX_PIXELS = 2 ** 24;
/** Most pixels that a byte can hold: a block of 8×8 takes at least a bit. */
const MAX_PIXELS_PER_BYTE = 512;
/** Levels that red, green and blue of a grey pixel may differ by: the format rounds. */
const ROUNDING = 8;

/**
 * Reads a JPEG as grey.
 *
 * @param file its name, for messages
 * @throws JpegError if the bytes are no JPEG, are damaged, or unpack to too much
 */
export function decodeJpeg(bytes: Uint8Array, file: string): GreyPicture {
  const { width, height, data } = decoded(bytes, file);
  const levels = new Float64Array(width * height);
  let coloured = false;
  for (let i = 0; i < levels.length; i++) {
    const [red, green, blue] = data.subarray(3 * i, 3 * i + 3);
    coloured ||= Math.max(red, green, blue) - Math.min(red, green, blue) > ROUNDING;
    levels[i] = luma(red, green, blue);
  }
  const isBytes = levels.every(Number.isInteger);
  const pixels = isBytes ? Uint8Array.from(levels) : Float32Array.from(levels, (level) => level / 255);
  return { width, height, pixels, coloured };
}

function decoded(bytes: Uint8Array, file: string): { width: number; height: number; data: Uint8Array } {
  try {
    checkSize(bytes);
    return decode(bytes, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JpegError(`${file}: not a readable JPEG: ${reason}`, { cause: error });
  }
}

/** Holds every size that a header promises against the length of the file. Source: ITU-T T.81, B.1.1.3 and B.2.2. */
function checkSize(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1];
    if (marker === 0xda) return; // the pixels begin
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    const pixels = isFrame ? view.getUint16(at + 5) * view.getUint16(at + 7) : 0;
    if (pixels > MAX_PIXELS) throw new JpegError(`${pixels} pixels are too many`);
    if (pixels > MAX_PIXELS_PER_BYTE * bytes.length) throw new JpegError("it promises more pixels than it can hold");
    at += 2 + view.getUint16(at + 2);
  }
}
