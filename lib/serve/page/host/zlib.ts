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

/** Unpacks zlib's format. */
export function inflateSync(packed: Uint8Array, options?: Options): Uint8Array<ArrayBuffer> {
  return unpack(new Unzlib(), packed, options);
}

/** Unpacks deflated data without a frame. */
export function inflateRawSync(packed: Uint8Array, options?: Options): Uint8Array<ArrayBuffer> {
  return unpack(new Inflate(), packed, options);
}

/** Unpacks gzip of any number of members, after which zeros may follow, and holds each to its checksum. */
export function gunzipSync(packed: Uint8Array, options: Options = {}): Uint8Array<ArrayBuffer> {
  const end = packed.findLastIndex((byte) => byte !== 0) + 1; // the last member's length may end with zeros as well
  const members = [{ start: 0, from: 0 }];
  const stream = new Gunzip();
  const whole = unpack(
    stream,
    packed.subarray(0, end),
    { ...options, finishFlush: constants.Z_SYNC_FLUSH },
    (length) => {
      stream.onmember = (start) => members.push({ start, from: length() });
    },
  );
  if (options.finishFlush !== undefined) return whole;
  for (const [i, { from }] of members.entries()) {
    const content = whole.subarray(from, members[i + 1]?.from);
    const ends = i + 1 < members.length ? [members[i + 1].start] : endsBetween(end, packed.length);
    const [checksum, length] = [crc32(content), content.length % 2 ** 32];
    const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
    const isWhole = (end: number) =>
      view.getUint32(end - 8, true) === checksum && view.getUint32(end - 4, true) === length;
    if (!ends.some((end) => end >= 18 && isWhole(end))) throw new Error("its checksum is wrong, or it is cut off");
  }
  return whole;
}

/** The same, handed to a callback. */
export function gunzip(
  packed: Uint8Array,
  options: Options,
  done: (error: unknown, unpacked: Uint8Array<ArrayBuffer>) => void,
): void {
  let unpacked = new Uint8Array(), failure: unknown = null;
  try {
    unpacked = gunzipSync(packed, options);
  } catch (error) {
    failure = error;
  }
  done(failure, unpacked);
}

/** Where the last member may end: its last 8 bytes are a checksum and a length. */
function endsBetween(end: number, length: number): number[] {
  return Array.from({ length: Math.min(length - end, 8) + 1 }, (_, i) => end + i);
}

/** Packed bytes that are unpacked at a time, so that a limit is noticed before much more came out. */
const PART = 2 ** 16;

/** @param begin is given a way to learn how much came out so far */
function unpack(
  stream: Gunzip | Inflate | Unzlib,
  packed: Uint8Array,
  { maxOutputLength = Infinity, finishFlush }: Options = {},
  begin: (length: () => number) => void = () => {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  let length = 0, ended = false;
  begin(() => length);
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
