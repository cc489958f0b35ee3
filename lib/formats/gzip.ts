/** Unpacking gzip (RFC 1952) within a limit, so that a small file cannot fill the memory. */
import { constants, gunzip as gunzipBesides, gunzipSync } from "node:zlib";
import { FormatError } from "../errors.ts";

/** Bytes that are unpacked at a time: between them the host does what else waits. */
const CHUNK = 2 ** 18;

/** Whether the bytes start as gzip does; a file's name says nothing. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip. Several members one after the other count as one, and zeros may follow, as with gzip(1).
 *
 * @param name of the file, for messages
 * @param limit the most bytes that may come out
 * @returns the unpacked bytes, or undefined if there are more than the limit
 * @throws FormatError if the data is damaged, cut off or followed by anything else
 */
export async function gunzip(bytes: Uint8Array, name: string, limit: number): Promise<Uint8Array | undefined> {
  try {
    return await new Promise<Uint8Array>((resolve, reject) => {
      const options = { maxOutputLength: Math.max(1, limit), chunkSize: CHUNK };
      gunzipBesides(bytes, options, (error, unpacked) => error ? reject(error) : resolve(unpacked));
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw damaged(name, error);
  }
}

/**
 * Unpacks the beginning: what the first 1536 packed bytes hold, which is about 1.5 KB at least, more than the longest
 * header of IDX, and 1.5 MB at most.
 *
 * @throws FormatError if the data is damaged
 */
export function gunzipHead(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes.subarray(0, 1536), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw damaged(name, error);
  }
}

function damaged(name: string, error: unknown): FormatError {
  const reason = error instanceof Error ? error.message : String(error);
  return new FormatError(`${name}: damaged gzip data: ${reason}`, { cause: error });
}
