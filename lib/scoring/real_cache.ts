/** What the network makes of the real images, kept in a folder from run to run. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { checkedChunks, type ImageSource } from "../data/sources.ts";
import type { Warning } from "../data/warnings.ts";
import { type DigitFidError, FormatError } from "../errors.ts";
import { fileError } from "../formats/file_error.ts";
import { readFile, writeFileAtomic } from "../formats/files.ts";
import { ensureDir, exists } from "../formats/paths.ts";
import { encodeSealed, parseSealed } from "../formats/sealed.ts";
import { floatTensor, type Tensor, toFloat32 } from "../formats/safetensors.ts";
import { LATENT_SIZE } from "../model.ts";
import type { LoadedNetwork } from "../network/load.ts";
import { moduleBytes } from "../wasm/module.ts";
import type { Embedding } from "./embedding.ts";
import { extractFeatures, MOST_KEPT, type ScoredSet } from "./features.ts";
import { Moments } from "../metrics/moments.ts";

/** Where features are kept. */
export interface FeatureCache {
  /** The folder, which is made if need be. It can be shared: files are moved into place whole, and checked when read. */
  readonly folder: string;
  /** Is called, once at most, with the reason why the cache cannot be used. */
  readonly onUnused?: (reason: string) => void;
}

/**
 * What the network makes of a set of images, from the cache if it is there, and kept there if it is not. The file is named
 * by a hash of all that it depends on: network, kernels, and every pixel. Only the CPU kernels, whose bits are
 * the same on every machine, use the cache. One that cannot be read or written changes no result.
 *
 * @throws DigitFidError as {@linkcode extractFeatures}
 */
export async function cachedFeatures(
  { network, identity }: Pick<LoadedNetwork, "network" | "identity">,
  source: ImageSource,
  embedding?: Embedding,
  cache?: FeatureCache,
): Promise<ScoredSet> {
  if (cache === undefined || network.kernels !== "cpu" || source.count > MOST_KEPT) {
    return await extractFeatures(network, source, embedding);
  }
  const key = await keyOf(identity.sha256, source, embedding);
  const path = join(cache.folder, `real-${key.slice(0, 32)}.safetensors`);
  const failures: DigitFidError[] = [];
  try {
    if (await exists(path)) return decode(await readFile(path), path, key, source, embedding);
  } catch (error) {
    if (!(error instanceof FormatError)) failures.push(fileError("read", path, error)); // a damaged file is made again
  }
  const set = await extractFeatures(network, source, embedding);
  if (!inWriting.has(path)) {
    inWriting.add(path);
    try {
      await ensureDir(cache.folder);
      await writeFileAtomic(path, encode(set, key));
    } catch (error) {
      failures.push(fileError("write", path, error));
    } finally {
      inWriting.delete(path);
    }
  }
  if (failures.length > 0) cache.onUnused?.(failures[0].message);
  return set;
}

/** Files that are being written: two scorers of one process need not both write one. */
const inWriting = new Set<string>();

/** A hash of all that features depend on. */
async function keyOf(network: string, source: ImageSource, embedding?: Embedding): Promise<string> {
  const hash = createHash("sha256").update(moduleBytes());
  const { name, count, description } = source;
  hash.update(JSON.stringify([network, name, count, description]));
  if (embedding) hash.update(embedding.encode());
  for await (const { size, pixels } of checkedChunks(source)) {
    hash.update(`${size} ${pixels.BYTES_PER_ELEMENT}`);
    hash.update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
  }
  return hash.digest("hex");
}

function encode({ features, embedded, warnings, sha256 }: ScoredSet, key: string): Uint8Array<ArrayBuffer> {
  if (features instanceof Moments) throw new RangeError("statistics are no features");
  const { latents: { count, data }, logits } = features;
  const tensors = new Map<string, Tensor>([
    ["latents", floatTensor([count, LATENT_SIZE], Float32Array.from(data))],
    ["logits", floatTensor([count, logits.length / count], logits)],
  ]);
  const defects = embedded?.outputs.defects;
  if (defects) tensors.set("defects", floatTensor([count, defects.length / count], defects));
  return encodeSealed(tensors, { key, warnings: JSON.stringify(warnings), ...(sha256 && { sha256 }) });
}

/** @throws FormatError if the bytes are those of anything else */
function decode(
  bytes: Uint8Array,
  path: string,
  key: string,
  { count, description, labels }: ImageSource,
  embedding?: Embedding,
): ScoredSet {
  const { tensors, metadata } = parseSealed(bytes, path);
  if (metadata.key !== key) throw new FormatError(`${path}: features of other images`);
  const [data, logits] = ["latents", "logits"].map((name) => toFloat32(tensors.get(name)!));
  const features = { latents: { count, width: LATENT_SIZE, data }, logits };
  return {
    features,
    warnings: JSON.parse(metadata.warnings) as Warning[],
    description,
    ...(metadata.sha256 && { sha256: metadata.sha256 }),
    ...(labels && { labels }),
    ...(embedding && {
      embedded: { embedding, outputs: { ...features, defects: toFloat32(tensors.get("defects")!) } },
    }),
  };
}
