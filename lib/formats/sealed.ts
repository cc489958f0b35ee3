/** Safetensors with a hash of their own content: what was cut short, or changed on its way, is noticed. */
import { createHash } from "node:crypto";
import { FormatError } from "../errors.ts";
import { encodeSafetensors, parseSafetensors, type Safetensors, type Tensor } from "./safetensors.ts";

/** Where the hash is among the metadata. */
const SEAL = "seal";

/** Writes tensors and metadata with a hash of both. The same content gives the same bytes. */
export function encodeSealed(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(tensors, { ...metadata, [SEAL]: sealOf(tensors, metadata) });
}

/**
 * Reads what {@linkcode encodeSealed} wrote.
 *
 * @param file what the bytes are called in messages
 * @throws FormatError if it is something else, or was damaged
 */
export function parseSealed(bytes: Uint8Array, file: string): Safetensors {
  return unseal(parseSafetensors(bytes, file), file);
}

/**
 * Takes the hash away, having looked at it: for a caller who can say better what a file is that has none.
 *
 * @throws FormatError if it is not that of the content
 */
export function unseal({ tensors, metadata: { [SEAL]: seal, ...metadata } }: Safetensors, file: string): Safetensors {
  if (seal !== sealOf(tensors, metadata)) throw new FormatError(`${file}: damaged, as its hash says`);
  return { tensors, metadata };
}

function sealOf(tensors: ReadonlyMap<string, Tensor>, metadata: Readonly<Record<string, string>>): string {
  const hash = createHash("sha256");
  const sorted = <Value>(entries: Iterable<[string, Value]>) => [...entries].sort(([a], [b]) => a < b ? -1 : 1);
  hash.update(JSON.stringify(sorted(Object.entries(metadata))));
  for (const [name, { dtype, shape, data }] of sorted(tensors)) {
    hash.update(JSON.stringify([name, dtype, shape])).update(data);
  }
  return hash.digest("hex");
}
