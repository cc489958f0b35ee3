/**
 * Safetensors: an 8-byte header length, a JSON header, then the tensors' bytes, little-endian, without gaps.
 *
 * Source: https://github.com/huggingface/safetensors, README, "Format". All its promises are checked: a header of at
 * most 100 MB, no name twice, and offsets that cover the buffer with no hole and no overlap.
 */
import { FormatError } from "../errors.ts";
import { floatsOfHalves } from "./float16.ts";
import { elementCount, showShape } from "./shape.ts";

/** Bytes that break the rules of safetensors. */
export class SafetensorsError extends FormatError {
  /** Name of the class. */
  override name = "SafetensorsError";
}

/** An element type, by its name in the header. */
export type Dtype =
  | "BOOL"
  | "U8"
  | "I8"
  | "F8_E5M2"
  | "F8_E4M3"
  | "U16"
  | "I16"
  | "F16"
  | "BF16"
  | "U32"
  | "I32"
  | "F32"
  | "U64"
  | "I64"
  | "F64";

/** Bytes an element of each type takes. */
const ELEMENT_SIZE: Record<Dtype, number> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

/** A tensor as it is stored. */
export interface Tensor {
  /** The element type. */
  readonly dtype: Dtype;
  /** Sizes of the dimensions, the slowest first; empty for a scalar. */
  readonly shape: readonly number[];
  /** The elements' bytes: row-major, little-endian. */
  readonly data: Uint8Array;
}

/** The content of a file. */
export interface Safetensors {
  /** Tensors by name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Free-form notes. */
  readonly metadata: Readonly<Record<string, string>>;
}

const MAX_HEADER = 100_000_000;
const METADATA = "__metadata__";

/**
 * Reads the whole bytes of a file; the tensors are views of them.
 *
 * @param file its name, for messages
 * @throws SafetensorsError if the bytes break a rule of the format
 */
export function parseSafetensors(bytes: Uint8Array, file: string): Safetensors {
  try {
    return parse(bytes);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new SafetensorsError(`${file}: ${error.message}`);
  }
}

