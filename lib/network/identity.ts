/** Which network a number comes from: scores by different networks do not compare. */
import type { Weights } from "./weights.ts";

/** Which weights they are, so that it is known whether two scores compare. */
export interface NetworkIdentity {
  /** The reference network's name and version, or the name of the file. */
  readonly name: string;
  /** SHA-256 of the file, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** Weights, and which they are. */
export interface IdentifiedWeights extends Weights {
  /** Which weights they are. */
  readonly identity: NetworkIdentity;
}

/** SHA-256 of the bytes of a file, in hexadecimal digits. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
