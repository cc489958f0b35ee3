/** What numbers raw bytes are, which do not say it. */

/** A type of numbers as NumPy calls it, and the bytes that one takes. */
interface RawType {
  readonly type: "uint8" | "uint16" | "float32" | "float64" | ">f4";
  readonly width: number;
}

/** Smallest and largest magnitude that pixels have: bytes that are taken for floats lie far beyond. */
const SMALLEST = 1e-7, LARGEST = 1e5;

/**
 * The type of the numbers that bytes seem to be: floats are of any other bytes hardly ever of a pixel's magnitude, and
 * the upper bytes of 16-bit numbers are 0, or as the lower ones.
 *
 * @param head the first bytes, more than an image
 */
export function rawType(head: Uint8Array): RawType {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const some = head.some((byte) => byte !== 0);
  const areFloats = (width: number, at: (offset: number) => number) => {
    for (let offset = 0; offset + width <= head.length; offset += width) {
      const size = Math.abs(at(offset));
      if (size !== 0 && !(size >= SMALLEST && size <= LARGEST)) return false;
    }
    return some;
  };
  if (areFloats(4, (offset) => view.getFloat32(offset, true))) return { type: "float32", width: 4 };
  if (areFloats(8, (offset) => view.getFloat64(offset, true))) return { type: "float64", width: 8 };
  if (areFloats(4, (offset) => view.getFloat32(offset))) return { type: ">f4", width: 4 };
  const isUpper = (test: (byte: number, before: number) => boolean) =>
    some && head.every((byte, i) => i % 2 === 0 || test(byte, head[i - 1]));
  if (isUpper((byte) => byte === 0) || isUpper((byte, before) => byte === before)) return { type: "uint16", width: 2 };
  return { type: "uint8", width: 1 };
}
