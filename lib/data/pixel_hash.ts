/** Which images a score is of, by a hash that a browser can work out too, whatever chunks the images come in. */
import type { Images } from "./images.ts";

/** Bytes that are hashed at a time. */
const BLOCK = 2 ** 20;

/**
 * SHA-256 of the SHA-256 of each whole or last MiB, one after the other, of the pixels as they lie in memory: bytes, or
 * 32-bit floats for images that are none.
 */
export class PixelHash {
  #block = new Uint8Array(BLOCK);
  #used = 0;
  readonly #hashes: Promise<ArrayBuffer>[] = [];

  /** Adds images. */
  add({ pixels }: Pick<Images, "pixels">): this {
    return this.addBytes(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
  }

  /** Adds bytes. */
  addBytes(bytes: Uint8Array<ArrayBuffer>): this {
    for (let start = 0; start < bytes.length;) {
      const some = bytes.subarray(start, start + BLOCK - this.#used);
      this.#block.set(some, this.#used);
      this.#used += some.length;
      start += some.length;
      if (this.#used === BLOCK) this.#close();
    }
    return this;
  }

  /** The hash of all that was added, 64 hexadecimal digits; nothing where a page may hash nothing, as it is not secure. */
  async digest(): Promise<string | undefined> {
    if (!globalThis.crypto?.subtle) return undefined;
    if (this.#used > 0) this.#close();
    const hashes = await Promise.all(this.#hashes);
    const all = new Uint8Array(await new Blob(hashes).arrayBuffer());
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  #close(): void {
    const block = this.#block.slice(0, this.#used);
    if (globalThis.crypto?.subtle) this.#hashes.push(crypto.subtle.digest("SHA-256", block));
    this.#used = 0;
  }
}
