/** Reading and writing whole files, with errors that a person can act on. */
import { DigitFidError } from "../errors.ts";

/** What the operating system's error codes mean to the user. */
const REASONS: Record<string, string> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder, not a file",
  ENOTDIR: "a part of the path is a file, not a folder",
  EACCES: "no permission",
  EPERM: "not permitted",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the file system is read-only",
};

/**
 * Turns what a file operation threw into one line: `cannot ACTION PATH: REASON`.
 *
 * @param action what was tried, such as `read`
 */
export function fileError(action: string, path: string, error: unknown): DigitFidError {
  if (error instanceof DigitFidError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  return new DigitFidError(`cannot ${action} ${path}: ${REASONS[code] ?? message}`, { cause: error });
}

/**
 * Reads a whole file.
 *
 * @throws DigitFidError if there is none, or it cannot be read
 */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw fileError("read", path, error);
  }
}

/**
 * Reads a part of a file.
 *
 * @returns `length` bytes from byte `start` on, or fewer where the file ends
 * @throws DigitFidError if there is no such file, or it cannot be read
 */
export async function readPart(path: string, start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    using file = await Deno.open(path);
    await file.seek(start, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      const count = await file.read(bytes.subarray(filled));
      if (count === null) return bytes.subarray(0, filled);
      filled += count;
    }
    return bytes;
  } catch (error) {
    throw fileError("read", path, error);
  }
}

/**
 * What a path leads to.
 *
 * @throws DigitFidError if there is nothing, or it cannot be told
 */
export async function describePath(path: string): Promise<{ isFolder: boolean; size: number }> {
  try {
    const { isDirectory, size } = await Deno.stat(path);
    return { isFolder: isDirectory, size };
  } catch (error) {
    throw fileError("read", path, error);
  }
}

/**
 * Names of what a folder holds besides folders, sorted.
 *
 * @throws DigitFidError if there is no such folder, or it cannot be read
 */
export async function listFiles(directory: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(directory)) if (!entry.isDirectory) names.push(entry.name);
    return names.sort();
  } catch (error) {
    throw fileError("read", directory, error);
  }
}

/**
 * Removes a file.
 *
 * @throws DigitFidError if it cannot be removed
 */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    throw fileError("remove", path, error);
  }
}

/** Where a file is written first, beside the path itself. A fixed name: what a crash leaves there, the next write takes. */
export function temporaryPath(path: string): string {
  return `${path}.tmp`;
}

/**
 * Writes a whole file so that at any moment, a crash included, the path holds the old content or the new, whole:
 * the bytes go to {@linkcode temporaryPath}, which is renamed once they are on the disk.
 *
 * @param content bytes, or text to be written as UTF-8
 * @throws DigitFidError if it cannot be written; no temporary file is left
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = temporaryPath(path);
  const removeTemporary = () => Deno.remove(temporary).catch(() => {});
  try {
    await removeTemporary();
    await writeSynced(temporary, bytes);
    await Deno.rename(temporary, path);
  } catch (error) {
    await removeTemporary();
    throw fileError("write", path, error);
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
  await file.sync();
}
