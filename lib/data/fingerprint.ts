/** Which images they are, by a hash. */
import { createHash } from "node:crypto";
import type { LabelledImages } from "./images.ts";

/** SHA-256 of the images' pixels, as they lie in memory, and of their labels after them: 64 hexadecimal digits. */
export function fingerprint({ pixels, labels }: LabelledImages): string {
  return createHash("sha256").update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)).update(labels)
    .digest("hex");
}
