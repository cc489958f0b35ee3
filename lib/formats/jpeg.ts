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

/** Most megapixels and megabytes that are unpacked: as many pixels as of a PNG. */
const LIMITS = { maxResolutionInMP: 67, maxMemoryUsageInMB: 1024 };
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
    return decode(bytes, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, ...LIMITS });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new JpegError(`${file}: not a readable JPEG: ${reason}`, { cause: error });
  }
}
