/**
 * ZIP archives, read an entry at a time and held to their own checksums.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 (layout), 4.4 (fields) and 4.5.3 (ZIP64).
 */
import { constants, crc32, inflateRawSync } from "node:zlib";
import { FormatError } from "../errors.ts";
import { MOST_IN_MEMORY, type StoredBytes } from "./stored_bytes.ts";

/** Bytes that break the rules of ZIP, or use a part of it that is not supported. */
export class ZipError extends FormatError {
  /** Name of the class. */
  override name = "ZipError";
}

/** A file in an archive. */
export interface ZipEntry {
  /** Its path in the archive. */
  readonly name: string;
  /** Its length once unpacked, as the archive promises. */
  readonly size: number;
  /** Unpacks it whole. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
  /** Unpacks its beginning: 1.5 KB at least, or all if it is shorter. */
  readHead(): Promise<Uint8Array<ArrayBuffer>>;
}

const STORED = 0, DEFLATED = 8;
/** The record at the end: 22 bytes, and a comment of up to 65,535. */
const END_SIZE = 22, LONGEST_COMMENT = 65_535;
/** Packed bytes that are unpacked for the beginning of an entry, of up to 1.5 MB. */
const HEAD = 1536;

/**
 * Lists the files of an archive, without its folders.
 *
 * @throws ZipError if it is damaged, or its parts are longer than itself
 */
export async function openZip(archive: StoredBytes): Promise<ZipEntry[]> {
  const { start, size, count } = await findDirectory(archive);
  if (start + size > archive.size) throw new ZipError(`${archive.name}: the list of files lies beyond the end`);
  const directory = await archive.read(start, size);
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength);
  const entries: Entry[] = [];
  for (let at = 0; entries.length < count;) {
    if (at + 46 > size || view.getUint32(at, true) !== 0x02014b50) {
      throw new ZipError(`${archive.name}: the list of files is damaged at entry ${entries.length}`);
    }
    entries.push(parseEntry(directory, at, archive.name));
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  const packed = entries.reduce((sum, entry) => sum + entry.packedSize, 0);
  if (packed > archive.size) throw new ZipError(`${archive.name}: its files overlap`);
  return entries.filter(({ name }) => !name.endsWith("/")).map((entry) => ({
    name: entry.name,
    size: entry.size,
    read: () => unpack(archive, entry),
    readHead: () => unpackHead(archive, entry),
  }));
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly checksum: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header starts. */
  readonly offset: number;
}

async function findDirectory(archive: StoredBytes): Promise<{ start: number; size: number; count: number }> {
  const length = Math.min(archive.size, END_SIZE + LONGEST_COMMENT);
  const tail = await archive.read(archive.size - length, length);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = length - END_SIZE; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    const [count, size, start] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 12, true),
      view.getUint32(at + 16, true),
    ];
    if (count < 0xffff && size < 0xffffffff && start < 0xffffffff) return { start, size, count };
    if (at < 20 || view.getUint32(at - 20, true) !== 0x07064b50) return { start, size, count };
    return await findLargeDirectory(archive, Number(view.getBigUint64(at - 12, true)));
  }
  throw new ZipError(`${archive.name}: a ZIP archive without its end: it is cut off`);
}

async function findLargeDirectory(
  archive: StoredBytes,
  at: number,
): Promise<{ start: number; size: number; count: number }> {
  if (at + 56 > archive.size) throw new ZipError(`${archive.name}: the list of files lies beyond the end`);
  const record = await archive.read(at, 56);
  const view = new DataView(record.buffer, record.byteOffset);
  if (view.getUint32(0, true) !== 0x06064b50) throw new ZipError(`${archive.name}: the list of files is damaged`);
  const [count, size, start] = [32, 40, 48].map((offset) => Number(view.getBigUint64(offset, true)));
  return { start, size, count };
}

