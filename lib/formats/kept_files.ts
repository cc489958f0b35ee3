/** Files that are kept for the next time, but need not be: those that were not used for longest go. */
import { lstat, readdir, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";

/** Says by its time that a file was used. Where that may not be said, the file counts as old as it is. */
export async function markUsed(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}

/**
 * Removes what was not used for longest, until no more than `most` bytes are left; what was used last stays. Others may
 * do the same at the same time: what is gone already was to go, and who has opened a file reads it to its end.
 *
 * @param kept names of the files that may go; all others are somebody else's
 */
export async function removeOldest(folder: string, kept: RegExp, most: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => kept.test(name));
  const files = await Promise.all(names.map(async (name) => {
    const path = join(folder, name), { size, mtimeMs } = await lstat(path).catch(() => ({ size: 0, mtimeMs: 0 }));
    return { path, size, used: mtimeMs };
  }));
  let sum = 0;
  for (const [i, { path, size }] of files.sort((a, b) => b.used - a.used).entries()) {
    sum += size;
    if (i > 0 && sum > most) await unlink(path).catch(() => {});
  }
}
