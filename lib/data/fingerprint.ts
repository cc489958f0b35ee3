/** Which images they are, by a hash. */
import { createHash } from "node:crypto";
import type { Images, LabelledImages } from "./images.ts";

/** SHA-256 of the images' pixels, as they lie in memory, and of their labels after them: 64 hexadecimal digits. */
export function fingerprint({ pixels, labels }: LabelledImages): string {
  return createHash("sha256").update(bytesOf(pixels)).update(labels).digest("hex");
}

/** SHA-256 of the pixels of images that come chunk by chunk, however they are cut. */
export class PixelHash {
  readonly #hash = createHash("sha256");

  /** Adds images. */
  add({ pixels }: Images): this {
    this.#hash.update(bytesOf(pixels));
    return this;
  }

  /** The hash of all of them, 64 hexadecimal digits; nothing can be added afterwards. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}

/** SHA-256 of numbers, as they lie in memory, 64 hexadecimal digits. */
export function hashOf(...arrays: readonly ArrayBufferView<ArrayBuffer>[]): string {
  const hash = createHash("sha256");
  for (const array of arrays) hash.update(bytesOf(array));
  return hash.digest("hex");
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
