/** Keys of images by their pixels: what is told by them is the same in whatever order and chunks the images come. */
import { keyOf } from "../random.ts";
import type { Images } from "./images.ts";

/** The key of each image: 53 bits, of its pixels as they lie in memory, bytes or 32-bit floats. */
export function pixelKeys({ count, pixels }: Images): Float64Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = pixels.byteOffset % 4 === 0 ? pixels : pixels.slice();
  const words = new Uint32Array(buffer, byteOffset, byteLength / 4), each = words.length / count;
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) keys[i] = keyOf(words, i * each, (i + 1) * each);
  return keys;
}

/** Which images a score is of: SHA-256 of their keys, sorted. A browser can work it out, too. */
export class PixelHash {
  readonly #keys: Float64Array<ArrayBuffer>[] = [];

  /** Adds images. */
  add(images: Images): this {
    this.#keys.push(pixelKeys(images));
    return this;
  }

  /** The hash of all that were added, 64 hexadecimal digits; nothing where a page may hash nothing, as it is not secure. */
  async digest(): Promise<string | undefined> {
    if (!globalThis.crypto?.subtle) return undefined;
    const all = new Float64Array(await new Blob(this.#keys).arrayBuffer()).sort();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}
