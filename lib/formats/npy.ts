/**
 * NPY, NumPy's array format: a magic string, a version, a Python dictionary as header, then the elements.
 *
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { FormatError } from "../errors.ts";
import { floatsOfHalves } from "./float16.ts";
import { pythonLargest, pythonSave, pythonString } from "./python.ts";
import { elementCount, showShape } from "./shape.ts";

/** Bytes that break the rules of NPY, or use a part of it that is not supported. */
export class NpyError extends FormatError {
  /** Name of the class. */
  override name = "NpyError";
}

/** An element type: kind and size in bytes as NumPy writes them, its bytes in the order of this machine. */
export type NpyDtype = "|b1" | "|u1" | "|i1" | "<u2" | "<i2" | "<u4" | "<i4" | "<u8" | "<i8" | "<f2" | "<f4" | "<f8";

const READERS = {
  "|b1": Uint8Array,
  "|u1": Uint8Array,
  "|i1": Int8Array,
  "<u2": Uint16Array,
  "<i2": Int16Array,
  "<u4": Uint32Array,
  "<i4": Int32Array,
  "<u8": BigUint64Array,
  "<i8": BigInt64Array,
  "<f4": Float32Array,
  "<f8": Float64Array,
} as const satisfies Record<Exclude<NpyDtype, "<f2">, unknown>;

/** All element types. */
export const NPY_DTYPES = [...Object.keys(READERS), "<f2"] as readonly NpyDtype[];

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

/** What the head of a file promises. */
export interface NpyHeader {
  /** The element type. */
  readonly dtype: NpyDtype;
  /** Sizes of the dimensions, the slowest first; empty for a scalar. */
  readonly shape: readonly number[];
  /** Where the elements start, in bytes. */
  readonly start: number;
  /** Where they end. */
  readonly end: number;
  /** Whether the bytes of each element are in the other order than this machine's, little-endian. */
  readonly bigEndian: boolean;
  /** Whether the first dimension is the fastest in the file, as Fortran has it. */
  readonly fortranOrder: boolean;
}

/**
 * Reads the whole bytes of a file of version 1, 2 or 3: numbers of either byte order, in C order.
 * Nothing is allocated before the length of the file bears out what the header promises.
 *
 * @param file its name, for messages
 * @throws NpyError if the bytes break a rule of the format, or use Fortran order or another element type
 */
export function parseNpy(bytes: Uint8Array, file: string): NpyArray {
  const header = parseNpyHeader(bytes, file);
  const { dtype, shape, start, end, fortranOrder } = header;
  checkNpyLength(header, bytes.length, bytes.subarray(end), file);
  if (fortranOrder) throw new NpyError(`${file}: Fortran order: save numpy.ascontiguousarray(array)`);
  return { dtype, shape, data: npyElements(header, bytes.subarray(start)) };
}

/**
 * Reads the header, which may be all that there is of the bytes.
 *
 * @param file its name, for messages
 * @throws NpyError as {@linkcode parseNpy}, except about the length
 */
export function parseNpyHeader(bytes: Uint8Array, file: string): NpyHeader {
  const { header, start } = headerText(bytes, file);
  const { descr, fortranOrder, shape } = parseHeader(header, file);
  if (shape.length === 0 && /^[<>=|]?O/.test(descr)) {
    const values = `numpy.load(${pythonString(file)}, allow_pickle=True).item().values()`;
    throw new NpyError(`${file}: a Python object, such as a dictionary: ${pythonSave(pythonLargest(values))}`);
  }
  const { dtype, bigEndian } = parseDtype(descr, file);
  const end = start + elementCount(shape) * npyElementSize(dtype);
  return { dtype, shape, start, end, bigEndian, fortranOrder: fortranOrder && shape.length > 1 };
}

/**
 * Holds what the header promises against the length of the file.
 *
 * @param following the first bytes of what follows the promised ones, if anything does
 * @throws NpyError if they differ
 */