/**
 * Writes tensors, the widest element types first so that all are aligned, otherwise in the order of the map.
 * The same content gives the same bytes.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(([, a], [, b]) => ELEMENT_SIZE[b.dtype] - ELEMENT_SIZE[a.dtype]);
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [[METADATA, metadata]] : [];
  let end = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    if (name === METADATA || data.length !== byteLength(dtype, shape)) throw new RangeError(`bad tensor ${name}`);
    header.push([name, { dtype, shape, data_offsets: [end, end += data.length] }]);
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let offset = start;
  for (const [, { data }] of sorted) {
    bytes.set(data, offset);
    offset += data.length;
  }
  return bytes;
}

/** Makes a tensor of floats, F32 or F64 as the array is. */
export function floatTensor(shape: readonly number[], values: Float32Array | Float64Array): Tensor {
  const dtype = values instanceof Float32Array ? "F32" : "F64";
  return { dtype, shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/**
 * A tensor of any float type (F16, BF16, F32, F64) as float32; F64 is rounded.
 *
 * @throws SafetensorsError for other types
 */
export function toFloat32(tensor: Tensor): Float32Array<ArrayBuffer> {
  return new Float32Array(floats(tensor));
}

/**
 * A tensor of any float type (F16, BF16, F32, F64) as float64, exactly.
 *
 * @throws SafetensorsError for other types
 */
export function toFloat64(tensor: Tensor): Float64Array<ArrayBuffer> {
  return new Float64Array(floats(tensor));
}

function floats({ dtype, data }: Tensor): Float32Array | Float64Array {
  const { buffer } = new Uint8Array(data); // a copy, which is aligned as views of the file may not be
  switch (dtype) {
    case "F16":
      return floatsOfHalves(new Uint16Array(buffer));
    case "BF16": // the upper half of a float32
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    default:
      throw new SafetensorsError(`expected a tensor of floats, found ${dtype}`);
  }
}

function parse(bytes: Uint8Array): Safetensors {
  const { text, start } = headerText(bytes);
  const header = parseJson(text);
  const metadata = checkMetadata(header[METADATA] ?? {});
  const entries = Object.entries(header).filter(([name]) => name !== METADATA)
    .map(([name, value]) => checkEntry(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkNoNameTwice(text, header);

  const tensors = new Map<string, Tensor>();
  let covered = 0;
  for (const { name, dtype, shape, begin, end } of entries) {
    if (begin !== covered) throw new SafetensorsError(`tensor ${name}: starts at ${begin}, expected ${covered}`);
    tensors.set(name, { dtype, shape, data: bytes.subarray(start + begin, start + end) });
    covered = end;
  }
  if (start + covered !== bytes.length) {
    throw new SafetensorsError(`the tensors take ${covered} bytes, the file has ${bytes.length - start} for them`);
  }
  return { tensors, metadata };
}

function headerText(bytes: Uint8Array): { text: string; start: number } {
  if (bytes.length < 8) throw new SafetensorsError(`expected an 8-byte header length, found ${bytes.length} bytes`);
  const promised = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const length = Number(promised);
  if (length > Math.min(MAX_HEADER, bytes.length - 8)) {
    throw new SafetensorsError(
      `header length ${promised} at byte 0 is beyond the file's end or 100 MB: not a safetensors file?`,
    );
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(8, 8 + length));
    return { text, start: 8 + length };
  } catch {
    throw new SafetensorsError("the header is not UTF-8");
  }
}

function parseJson(text: string): Record<string, unknown> {
  if (!text.startsWith("{")) throw new SafetensorsError("the header at byte 8 does not start with {");
  try {
    const header: unknown = JSON.parse(text);
    if (isRecord(header)) return header;
  } catch { /* falls through */ }
  throw new SafetensorsError("the header is not a JSON object");
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

function checkEntry(name: string, value: unknown): Entry {
  if (!isRecord(value) || Object.keys(value).sort().join() !== "data_offsets,dtype,shape") {
    throw new SafetensorsError(`tensor ${name}: expected dtype, shape and data_offsets`);
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) throw new SafetensorsError(`tensor ${name}: unknown dtype ${JSON.stringify(dtype)}`);
  if (!isSizes(shape)) throw new SafetensorsError(`tensor ${name}: the shape is not a list of sizes`);
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(`tensor ${name}: data_offsets is not a pair of offsets`);
  }
  const [begin, end] = offsets;
  if (end - begin !== byteLength(dtype, shape)) {
    const expected = `${byteLength(dtype, shape)} bytes for ${showShape(shape)} ${dtype}`;
    throw new SafetensorsError(`tensor ${name}: expected ${expected}, found offsets ${begin} to ${end}`);
  }
  return { name, dtype, shape, begin, end };
}

function checkMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value)) throw new SafetensorsError(`${METADATA} is not an object`);
  const metadata: Record<string, string> = {};
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw new SafetensorsError(`${METADATA}: the value of ${key} is not a string`);
    metadata[key] = text;
  }
  return metadata;
}

/** JSON.parse keeps the last of two members of one name, so the text has more members than what came of it. */
function checkNoNameTwice(text: string, header: Record<string, unknown>): void {
  const kept = [header, ...Object.values(header).filter(isRecord)].flatMap(Object.keys).length;
  let written = 0;
  for (let i = 0, inString = false; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') inString = !inString;
    else if (text[i] === ":" && !inString) written++;
  }
  if (written !== kept) throw new SafetensorsError("the header has a name twice");
}

function byteLength(dtype: Dtype, shape: readonly number[]): number {
  return elementCount(shape) * ELEMENT_SIZE[dtype];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === "string" && Object.hasOwn(ELEMENT_SIZE, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
