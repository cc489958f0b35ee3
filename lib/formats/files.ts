/** Reading and writing whole files, with errors that a person can act on. */
import * as fs from "node:fs";
import { link, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { DigitFidError } from "../errors.ts";
import { checkOptionNames, type OptionNames } from "../option_names.ts";
import { codeOf, fileError } from "./file_error.ts";
import { exists } from "./paths.ts";

/** With a callback inside: twice as fast for small files as the one of `node:fs/promises`. */
const readWhole = promisify(fs.readFile);

/**
 * Reads a whole file.
 *
 * @throws DigitFidError if there is none, or it cannot be read, or it is a device: that may have no end
 */
export async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const found = await stat(path);
    if (found.isCharacterDevice() || found.isBlockDevice()) {
      throw new DigitFidError(`cannot read ${path}: it is a device, not a file`);
    }
    const bytes = await readWhole(path);
    return new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length); // a Buffer's slices are views
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
    const found = await stat(path);
    return { isFolder: found.isDirectory(), size: found.size };
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
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const isFolder = entry.isDirectory() ||
        entry.isSymbolicLink() && await leadsToFolder(`${directory}/${entry.name}`);
      (isFolder ? folders : files).push(entry.name);
    }
    return { files: files.sort(), folders: folders.sort() };
  } catch (error) {
    throw fileError("read", directory, error);
  }
}

async function leadsToFolder(link: string): Promise<boolean> {
  return await stat(link).then((found) => found.isDirectory(), () => false);
}

/**
 * Removes a file.
 *
 * @throws DigitFidError if it cannot be removed
 */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
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
  /** Is called when all is on the disk, before it takes its place: if this throws, nothing does. */
  readonly check?: () => void;
}

const WRITE_OPTIONS: OptionNames<WriteOptions> = { replace: true, mode: true, check: true };

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
  options: WriteOptions = {},
): Promise<void> {
  checkOptionNames(options, WRITE_OPTIONS, "writing");
  const { replace = true, mode, check } = options;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = temporaryPath(path);
  try {
    await writeSynced(temporary, bytes, mode);
    try {
      check?.();
      await (replace ? rename(temporary, path) : renameToFree(temporary, path));
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw fileError("write", path, error);
  }
}

/** Writes a new file and waits until it is on the disk; leaves none if that fails. */
async function writeSynced(path: string, bytes: Uint8Array, mode?: number): Promise<void> {
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  } finally {
    await file.close();
  }
}

/** Gives a file a name that must be free, which no other process can take in between. */
async function renameToFree(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    // Some file systems know no second name of a file.
    if (!(codeOf(error) === "EEXIST" || await exists(to))) return await rename(from, to);
    throw new DigitFidError(`${to} is there already: replace it`, { cause: error, remedy: { force: true } });
  }
}

/**
 * Waits until the entries of a folder are on the disk: before, a loss of power may undo a renaming. Without the right to
 * read the folder, or where a system opens no folders, it is left to the system.
 */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined);
  try {
    await folder?.sync();
  } catch (error) {
    if (codeOf(error) !== "EINVAL") throw error; // not on this file system
  } finally {
    await folder?.close();
  }
}
