/** The folder that a task writes its results to. */
import { ensureDir } from "@std/fs";
import { join } from "node:path";
import { toPng } from "../lib/figures/render.ts";
import { fileError, writeFileAtomic } from "../lib/formats/files.ts";
import type { Figure } from "../lib/report/figures.ts";

/** A folder, and what was written to it. */
export class Folder {
  /** Where it is. */
  readonly path: string;
  /** Names of the files written, in order. */
  readonly files: string[] = [];

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder if it is not there.
   *
   * @throws DigitFidError if it cannot be made
   */
  static async open(path: string): Promise<Folder> {
    await ensureDir(path).catch((error) => {
      throw fileError("make folder", path, error);
    });
    return new Folder(path);
  }

  /**
   * Writes a file, in the place of one of the same name.
   *
   * @throws DigitFidError if it cannot be written
   */
  async save(name: string, content: Uint8Array | string): Promise<void> {
    await writeFileAtomic(join(this.path, name), content);
    this.files.push(name);
  }

  /** Writes a figure as SVG and as PNG. */
  async saveFigure({ name, svg }: Figure): Promise<void> {
    await this.save(`${name}.svg`, svg);
    await this.save(`${name}.png`, await toPng(svg));
  }
}
