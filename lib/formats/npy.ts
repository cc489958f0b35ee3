/**
 * NPY, NumPy's array format: a magic string, a version, a Python dictionary as header, then the elements.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { FormatError } from "../errors.ts";
import { elementCount, showShape } from "./shape.ts";

/** Bytes that break the rules of NPY, or use a part of it that is not supported. */
export class NpyError extends FormatError {
  /** Name of the class. */
  override name = "NpyError";
}

/** An element type as NumPy writes it: byte order, kind and size in bytes. */
export type NpyDtype = "|u1" | "|i1" | "<u2" | "<i2" | "<u4" | "<i4" | "<u8" | "<i8" | "<f2" | "<f4" | "<f8";

const READERS = {
  "|u1": Uint8Array,
  "|i1": Int8Array,
  "<u2": Uint16Array,
  "<i2": Int16Array,
  "<u4": Uint32Array,
  "<i4": Int32Array,
  "<u8": BigUint64Array,
  "<i8": BigInt64Array,
  "<f2": Float16Array,
  "<f4": Float32Array,
  "<f8": Float64Array,
} as const satisfies Record<NpyDtype, unknown>;

/** An array of any rank, as it was read. */
export interface NpyArray {
  /** The element type in the file. */
  readonly dtype: NpyDtype;
  /** Sizes of the dimensions, the slowest first; empty for a scalar. */
  readonly shape: readonly number[];
  /** The elements, row-major. `<f2` is widened to float32; 64-bit integers to float64, exactly up to 2^53. */
  readonly data: NpyData;
}

/** The typed arrays that NPY's element types are read into. */
export type NpyData =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

const MAGIC = "\x93NUMPY";

/** What the head of a file promises, borne out by the file's length. */
export interface NpyHeader {
  /** The element type. */
  readonly dtype: NpyDtype;
  /** Sizes of the dimensions, the slowest first; empty for a scalar. */
  readonly shape: readonly number[];
  /** Where the elements start, in bytes. */
  readonly start: number;
}

/**
 * Reads the whole bytes of a file of version 1, 2 or 3: little-endian numbers in C order.
 * Nothing is allocated before the length of the file bears out what the header promises.
 *
 * @param file its name, for messages
 * @throws NpyError if the bytes break a rule of the format, or use Fortran order or another element type
 */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  const { dtype, shape, start } = parseNpyHeader(bytes, file);
  return { dtype, shape, data: npyElements(dtype, bytes.subarray(start)) };
}

/**
 * Reads the header, which may be all that there is of the bytes.
 *
 * @param file its name, for messages
 * @param size length of the whole file in bytes
 * @throws NpyError as {@linkcode parseNpy}
 */
export function parseNpyHeader(bytes: Uint8Array, file: string, size: number = bytes.length): NpyHeader {
  const { header, start } = headerText(bytes, file);
  const { descr, fortranOrder, shape } = parseHeader(header, file);
  if (!isDtype(descr)) {
    const known = Object.keys(READERS).join(" ");
    throw new NpyError(`${file}: element type ${descr} is not supported (${known}): convert with .astype('<f4')`);
  }
  if (fortranOrder && shape.length > 1) {
    throw new NpyError(`${file}: Fortran order is not supported: save numpy.ascontiguousarray(array)`);
  }
  const expected = elementCount(shape) * npyElementSize(descr);
  if (size - start !== expected) {
    const promised = `${expected} bytes of data (${showShape(shape)} ${descr})`;
    throw new NpyError(`${file}: at byte ${start}: expected ${promised}, found ${size - start}`);
  }
  return { dtype: descr, shape, start };
}

/** Bytes that an element takes in the file. */
export function npyElementSize(dtype: NpyDtype): number {
  return READERS[dtype].BYTES_PER_ELEMENT;
}

/** Reads elements from their bytes, which are copied. */
export function npyElements(dtype: NpyDtype, bytes: Uint8Array): NpyData {
  const data = new READERS[dtype](new Uint8Array(bytes).buffer);
  if (data instanceof Float16Array) return new Float32Array(data);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return data;
}

/** Writes an array as NPY version 1.0: uint8, float32 or float64 as `data` is, its data aligned to 64 bytes. */
export function encodeNpy(
  shape: readonly number[],
  data: Uint8Array | Float32Array | Float64Array,
): Uint8Array<ArrayBuffer> {
  if (elementCount(shape) !== data.length) {
    throw new RangeError(`shape ${showShape(shape)} does not hold ${data.length} elements`);
  }
  const descr = data instanceof Uint8Array ? "|u1" : data instanceof Float32Array ? "<f4" : "<f8";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const preamble = MAGIC.length + 4;
  const start = Math.ceil((preamble + dictionary.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + data.byteLength);
  const text = `${MAGIC}\x01\x00\0\0${dictionary.padEnd(start - preamble - 1)}\n`;
  bytes.set(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  new DataView(bytes.buffer).setUint16(preamble - 2, start - preamble, true);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

function headerText(bytes: Uint8Array, file: string): { header: string; start: number } {
  if (bytes.length < 12 || !MAGIC.split("").every((character, i) => bytes[i] === character.charCodeAt(0))) {
    throw new NpyError(`${file}: at byte 0: expected an NPY file, which starts with \\x93NUMPY`);
  }
  const version = bytes[6];
  if (version < 1 || version > 3) {
    throw new NpyError(`${file}: at byte 6: expected version 1, 2 or 3, found ${version}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [length, offset] = version === 1 ? [view.getUint16(8, true), 10] : [view.getUint32(8, true), 12];
  const start = offset + length;
  if (start > bytes.length) {
    throw new NpyError(`${file}: at byte 8: expected a header of ${length} bytes, found ${bytes.length - offset}`);
  }
  return { header: new TextDecoder().decode(bytes.subarray(offset, start)), start };
}

/** Reads the Python dictionary, of which only the three entries that NumPy writes are allowed, in any order. */
function parseHeader(header: string, file: string): { descr: string; fortranOrder: boolean; shape: number[] } {
  const entry = String.raw`\s*(?:'descr':\s*'(?<descr>[^']*)'|'fortran_order':\s*(?<order>True|False)` +
    String.raw`|'shape':\s*\(\s*(?<shape>(?:\d{1,15}\s*,\s*)*(?:\d{1,15}\s*)?)\))\s*`;
  const body = /^\s*\{(.*)\}\s*$/s.exec(header)?.[1] ?? "";
  const found: Record<string, string> = {};
  for (const { groups } of body.matchAll(new RegExp(`${entry}(?:,|$)`, "gy"))) {
    for (const [key, value] of Object.entries(groups ?? {})) if (value !== undefined) found[key] = value;
  }
  const { descr, order, shape } = found;
  if (descr === undefined || order === undefined || shape === undefined) {
    throw new NpyError(`${file}: expected a header with descr, fortran_order and shape, found ${show(header)}`);
  }
  const sizes = (shape.match(/\d+/g) ?? []).map(Number);
  return { descr, fortranOrder: order === "True", shape: sizes };
}

function isDtype(descr: string): descr is NpyDtype {
  return Object.hasOwn(READERS, descr);
}

function show(text: string): string {
  return JSON.stringify(text.length > 80 ? text.slice(0, 80) + "…" : text);
}