function parseEntry(directory: Uint8Array, at: number, archive: string): Entry {
  const view = new DataView(directory.buffer, directory.byteOffset + at, directory.length - at);
  const [nameLength, extraLength] = [view.getUint16(28, true), view.getUint16(30, true)];
  if (46 + nameLength + extraLength > view.byteLength) throw new ZipError(`${archive}: the list of files is cut off`);
  const name = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + nameLength));
  const fields = [24, 20, 42].map((offset) => view.getUint32(offset, true)); // size, packed size, offset
  const large = largeFields(view, 46 + nameLength, extraLength);
  const [size, packedSize, offset] = fields.map((value) => value === 0xffffffff ? large.shift() ?? value : value);
  const isEncrypted = (view.getUint16(8, true) & 1) !== 0;
  return {
    name,
    method: view.getUint16(10, true),
    isEncrypted,
    checksum: view.getUint32(16, true),
    packedSize,
    size,
    offset,
  };
}

/** The 64-bit numbers that stand for those which do not fit into 32 bits. */
function largeFields(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length;) {
    const [id, size] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (at + 4 + size > start + length) break;
    if (id === 1) {
      return Array.from({ length: size >> 3 }, (_, i) => Number(view.getBigUint64(at + 4 + 8 * i, true)));
    }
    at += 4 + size;
  }
  return [];
}

async function unpack(archive: StoredBytes, entry: Entry): Promise<Uint8Array<ArrayBuffer>> {
  const { size, packedSize, checksum } = entry, where = `${archive.name}: ${entry.name}`;
  if (size > MOST_IN_MEMORY) throw new ZipError(`${where}: more than ${MOST_IN_MEMORY} bytes: unpack it`);
  const packed = await archive.read(await startOf(archive, entry), packedSize);
  const bytes = entry.method === STORED ? packed : inflate(packed, size, where);
  if (bytes.length !== size) throw new ZipError(`${where}: expected ${size} bytes, found ${bytes.length}`);
  if (crc32(bytes) !== checksum) throw new ZipError(`${where}: damaged: its checksum is wrong`);
  return bytes;
}

function inflate(packed: Uint8Array, size: number, where: string): Uint8Array<ArrayBuffer> {
  try {
    return plain(inflateRawSync(packed, { maxOutputLength: Math.max(1, size) }));
  } catch (error) {
    if (error instanceof RangeError) throw new ZipError(`${where}: it unpacks to more than the ${size} bytes promised`);
    throw new ZipError(`${where}: damaged data`, { cause: error });
  }
}

async function unpackHead(archive: StoredBytes, entry: Entry): Promise<Uint8Array<ArrayBuffer>> {
  const packed = await archive.read(await startOf(archive, entry), Math.min(HEAD, entry.packedSize));
  if (entry.method === STORED) return packed;
  try {
    return plain(inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }));
  } catch (error) {
    throw new ZipError(`${archive.name}: ${entry.name}: damaged data`, { cause: error });
  }
}

/** Where the packed bytes of an entry start. */
async function startOf(
  archive: StoredBytes,
  { name, method, isEncrypted, offset, packedSize }: Entry,
): Promise<number> {
  const where = `${archive.name}: ${name}`;
  if (isEncrypted) throw new ZipError(`${where}: encrypted: unpack it`);
  if (method !== STORED && method !== DEFLATED) throw new ZipError(`${where}: packed in another way: unpack it`);
  if (offset + 30 > archive.size) throw new ZipError(`${where}: it lies beyond the end`);
  const header = await archive.read(offset, 30);
  const view = new DataView(header.buffer, header.byteOffset);
  if (view.getUint32(0, true) !== 0x04034b50) throw new ZipError(`${where}: damaged: it is not where the list says`);
  const start = offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + packedSize > archive.size) throw new ZipError(`${where}: it lies beyond the end`);
  return start;
}

/** The bytes of a Node buffer, which is no plain array. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
}
