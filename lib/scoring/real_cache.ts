/** What the network makes of the real images, kept in a folder from run to run. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { checkedChunks, type ImageSource } from "../data/sources.ts";
import type { Warning } from "../data/warnings.ts";
import { type DigitFidError, FormatError } from "../errors.ts";
import { codeOf, fileError } from "../formats/file_error.ts";
import { describePath, readFile, writeFileAtomic } from "../formats/files.ts";
import { markUsed, removeOldest } from "../formats/kept_files.ts";
import { ensureDir, exists } from "../formats/paths.ts";
import { encodeSealed, parseSealed } from "../formats/sealed.ts";
import { floatTensor, type Tensor, toFloat32 } from "../formats/safetensors.ts";
import { DEFECTS } from "../metrics/embedding.ts";
import { CLASSES, LATENT_SIZE } from "../model.ts";
import type { LoadedNetwork } from "../network/load.ts";
import { moduleBytes } from "../wasm/module.ts";
import type { Embedding } from "./embedding.ts";
import { extractFeatures, MOST_KEPT, outputsOf, type ScoredSet } from "./features.ts";
import { Moments } from "../metrics/moments.ts";

/** Where features are kept. */
export interface FeatureCache {
  /** The folder, which is made if need be. It can be shared: files are moved into place whole, and checked when read. */
  readonly folder: string;
  /**
   * Most bytes of all files in it together, 256 MiB unless given: those that were not used for longest go, and with them
   * in time all that former versions and networks left. What was just written stays.
   */
  readonly most?: number;
  /** Is called, once at most, with the reason why the cache cannot be used. */
  readonly onUnused?: (reason: string) => void;
}

/** The network that computes the features. */
type Loaded = Pick<LoadedNetwork, "network" | "identity">;

/**
 * What the network makes of a set of images, from the cache if it is there, and kept there if it is not. The file is named
 * by a hash of all that it depends on, {@linkcode keyOf}. Only the CPU kernels, whose bits are the same on every machine,
 * use the cache. One that cannot be read or written changes no result.
 *
 * @throws DigitFidError as {@linkcode extractFeatures}
 */
export async function cachedFeatures(
  loaded: Loaded,
  source: ImageSource,
  embedding?: Embedding,
  cache?: FeatureCache,
): Promise<ScoredSet> {
  const extract = async () => await extractFeatures(loaded.network, source, embedding);
  const isKept = source.count >= 2 && source.count <= MOST_KEPT;
  if (cache === undefined || loaded.network.kernels !== "cpu" || !isKept) return await extract();
  const key = await keyOf(loaded, source, embedding);
  const path = join(cache.folder, `real-${key.slice(0, 32)}.safetensors`);
  const failures: DigitFidError[] = [];
  try {
    if (await exists(path)) {
      const set = decode(await readKept(path, source.count), path, key, source, embedding);
      await markUsed(path);
      return set;
    }
  } catch (error) {
    // A damaged file is made again, as is one that another process has removed meanwhile.
    const isMadeAgain = error instanceof FormatError || error instanceof SyntaxError || isGone(error);
    if (!isMadeAgain) failures.push(fileError("read", path, error));
  }
  const set = await extract();
  if (!inWriting.has(path)) {
    inWriting.add(path);
    try {
      await ensureDir(cache.folder);
      await writeFileAtomic(path, encode(set, key));
      await removeOldest(cache.folder, KEPT, cache.most ?? MOST_CACHED);
    } catch (error) {
      failures.push(fileError("write", path, error));
    } finally {
      inWriting.delete(path);
    }
  }
  if (failures.length > 0) cache.onUnused?.(failures[0].message);
  return set;
}

/** {@linkcode FeatureCache.most} unless given: 40 times MNIST's test images. */
const MOST_CACHED = 2 ** 28;

/** The names of files that are kept, and of what a process that was killed left of one. */
const KEPT = /^real-[0-9a-f]{32}\.safetensors(\.[0-9a-f]{8}\.tmp)?$/;

/** Whether a file, or the folder that it lay in, was there a moment ago. */
function isGone(error: unknown): boolean {
  return error instanceof Error &&
    [error, error.cause].some((each) => each instanceof Error && codeOf(each) === "ENOENT");
}

