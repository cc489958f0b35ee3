/** Writing whole folders. */
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DigitFidError } from "../errors.ts";
import { fileError } from "./file_error.ts";
import { syncFolder, temporaryPath, writeFileAtomic } from "./files.ts";
import { exists } from "./paths.ts";

/**
 * Writes a folder of files whole or not at all: it is made in {@linkcode temporaryPath}, which must be free, and moved
 * once it is on the disk. One that is there already is replaced only if it has no files but these, so that nobody loses
 * others by it.
 *
 * @param path without a slash at its end
 * @param files contents by name
 * @throws DigitFidError if it cannot be written, or holds other files; nothing is changed then
 */
export async function writeFolderAtomic(path: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<void> {
  const temporary = temporaryPath(path);
  const [next, previous] = [join(temporary, "new"), join(temporary, "old")];
  await mkdir(temporary).catch((error) => {
    throw fileError("make folder", temporary, error);
  });
  try {
    const replaces = await exists(path);
    if (replaces) await checkNoOthers(path, files);
    await mkdir(next);
    for (const [name, content] of files) await writeFileAtomic(join(next, name), content);
    if (replaces) await rename(path, previous);
    try {
      await rename(next, path);
    } catch (error) {
      if (replaces) await rename(previous, path);
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw fileError("write", path, error);
  } finally {
    await rm(temporary, { recursive: true });
  }
}

async function checkNoOthers(path: string, files: ReadonlyMap<string, unknown>): Promise<void> {
  for (const name of await readdir(path)) {
    if (!files.has(name)) throw new DigitFidError(`cannot replace ${path}: it also holds ${name}`);
  }
}

/**
 * Removes what a process that was killed in {@linkcode writeFolderAtomic} left; what it had moved out of the way is put
 * back, if nothing took its place. A folder with anything else in it is somebody else's, and stays.
 *
 * @param path what was to be written
 * @param temporary where it was being made
 * @param isOurs whether a file of this name can be of such a folder
 */
export async function clearFolderLeft(path: string, temporary: string, isOurs: (name: string) => boolean) {
  const parts = await readdir(temporary);
  for (const part of parts) {
    if (!["new", "old"].includes(part) || !(await readdir(join(temporary, part))).every(isOurs)) return;
  }
  if (parts.includes("old") && !await exists(path)) await rename(join(temporary, "old"), path);
  await rm(temporary, { recursive: true });
}
