/** The folder that a task writes its results to. */
import { join } from "node:path";
import { toPng } from "../lib/figures/render.ts";
import { writeFileAtomic } from "../lib/formats/files.ts";
import { FolderLock } from "../lib/formats/lock.ts";
import type { Figure } from "../lib/report/figures.ts";
import { kindNamed } from "./kinds.ts";
import { checkFiles, type WriteRule } from "./results.ts";

/** A folder that no other process writes to meanwhile, and what was written to it. */
export class Folder implements Disposable {
  /** Where it is. */
  readonly path: string;
  /** Names of the files written, in order. */
  readonly files: string[] = [];
  readonly #lock: FolderLock;
  readonly #replace: boolean;

  private constructor(path: string, lock: FolderLock, replace: boolean) {
    this.path = path;
    this.#lock = lock;
    this.#replace = replace;
  }

  /**
   * Takes a folder, which is made if it is not there, and looks at what is to be written there.
   *
   * @param names the files that may be written, each .png, .svg or .npy
   * @throws DigitFidError if it cannot be made, is in use, or a file of such a name may not be replaced
   */
  static async open(path: string, names: readonly string[], rule: WriteRule): Promise<Folder> {
    const lock = await FolderLock.take(path, { make: true });
    try {
      await checkFiles(path, new Map(names.map((name) => [name, kindNamed(name)])), rule);
      return new Folder(path, lock, rule.force);
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Writes a file.
   *
   * @throws DigitFidError if it cannot be written
   */
  async save(name: string, content: Uint8Array | string): Promise<void> {
    this.#lock.check();
    await writeFileAtomic(join(this.path, name), content, { replace: this.#replace, check: () => this.#lock.check() });
    this.files.push(name);
  }

  /** Writes a figure as SVG and as PNG. */
  async saveFigure({ name, svg }: Figure): Promise<void> {
    await this.save(`${name}.svg`, svg);
    await this.save(`${name}.png`, await toPng(svg));
  }

  /** Lets others write to the folder; one that was made for nothing goes away. */
  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }
}

/** The files of figures. */
export function figureFiles(names: readonly string[]): string[] {
  return names.flatMap((name) => [`${name}.svg`, `${name}.png`]);
}