export function checkNpyLength(header: NpyHeader, size: number, following: Uint8Array, file: string): void {
  const { dtype, shape, start, end } = header;
  if (size === end) return;
  const promised = `${end - start} bytes of data (${showShape(shape)} ${dtype})`;
  const found = startsWithMagic(following)
    ? `another array behind them: ${pythonSave(`numpy.load(open(${pythonString(file)}, 'rb'))`)} saves the first`
    : size - start;
  throw new NpyError(`${file}: at byte ${start}: expected ${promised}, found ${found}`);
}

/** Bytes that an element takes in the file. */
export function npyElementSize(dtype: NpyDtype): number {
  return Number(dtype.slice(2));
}

/** Reads elements from their bytes, which are copied. */
export function npyElements({ dtype, bigEndian }: Pick<NpyHeader, "dtype" | "bigEndian">, bytes: Uint8Array): NpyData {
  const copy = new Uint8Array(bytes), size = npyElementSize(dtype);
  if (bigEndian) { for (let i = 0; i < copy.length; i += size) copy.subarray(i, i + size).reverse(); }
  if (dtype === "<f2") return floatsOfHalves(new Uint16Array(copy.buffer));
  const data = new READERS[dtype](copy.buffer);
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
  if (bytes.length < 12 || !startsWithMagic(bytes)) {
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

function startsWithMagic(bytes: Uint8Array): boolean {
  return MAGIC.split("").every((character, i) => bytes[i] === character.charCodeAt(0));
}

/** The element type, in words that NumPy takes where it is none of numbers. */
function parseDtype(descr: string, file: string): { dtype: NpyDtype; bigEndian: boolean } {
  const [, order, kind] = /^([<>=|]?)(.*)$/s.exec(descr) ?? [];
  const dtype = [`|${kind}`, `<${kind}`].find(isDtype);
  if (dtype !== undefined) return { dtype, bigEndian: order === ">" && npyElementSize(dtype) > 1 };
  const advice = /^O/.test(kind)
    ? "Python objects: save numpy.stack(list(array)).astype('float32')"
    : /^c/.test(kind)
    ? "complex numbers: save the real part, array.real.astype('float32')"
    : /^f|^[US]/.test(kind)
    ? "save array.astype('float32')"
    : "not numbers: save an array of numbers";
  throw new NpyError(`${file}: element type ${descr}: ${advice}`);
}

/** Reads the Python dictionary, of which only the three entries that NumPy writes are allowed, in any order. */
function parseHeader(header: string, file: string): { descr: string; fortranOrder: boolean; shape: number[] } {
  const entry = String.raw`\s*(?:'descr':\s*(?:'(?<descr>[^']*)'|(?<fields>\[[^\[\]]*\]))` +
    String.raw`|'fortran_order':\s*(?<order>True|False)` +
    String.raw`|'shape':\s*\(\s*(?<shape>(?:\d{1,15}L?\s*,\s*)*(?:\d{1,15}L?\s*)?)\))\s*`;
  const body = /^\s*\{(.*)\}\s*$/s.exec(header)?.[1] ?? "";
  const found: Record<string, string> = {};
  for (const { groups } of body.matchAll(new RegExp(`${entry}(?:,|$)`, "gy"))) {
    for (const [key, value] of Object.entries(groups ?? {})) if (value !== undefined) found[key] = value;
  }
  const { descr, fields, order, shape } = found;
  if (fields !== undefined) throw structured(fields, file);
  if (descr === undefined || order === undefined || shape === undefined) {
    throw new NpyError(`${file}: expected a header with descr, fortran_order and shape, found ${show(header)}`);
  }
  const sizes = (shape.match(/\d+/g) ?? []).map(Number);
  return { descr, fortranOrder: order === "True", shape: sizes };
}

function structured(fields: string, file: string): NpyError {
  const names = [...fields.matchAll(/\(\s*'([^']*)'/g)].map(([, name]) => name);
  return new NpyError(`${file}: fields ${names.join(", ")}: save one of them, such as array['${names[0]}']`);
}

function isDtype(descr: string): descr is NpyDtype {
  return descr === "<f2" || Object.hasOwn(READERS, descr);
}

function show(text: string): string {
  return JSON.stringify(text.length > 80 ? text.slice(0, 80) + "…" : text);
}
