/** NPZ, NumPy's archive of arrays: a ZIP of NPY files. */
import { FormatError } from "../errors.ts";
import { parseNpyHeader } from "./npy.ts";
import { openNpy, type StoredArray } from "./stored_array.ts";
import { bytesInMemory } from "./stored_bytes.ts";
import type { ZipEntry } from "./zip.ts";

/** An array in an archive, not unpacked yet. */
export interface NpzArray {
  /** Its name, such as `arr_0`. */
  readonly name: string;
  /** Sizes of its dimensions; undefined if it is no array of numbers. */
  readonly shape: readonly number[] | undefined;
  /**
   * Unpacks it, no further than its header promises.
   *
   * @throws FormatError if it is damaged, or no array of numbers
   */
  open(): Promise<StoredArray>;
}

/** The arrays of an archive, or none if it is another one. */
export async function npzArrays(entries: readonly ZipEntry[], archive: string): Promise<NpzArray[]> {
  const arrays = entries.filter(({ name }) => name.endsWith(".npy") && !name.includes("__MACOSX/"));
  return await Promise.all(arrays.map(async (entry) => {
    const name = entry.name.slice(0, -".npy".length), where = `${archive}#${name}`;
    const head = await entry.readHead();
    const open = async () => {
      const { end } = parseNpyHeader(head, where);
      if (end !== entry.size) throw new FormatError(`${where}: expected ${end} bytes, found ${entry.size}`);
      return await openNpy(bytesInMemory(await entry.read(), where));
    };
    return { name, shape: shapeOf(head), open };
  }));
}

function shapeOf(head: Uint8Array): readonly number[] | undefined {
  try {
    return parseNpyHeader(head, "").shape;
  } catch {
    return undefined;
  }
}
