/**
 * IDX, the format of MNIST: two zero bytes, the element type, the rank, that many 32-bit sizes, then the elements;
 * every number is big-endian.
 *
 * Source: LeCun, Cortes & Burges, "The MNIST database of handwritten digits", section "The IDX file format".
 */
import { FormatError } from "./errors.ts";
import { elementCount, showShape } from "./formats/shape.ts";

/** Bytes that break the rules of IDX, or an IDX array that is not what it should be. */
export class IdxError extends FormatError {
  /** Name of the class. */
  override name = "IdxError";

  /**
   * Says what is wrong and where.
   *
   * @param file name of the file
   * @param offset byte at which it goes wrong
   * @param expected what should be there
   * @param found what is there
   */
  constructor(readonly file: string, readonly offset: number, readonly expected: string, readonly found: string) {
    super(`${file}: at byte ${offset}: expected ${expected}, found ${found}`);
  }
}

/** Code of an element type. */
export type IdxType = 0x08 | 0x09 | 0x0b | 0x0c | 0x0d | 0x0e;

const TYPES = {
  0x08: { name: "uint8", Elements: Uint8Array },
  0x09: { name: "int8", Elements: Int8Array },
  0x0b: { name: "int16", Elements: Int16Array },
  0x0c: { name: "int32", Elements: Int32Array },
  0x0d: { name: "float32", Elements: Float32Array },
  0x0e: { name: "float64", Elements: Float64Array },
} as const satisfies Record<IdxType, unknown>;

/** An array of any IDX type and rank; the kind of `data` is the element type. */
export interface IdxArray {
  /** Sizes of the dimensions, the slowest first; empty for a scalar. */
  readonly shape: readonly number[];
  /** The elements, row-major. */
  readonly data:
    | Uint8Array<ArrayBuffer>
    | Int8Array<ArrayBuffer>
    | Int16Array<ArrayBuffer>
    | Int32Array<ArrayBuffer>
    | Float32Array<ArrayBuffer>
    | Float64Array<ArrayBuffer>;
}

/** What the head of an IDX file promises. */
export interface IdxHeader {
  /** Code of the element type. */
  readonly type: IdxType;
  /** Sizes of the dimensions. */
  readonly shape: readonly number[];
  /** Length of the header in bytes: where the elements start. */
  readonly start: number;
  /** Length of the whole file in bytes; inexact above 2^53, where no file reaches. */
  readonly end: number;
}

/**
 * Reads the header, which may be all that there is of the bytes.
 *
 * @throws IdxError if the magic number, the element type or the header's length is wrong
 */
export function parseIdxHeader(bytes: Uint8Array, name: string): IdxHeader {
  if (bytes.length < 4) throw new IdxError(name, 0, "a 4-byte IDX magic number", `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0) {
    throw new IdxError(name, 0, "an IDX magic number, 0x0000....", `0x${hex(view.getUint32(0), 8)}`);
  }
  const type = bytes[2];
  if (!isType(type)) {
    const codes = Object.keys(TYPES).map((code) => `0x${hex(Number(code), 2)}`).join(" ");
    throw new IdxError(name, 2, `an element type (${codes})`, `0x${hex(type, 2)}`);
  }
  const rank = bytes[3];
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    throw new IdxError(name, bytes.length, `a ${start}-byte header of rank ${rank}`, `only ${bytes.length} bytes`);
  }
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  return { type, shape, start, end: start + elementCount(shape) * TYPES[type].Elements.BYTES_PER_ELEMENT };
}

/**
 * Reads an IDX array from the whole bytes of an unpacked file.
 * Nothing is allocated before the length of the file bears out what the header promises; elements of one byte stay where
 * they are.
 *
 * @param name of the file, for messages
 * @throws IdxError if the bytes break a rule of the format, are too few or too many
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  const { type, shape, start, end } = parseIdxHeader(bytes, name);
  const { name: typeName, Elements } = TYPES[type];
  if (bytes.length < end) {
    const promised = `${end} bytes (${showShape(shape)} ${typeName})`;
    throw new IdxError(name, bytes.length, promised, `only ${bytes.length}: the file is cut off`);
  }
  if (bytes.length > end) {
    throw new IdxError(name, end, "the end of the file", `${bytes.length - end} trailing bytes`);
  }
  const size = Elements.BYTES_PER_ELEMENT, { buffer, byteOffset, byteLength } = reversed(bytes.subarray(start), size);
  return { shape, data: new Elements(buffer as ArrayBuffer, byteOffset, byteLength / size) };
}

/** Writes an array as IDX; {@linkcode parseIdx} reads the same array back. */
export function encodeIdx({ shape, data }: IdxArray): Uint8Array<ArrayBuffer> {
  if (shape.length > 255 || shape.some((size) => size >= 2 ** 32)) throw new RangeError("too large a shape for IDX");
  if (elementCount(shape) !== data.length) {
    throw new RangeError(`shape ${showShape(shape)} does not hold ${data.length} elements`);
  }
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes[2] = typeOf(data);
  bytes[3] = shape.length;
  const view = new DataView(bytes.buffer);
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  const elements = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  bytes.set(reversed(elements, data.BYTES_PER_ELEMENT), start);
  return bytes;
}

/** A copy with the bytes of each element reversed: big-endian to and from the host's order, little-endian everywhere. */
function reversed(bytes: Uint8Array, elementSize: number): Uint8Array {
  if (elementSize === 1) return bytes;
  const copy = new Uint8Array(bytes);
  for (let i = 0; i < copy.length; i += elementSize) copy.subarray(i, i + elementSize).reverse();
  return copy;
}

function isType(code: number): code is IdxType {
  return code in TYPES;
}

function typeOf(data: IdxArray["data"]): IdxType {
  const code = Object.keys(TYPES).map(Number).filter(isType).find((code) => data instanceof TYPES[code].Elements);
  if (code === undefined) throw new TypeError("IDX has no such element type");
  return code;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
