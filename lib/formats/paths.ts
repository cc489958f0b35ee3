/** Whether there is something at a path, and folders to be. The library depends on no registry but npm for these two. */
import { mkdir, stat } from "node:fs/promises";
import { codeOf } from "./file_error.ts";

/** Whether there is anything at the path. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** Makes sure that the folder exists, and those above it. */
export async function ensureDir(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}
