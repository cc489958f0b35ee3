/** Writing whole folders. */
import { exists } from "./paths.ts";
import { dirname, join } from "node:path";
import { DigitFidError } from "../errors.ts";
import { fileError, syncFolder, temporaryPath, writeFileAtomic } from "./files.ts";

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
  await Deno.mkdir(temporary).catch((error) => {
    throw fileError("make folder", temporary, error);
  });
  try {
    const replaces = await exists(path);
    if (replaces) await checkNoOthers(path, files);
    await Deno.mkdir(next);
    for (const [name, content] of files) await writeFileAtomic(join(next, name), content);
    if (replaces) await Deno.rename(path, previous);
    try {
      await Deno.rename(next, path);
    } catch (error) {
      if (replaces) await Deno.rename(previous, path);
      throw error;
    }
    await syncFolder(dirname(path));
  } catch (error) {
    throw fileError("write", path, error);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

async function checkNoOthers(path: string, files: ReadonlyMap<string, unknown>): Promise<void> {
  for await (const { name } of Deno.readDir(path)) {
    if (!files.has(name)) throw new DigitFidError(`cannot replace ${path}: it also holds ${name}`);
  }
}
