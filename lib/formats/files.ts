/** Reading and writing whole files, with errors that a person can act on. */
import { exists } from "./paths.ts";
import { dirname } from "node:path";
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
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its links lead round in a circle",
  EIO: "the disk reports an error",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENXIO: "nothing can be read from it",
  ESPIPE: "it is no file with a place for every byte",
  ETXTBSY: "it is a program that runs",
  EBUSY: "it is in use",
  EFBIG: "the file would be too large",
  ENOTEMPTY: "the folder is not empty",
  EEXIST: "it exists already",
  EXDEV: "it lies on another file system",
};

/**
 * Turns what a file operation threw into one line: `cannot ACTION PATH: REASON`.
 *
 * @param action what was tried, such as `read`
 */
export function fileError(action: string, path: string, error: unknown): DigitFidError {
  if (error instanceof DigitFidError) return error;
  return new DigitFidError(`cannot ${action} ${path}: ${reasonOf(error)}`, { cause: error });
}

/** What the operating system's error means to the user. */
export function reasonOf(error: unknown): string {
  if (!("Deno" in globalThis)) return "files are read under Deno alone; pass pixels, or statistics of them";
  if (!(error instanceof Error)) return String(error);
  if (error.name === "NotCapable") return "programs are kept from this path: pipe the content in instead";
  const code = "code" in error ? String(error.code) : "";
  return REASONS[code] ?? error.message.replace(/ \(os error \d+\).*$/, "");
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
 * What a path leads to.
 *
 * @throws DigitFidError if there is nothing, or it cannot be found out
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
  return (await listFolder(directory)).files;
}

/**
 * Names of the files and of the folders in a folder, each sorted. Links count as what they lead to.
 *
 * @throws DigitFidError if there is no such folder, or it cannot be read
 */
export async function listFolder(directory: string): Promise<{ files: string[]; folders: string[] }> {
  try {
    const [files, folders]: [string[], string[]] = [[], []];
    for await (const { name, isDirectory, isSymlink } of Deno.readDir(directory)) {
      const isFolder = isDirectory || isSymlink && await leadsToFolder(`${directory}/${name}`);
      (isFolder ? folders : files).push(name);
    }
    return { files: files.sort(), folders: folders.sort() };
  } catch (error) {
    throw fileError("read", directory, error);
  }
}

async function leadsToFolder(link: string): Promise<boolean> {
  return await Deno.stat(link).then(({ isDirectory }) => isDirectory, () => false);
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

/** Ends the names of this process's temporary files: no two processes share one. */
const OWN_ENDING = `.${crypto.randomUUID().slice(0, 8)}.tmp`;
/** What {@linkcode OWN_ENDING} is in any process. */
const ANY_ENDING = /\.[0-9a-f]{8}\.tmp$/;

/** Where this process writes a file first, beside the path itself: the same name all along, so it can be allowed. */
export function temporaryPath(path: string): string {
  return path + OWN_ENDING;
}

/** The name of the file that a temporary file of any process was to become; undefined if the name is of another kind. */
export function temporaryOf(name: string): string | undefined {
  return ANY_ENDING.test(name) ? name.replace(ANY_ENDING, "") : undefined;
}

/** How {@linkcode writeFileAtomic} writes. */
export interface WriteOptions {
  /** Whether a file that is there may be replaced; true unless given. */
  readonly replace?: boolean;
  /** Permission bits of the file, as of `chmod`. */
  readonly mode?: number;
}

/**
 * Writes a whole file so that at any moment, a loss of power included, the path holds the old content or the new,
 * whole: the bytes go to {@linkcode temporaryPath}, which is renamed once they are on the disk.
 *
 * @param content bytes, or text to be written as UTF-8
 * @throws DigitFidError if it cannot be written, or is there and may not be replaced; no temporary file is left
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string,
  { replace = true, mode }: WriteOptions = {},
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = temporaryPath(path);
  try {
    await writeSynced(temporary, bytes, mode);
    try {
      await (replace ? Deno.rename(temporary, path) : renameToFree(temporary, path));
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** Writes a new file and waits until it is on the disk; leaves none if that fails. */
async function writeSynced(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode });
  try {
    for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
    await file.sync();
  } catch (error) {
    await Deno.remove(path).catch(() => {});
    throw error;
  }
}

/** Gives a file a name that must be free, which no other process can take in between. */
async function renameToFree(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
    await Deno.remove(from);
  } catch (error) {
    // Some file systems know no second name of a file.
    if (!(error instanceof Deno.errors.AlreadyExists || await exists(to))) return await Deno.rename(from, to);
    throw new DigitFidError(`${to} is there already: replace it`, { cause: error, remedy: { force: true } });
  }
}

/**
 * Waits until the entries of a folder are on the disk: before, a loss of power may undo a renaming. Without the right to
 * read the folder, or where a system opens no folders, it is left to the system.
 */
export async function syncFolder(path: string): Promise<void> {
  const folder = await Deno.open(path).catch(() => undefined);
  try {
    await folder?.sync();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EINVAL")) throw error; // not on this file system
  } finally {
    folder?.close();
  }
}
