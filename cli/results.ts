/** Where a task's results go: looked at before the work, and by one rule for all of them. */
import { basename, dirname, join } from "node:path";
import { checkoutPath } from "../lib/checkout.ts";
import { DigitFidError } from "../lib/errors.ts";
import { fileError } from "../lib/formats/file_error.ts";
import { temporaryOf, temporaryPath } from "../lib/formats/files.ts";
import { clearFolderLeft } from "../lib/formats/folders.ts";
import { toggle } from "./flags.ts";
import { isOfKind, type Kind } from "./kinds.ts";

/** The flag that lets a task replace files. */
export const FORCE_FLAG = { force: toggle("replace files that are there, if they are of the kind written") };

/** What decides whether a file may be written. */
export interface WriteRule {
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  /** Files that the same call reads, or folders with such files: these are never replaced. */
  readonly inputs: readonly string[];
}

/**
 * Looks at where a file is to be written. One that is there is replaced only by force, never if the same call reads it,
 * and never if it is of another kind than what is written.
 *
 * @throws DigitFidError if it may not, or cannot, be written
 */
export async function checkFile(path: string, kind: Kind, rule: WriteRule): Promise<void> {
  await checkFiles(dirname(path), new Map([[basename(path), kind]]), rule);
}

/**
 * Looks at where files are to be written, as {@linkcode checkFile} does.
 *
 * @param kinds what is to be written, by names in the folder
 */
export async function checkFiles(folder: string, kinds: ReadonlyMap<string, Kind>, rule: WriteRule): Promise<void> {
  await removeLeftovers(folder, kinds);
  const there: string[] = [];
  for (const [name, kind] of kinds) if (await isThere(join(folder, name), kind, rule)) there.push(name);
  if (there.length > 0 && !rule.force) {
    const more = there.length > 3 ? ` and ${there.length - 3} more` : "";
    const what = there.length > 1 ? "are there already: replace them" : "is there already: replace it";
    const remedy = { force: true } as const;
    throw new DigitFidError(`${join(folder, there.slice(0, 3).join(", "))}${more} ${what}`, { remedy });
  }
  const [first] = kinds.keys();
  await tryWriting(join(folder, first)); // stands for the others
}

/** Results that are saved on the way: if that fails, the rest of the work is done, and its result shown, all the same. */
export class Saving {
  #error: unknown;

  /** Saves something, unless an earlier attempt failed. */
  async attempt(save: () => Promise<unknown>): Promise<void> {
    if (this.#error !== undefined) return;
    try {
      await save();
    } catch (error) {
      this.#error = error;
    }
  }

  /** Throws what made the first attempt fail, if one did. */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}

/** No file is so long in writing: milliseconds after which a temporary one was left by a process that was killed. */
const LEFT_OVER = 3_600_000;

/** Removes what writes to these very files left, as they were killed in the middle. */
async function removeLeftovers(folder: string, kinds: ReadonlyMap<string, Kind>): Promise<void> {
  try {
    for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
      const result = temporaryOf(name) ?? "", kind = kinds.get(result), path = join(folder, name);
      if (kind === undefined) continue;
      const { mtime } = await Deno.lstat(path);
      if (!mtime || Date.now() - mtime.getTime() <= LEFT_OVER) continue;
      if (isFile) await Deno.remove(path);
      const { files } = kind;
      if (isDirectory && files) {
        await clearFolderLeft(join(folder, result), path, (file) => files.includes(temporaryOf(file) ?? file));
      }
    }
  } catch { /* whether the folder can be written is found out next */ }
}

/** Whether there is a file, which may be replaced. */
async function isThere(path: string, kind: Kind, { inputs }: WriteRule): Promise<boolean> {
  try {
    const { isDirectory } = await Deno.stat(path);
    if (isDirectory && !kind.files) throw new DigitFidError(`cannot write ${path}: it is a folder, not a file`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw fileError("write", path, error);
  }
  if (await isAmong(path, inputs)) throw new DigitFidError(`${path} is read by the same command: choose another name`);
  if (await isOfKind(path, kind)) return true;
  throw new DigitFidError(`${path} is there, but is no ${kind.name}: choose another name`);
}

/** Whether a file is one of those named, or lies in one of them. */
async function isAmong(path: string, inputs: readonly string[]): Promise<boolean> {
  const real = await Deno.realPath(path);
  for (const input of [...inputs, checkoutPath("weights")]) { // the reference network's files are in use by all
    const read = await Deno.realPath(input).catch(() => undefined);
    if (read !== undefined && (real === read || dirname(real) === read)) return true;
  }
  return false;
}

/** Finds out before the work whether a file can be written. */
async function tryWriting(path: string): Promise<void> {
  try {
    (await Deno.open(temporaryPath(path), { write: true, createNew: true })).close();
    await Deno.remove(temporaryPath(path));
  } catch (error) {
    throw fileError("write", path, error);
  }
}
