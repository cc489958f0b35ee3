/** Locks of folders, so that only one process at a time writes there. */
import { ensureDir } from "./paths.ts";
import { dirname, join } from "node:path";
import { DigitFidError } from "../errors.ts";
import { fileError } from "./file_error.ts";
import { syncFolder } from "./files.ts";

/** The file in a folder that is locked. It goes away with the lock; one that is left over says nothing. */
export const LOCK = ".digit-fid.lock";

/** A folder that is this process's to write to. The system frees it when the process ends, however that comes. */
export class FolderLock implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  readonly #made: boolean;

  private constructor(file: Deno.FsFile, path: string, made: boolean) {
    this.#file = file;
    this.#path = path;
    this.#made = made;
  }

  /**
   * Takes the lock of a folder.
   *
   * @param make whether to make the folder if it is not there; if nothing comes into it, it goes away with the lock
   * @throws DigitFidError if another process has it, named by its number and machine, or the folder cannot be written
   */
  static async take(folder: string, { make = false }: { make?: boolean } = {}): Promise<FolderLock> {
    const made = make && await makeFolder(folder);
    const path = join(folder, LOCK);
    try {
      for (;;) {
        // Through a link the lock, and what is written into it, would be of another file.
        const { isSymlink } = await Deno.lstat(path).catch(() => ({ isSymlink: false }));
        if (isSymlink) throw new DigitFidError(`${path} is a link: remove it`);
        const file = await Deno.open(path, { read: true, write: true, create: true });
        if (!await file.tryLock(true)) {
          file.close();
          const holder = await Deno.readTextFile(path).catch(() => "");
          throw new DigitFidError(`${folder} is in use by ${holder || "another process"}: wait for its end, or end it`);
        }
        const lock = new FolderLock(file, path, made);
        if (!lock.#isInPlace()) {
          file.close(); // the holder before took the file away after it was opened here
          continue;
        }
        await lock.#sign().catch((error) => {
          lock[Symbol.dispose]();
          throw error;
        });
        return lock;
      }
    } catch (error) {
      throw fileError("write", path, error);
    }
  }

  /**
   * Looks whether the folder of that name still is the one that was taken: to be called before each write.
   *
   * @throws DigitFidError if it was moved, removed or replaced
   */
  check(): void {
    if (this.#isInPlace()) return;
    throw new DigitFidError(`${dirname(this.#path)} was moved, removed or replaced while it was in use: put it back`);
  }

  #isInPlace(): boolean {
    try {
      const [locked, named] = [this.#file.statSync(), Deno.statSync(this.#path)];
      return locked.ino === named.ino && locked.dev === named.dev;
    } catch {
      return false;
    }
  }

  /** Says who has the lock, for the message that others get. */
  async #sign(): Promise<void> {
    const host = await Deno.readTextFile("/etc/hostname").then((name) => ` on ${name.trim()}`, () => "");
    await this.#file.truncate();
    await this.#file.write(new TextEncoder().encode(`process ${Deno.pid}${host}`));
  }

  /** Frees the folder. */
  [Symbol.dispose](): void {
    try {
      if (this.#isInPlace()) {
        Deno.removeSync(this.#path);
        if (this.#made) Deno.removeSync(dirname(this.#path)); // which it cannot if there is something in it
      }
    } catch { /* what is left over says nothing */ }
    this.#file.close();
  }
}

/** Makes a folder and those above it; false if it is there already. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    const found = await Deno.stat(path).catch(() => undefined);
    if (found && !found.isDirectory) throw new DigitFidError(`cannot make folder ${path}: it is a file, not a folder`);
    const made = found === undefined;
    await ensureDir(path);
    if (made) await syncFolder(dirname(path));
    return made;
  } catch (error) {
    throw fileError("make folder", path, error);
  }
}
