/** IDX files on disk, plain or packed with gzip. */
import { type IdxArray, IdxError, parseIdx, parseIdxHeader } from "../idx.ts";
import { readFile } from "../formats/files.ts";
import type { StoredArray } from "../formats/stored_array.ts";
import { gunzip, gunzipHead, isGzip } from "../formats/gzip.ts";

/**
 * Reads an IDX file. A packed one is unpacked no further than its own header promises.
 *
 * @throws IdxError if the content breaks the rules of IDX
 * @throws FormatError if the packed data is damaged
 * @throws DigitFidError if the file cannot be read
 */
export async function readIdx(path: string): Promise<IdxArray> {
  return await idxOfBytes(await readFile(path), path);
}

/**
 * Takes the bytes of an IDX file, packed or not, as an array.
 *
 * @throws IdxError, FormatError as {@linkcode readIdx}
 */
export async function idxOfBytes(bytes: Uint8Array, name: string): Promise<IdxArray> {
  return parseIdx(isGzip(bytes) ? await unpack(bytes, name) : bytes, name);
}

async function unpack(bytes: Uint8Array, path: string): Promise<Uint8Array> {
  const { end } = parseIdxHeader(gunzipHead(bytes, path), path);
  const unpacked = await gunzip(bytes, path, end);
  if (unpacked === undefined) throw new IdxError(path, end, "the end of the unpacked file", "trailing bytes");
  return unpacked;
}

/**
 * Takes the bytes of an unpacked IDX file as an array.
 *
 * @throws IdxError if the content breaks the rules of IDX
 */
export function openIdx(bytes: Uint8Array, name: string): StoredArray {
  const { shape, data } = parseIdx(bytes, name);
  const rowSize = shape[0] > 0 ? data.length / shape[0] : 0;
  const kind = data instanceof Float32Array || data instanceof Float64Array ? "float" : "integer";
  const rows = (from: number, to: number) => Promise.resolve(data.subarray(from * rowSize, to * rowSize));
  return { name, dtype: "IDX", kind, shape, rows };
}
