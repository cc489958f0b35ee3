/** Bytes that are read a stretch at a time, from a file or from memory: just what was promised, or an error. */
import { type FileHandle, open } from "node:fs/promises";
import type { BigIntStats } from "node:fs";
import { DigitFidError, FormatError } from "../errors.ts";
import { fileError } from "./file_error.ts";

/** Bytes of a known length under a name. */
export interface StoredBytes {
  /** What they are called in messages, such as a path. */
  readonly name: string;
  /** How many there are. */
  readonly size: number;
  /**
   * Reads a stretch, all of it.
   *
   * @throws DigitFidError if it cannot be read, or the file changed since it was opened
   */
  read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Lets go of the file until the next read.
   *
   * @throws DigitFidError if it changed since it was opened
   */
  settle(): Promise<void>;
}

/** Most bytes that are taken from a pipe, or from something packed: 4 GB. */
export const MOST_IN_MEMORY = 2 ** 32;

/** Bytes in memory. */
export function bytesInMemory(bytes: Uint8Array<ArrayBuffer>, name: string): StoredBytes {
  const read = async (start: number, length: number) => {
    if (start + length <= bytes.length) return await Promise.resolve(bytes.subarray(start, start + length));
    throw cutOff(name, start, length, Math.max(0, bytes.length - start));
  };
  return { name, size: bytes.length, read, settle: () => Promise.resolve() };
}

/**
 * Opens a file; a pipe is read to its end at once. Nothing is left open if it fails.
 *
 * @throws DigitFidError if there is none, it cannot be read, or it is a device
 */
export async function openBytes(path: string): Promise<StoredBytes> {
  try {
    const file = await open(path);
    try {
      const stat = await file.stat({ bigint: true });
      if (stat.isDirectory()) throw new DigitFidError(`cannot read ${path}: it is a folder, not a file`);
      if (stat.isFile()) return new FileBytes(file, path, stat);
      if (!stat.isFIFO()) throw new DigitFidError(`cannot read ${path}: it is a device, not a file`);
      const bytes = await readToEnd((into) => readInto(file, into, null), path);
      await file.close();
      return bytesInMemory(bytes, path);
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    throw fileError("read", path, error);
  }
}

/**
 * Reads standard input to its end.
 *
 * @throws DigitFidError if nothing comes, or more than {@linkcode MOST_IN_MEMORY}
 */
export async function readStandardInput(): Promise<StoredBytes> {
  const name = "standard input";
  const bytes = await readToEnd(async (into) => await Deno.stdin.read(into) ?? 0, name);
  if (bytes.length === 0) throw new DigitFidError(`${name} is empty: pipe a file into it`);
  return bytesInMemory(bytes, name);
}

/** All bytes, in memory. */
export async function readAll(bytes: StoredBytes): Promise<Uint8Array<ArrayBuffer>> {
  return await bytes.read(0, bytes.size);
}

/** The first bytes, as many as there are up to a number. */
export async function readHead(bytes: StoredBytes, most: number): Promise<Uint8Array<ArrayBuffer>> {
  return await bytes.read(0, Math.min(most, bytes.size));
}

/**
 * A file on disk. It is known by its inode, length and time of change: between two reads it may be closed, but what is
 * read belongs to one and the same content, or there is an error.
 */
class FileBytes implements StoredBytes {
  /** Path of the file. */
  readonly name: string;
  readonly #opened: BigIntStats;
  #file: FileHandle | undefined;
  /** The read that goes on, as a file is opened once at a time. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(file: FileHandle, path: string, opened: BigIntStats) {
    this.name = path;
    this.#opened = opened;
    this.#file = file;
  }

  get size(): number {
    return Number(this.#opened.size);
  }

  async read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const reading = this.#reading.then(() => this.#readNow(start, length));
    this.#reading = reading.catch(() => {});
    return await reading;
  }

  async #readNow(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    try {
      this.#file ??= await open(this.name);
      const bytes = new Uint8Array(length);
      for (let filled = 0; filled < length;) {
        const count = await readInto(this.#file, bytes.subarray(filled), start + filled);
        if (count === 0) {
          await this.#checkSame(this.#file);
          throw cutOff(this.name, start, length, filled);
        }
        filled += count;
      }
      return bytes;
    } catch (error) {
      await this.#close();
      throw fileError("read", this.name, error);
    }
  }

  async settle(): Promise<void> {
    if (this.#file === undefined) return;
    try {
      await this.#checkSame(this.#file);
    } catch (error) {
      throw fileError("read", this.name, error);
    } finally {
      await this.#close();
    }
  }

  async #checkSame(file: FileHandle): Promise<void> {
    const now = await file.stat({ bigint: true }), then = this.#opened;
    const same = now.dev === then.dev && now.ino === then.ino && now.size === then.size && now.mtimeNs === then.mtimeNs;
    if (!same) throw new DigitFidError(`${this.name} changed while it was read: give a finished file`);
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

function cutOff(name: string, start: number, length: number, found: number): FormatError {
  return new FormatError(`${name}: at byte ${start}: expected ${length} bytes, found ${found}: the file is cut off`);
}

/** Reads at most 1 GB, as no host reads more than 2 at once. @returns how many bytes came; 0 at the end */
async function readInto(file: FileHandle, into: Uint8Array, position: number | null): Promise<number> {
  return (await file.read(into, 0, Math.min(into.length, 2 ** 30), position)).bytesRead;
}

async function readToEnd(
  read: (into: Uint8Array<ArrayBuffer>) => Promise<number>,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  let whole = new Uint8Array(2 ** 16), length = 0;
  for (let count; (count = await read(whole.subarray(length))) > 0; length += count) {
    if (length + count < whole.length) continue;
    if (whole.length >= MOST_IN_MEMORY) {
      throw new DigitFidError(`${name}: more than ${MOST_IN_MEMORY} bytes: give a file`);
    }
    const larger = new Uint8Array(2 * whole.length);
    larger.set(whole);
    whole = larger;
  }
  return whole.slice(0, length);
}
