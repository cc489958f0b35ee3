/** What the formats use of Node's `node:zlib`, for a browser: the script of the page is bundled with it in its place. */
import { Gunzip, Inflate, Unzlib } from "fflate";

/** How far to unpack. */
interface Options {
  /** Most bytes that may come out. */
  readonly maxOutputLength?: number;
  /** Given where the data may end anywhere: what came out by then is the result. */
  readonly finishFlush?: number;
}

/** The one constant that is used. */
export const constants = { Z_SYNC_FLUSH: 2 };

/** Unpacks gzip of any number of members. */
export const gunzipSync = unpackWith(() => new Gunzip());
/** Unpacks zlib's format. */
export const inflateSync = unpackWith(() => new Unzlib());
/** Unpacks deflated data without a frame. */
export const inflateRawSync = unpackWith(() => new Inflate());

type Stream = Gunzip | Unzlib | Inflate;

/** Packed bytes that are unpacked at a time, so that a limit is noticed before much more came out. */
const PART = 2 ** 16;

function unpackWith(open: () => Stream) {
  return (packed: Uint8Array, { maxOutputLength = Infinity, finishFlush }: Options = {}): Uint8Array<ArrayBuffer> => {
    const parts: Uint8Array[] = [];
    let length = 0, ended = false;
    const stream = open();
    stream.ondata = (part: Uint8Array, final: boolean) => {
      length += part.length;
      if (length > maxOutputLength) throw new RangeError("more than the limit comes out");
      parts.push(part.slice());
      ended ||= final;
    };
    for (let start = 0; start < packed.length; start += PART) {
      const end = start + PART;
      stream.push(packed.subarray(start, end), end >= packed.length && finishFlush === undefined);
    }
    if (!ended && finishFlush === undefined) throw new Error("unexpected end of file");
    const whole = new Uint8Array(length);
    let at = 0;
    for (const part of parts) whole.set(part, at), at += part.length;
    return whole;
  };
}

/** The checksum of ZIP and gzip (ISO 3309), by bytes. */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

const CRC = Int32Array.from({ length: 256 }, (_, i) => {
  let crc = i;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