/** Files that are being written: two scorers of one process need not both write one. */
const inWriting = new Set<string>();

/** How features are written down. */
const FORMAT = "rows in the order of their keys";

/** Images that the network is tried on, to learn whether it still makes the same of them. */
const TRIED = 16;

/**
 * A hash of all that features depend on: the network, the digit distance's space, the kernels, every pixel, and how the
 * images were understood. Code has changes that none of these shows, so what it makes of the first images is hashed, too.
 *
 * @param kernels the module of the CPU kernels
 */
export async function keyOf(
  { network, identity }: Loaded,
  source: ImageSource,
  embedding?: Embedding,
  kernels: Uint8Array = moduleBytes(),
): Promise<string> {
  const hash = createHash("sha256").update(kernels);
  hash.update(FORMAT);
  const { name, count, description } = source;
  hash.update(JSON.stringify([identity.sha256, name, count, description]));
  if (embedding) hash.update(embedding.encode());
  let isFirst = true;
  for await (const { size, pixels, count } of checkedChunks(source)) {
    if (isFirst) {
      const few = { count: Math.min(count, TRIED), size, pixels: pixels.subarray(0, TRIED * size * size) };
      const { latents, logits, defects } = await outputsOf(network, few, name, 0, embedding);
      for (const data of [Float32Array.from(latents.data), logits, ...defects ? [defects] : []]) hash.update(data);
    }
    isFirst = false;
    hash.update(`${size} ${pixels.BYTES_PER_ELEMENT}`);
    hash.update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
  }
  return hash.digest("hex");
}

/** Most bytes of a file beside its numbers: names, shapes, warnings. */
const MOST_WORDS = 2 ** 20;

/** The whole file, if it can be one of ours by its length: what else lies there is not waited for, nor held in memory. */
async function readKept(path: string, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const { isFolder, size } = await describePath(path);
  const numbers = 4 * count * (LATENT_SIZE + CLASSES + DEFECTS + 1);
  if (!isFolder && (size === 0 || size > numbers + MOST_WORDS)) throw new FormatError(`${path}: not of these images`);
  return await readFile(path);
}

function encode({ features, embedded, warnings, sha256 }: ScoredSet, key: string): Uint8Array<ArrayBuffer> {
  if (features instanceof Moments) throw new RangeError("statistics are no features");
  const { latents: { count, data }, logits, order = [] } = features;
  const tensors = new Map<string, Tensor>([
    ["latents", floatTensor([count, LATENT_SIZE], Float32Array.from(data))],
    ["logits", floatTensor([count, CLASSES], logits)],
    ["order", floatTensor([count, 1], Float32Array.from(order))],
  ]);
  const defects = embedded?.outputs.defects;
  if (defects) tensors.set("defects", floatTensor([count, DEFECTS], defects));
  return encodeSealed(tensors, { key, warnings: JSON.stringify(warnings), ...(sha256 && { sha256 }) });
}

/** @throws FormatError if the bytes are those of anything else */
function decode(
  bytes: Uint8Array,
  path: string,
  key: string,
  { name, count, description, labels }: ImageSource,
  embedding?: Embedding,
): ScoredSet {
  const { tensors, metadata: { key: found, warnings, sha256 } } = parseSealed(bytes, path);
  if (found !== key) throw new FormatError(`${path}: features of other images`);
  const take = (tensor: string, width: number) => {
    const { dtype, shape } = tensors.get(tensor) ?? {};
    if (dtype !== "F32" || String(shape) !== `${count},${width}`) throw new FormatError(`${path}: no ${tensor} in it`);
    return toFloat32(tensors.get(tensor)!);
  };
  const latents = { count, width: LATENT_SIZE, data: take("latents", LATENT_SIZE) };
  const logits = take("logits", CLASSES), order = Uint32Array.from(take("order", 1));
  return {
    features: { latents, logits, order },
    name,
    warnings: JSON.parse(warnings) as Warning[],
    description,
    ...(sha256 && { sha256 }),
    ...(labels && { labels: Uint8Array.from(order, (image) => labels[image]) }),
    ...(embedding && { embedded: { embedding, outputs: { latents, logits, defects: take("defects", DEFECTS) } } }),
  };
}
