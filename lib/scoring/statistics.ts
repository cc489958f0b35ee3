/**
 * Statistics of latents on disk, as safetensors: for each set of images `NAME.count`, `NAME.mean` and
 * `NAME.covariance` in float64, and as metadata the network that they come from.
 */
import type { Split } from "../data/mnist.ts";
import { DigitFidError, FormatError } from "../errors.ts";
import { decodeBase64 } from "../base64.ts";
import { readFile, writeFileAtomic, type WriteOptions } from "../formats/files.ts";
import { kindOf } from "../formats/kind.ts";
import { openBytes, readAll, readHead } from "../formats/stored_bytes.ts";
import { encodeSafetensors, floatTensor, parseSafetensors, type Tensor, toFloat64 } from "../formats/safetensors.ts";
import { Moments } from "../metrics/moments.ts";
import type { NetworkIdentity } from "../network/identity.ts";

/** Statistics of some sets of images under one network. */
export interface Statistics {
  /** The network that the latents are of. */
  readonly network: NetworkIdentity;
  /** Statistics by the name of the set, such as `train`. */
  readonly sets: ReadonlyMap<string, Moments>;
}

/**
 * Reads statistics, if the file says of itself that it holds some. It is opened once: what is looked at is what is read.
 *
 * @throws FormatError as {@linkcode readStatistics}
 * @throws DigitFidError if it cannot be read, or changes meanwhile
 */
export async function readIfStatistics(path: string): Promise<Statistics | undefined> {
  const bytes = await openBytes(path);
  const head = await readHead(bytes, 2 ** 16);
  const is = kindOf(head) === "safetensors" && /"__metadata__":\{[^}]*"sha256"/.test(new TextDecoder().decode(head));
  const whole = is ? await readAll(bytes) : undefined;
  await bytes.settle();
  return whole && parseStatistics(whole, path);
}

/**
 * Reads statistics.
 *
 * @throws FormatError if the file is no safetensors, or holds anything but statistics, or such as no images have
 * @throws DigitFidError if it cannot be read
 */
export async function readStatistics(path: string): Promise<Statistics> {
  return parseStatistics(await readFile(path), path);
}

/**
 * Statistics of MNIST under the reference network. They come with the code, so there is something to score against where
 * no images are.
 *
 * @param split the part of MNIST; both parts, `train` and `test`, unless given
 */
export async function referenceStatistics(split?: Split): Promise<Statistics> {
  const { default: text } = await import("../../weights/reference_statistics.ts");
  const { network, sets } = parseStatistics(decodeBase64(text), "statistics of the reference network");
  return { network, sets: new Map([...sets].filter(([name]) => split === undefined || name === split)) };
}

/**
 * Writes statistics, replacing the file whole or not at all. The same statistics give the same bytes.
 *
 * @param options whether a file that is there may be replaced
 * @throws DigitFidError if it cannot be written, or may not be replaced
 */
export async function writeStatistics(
  path: string,
  { network, sets }: Statistics,
  options: WriteOptions = {},
): Promise<void> {
  const tensors = new Map<string, Tensor>();
  for (const [name, moments] of sets) {
    const { width } = moments;
    tensors.set(`${name}.count`, floatTensor([], Float64Array.of(moments.count)));
    tensors.set(`${name}.mean`, floatTensor([width], moments.mean));
    tensors.set(`${name}.covariance`, floatTensor([width, width], moments.covariance()));
  }
  await writeFileAtomic(path, encodeSafetensors(tensors, { network: network.name, sha256: network.sha256 }), options);
}

function parseStatistics(bytes: Uint8Array, file: string): Statistics {
  const { tensors, metadata } = parseSafetensors(bytes, file);
  const { network: name, sha256 } = metadata;
  const names = new Set([...tensors.keys()].map((key) => key.slice(0, key.lastIndexOf("."))));
  if (name === undefined || sha256 === undefined || tensors.size !== 3 * names.size) {
    throw new FormatError(`${file}: expected statistics of latents, as this program saves them`);
  }
  const sets = new Map([...names].map((set) => [set, momentsOf(set, tensors, file)]));
  return { network: { name, sha256 }, sets };
}

function momentsOf(set: string, tensors: ReadonlyMap<string, Tensor>, file: string): Moments {
  const [count, mean, covariance] = ["count", "mean", "covariance"].map((part) => {
    const tensor = tensors.get(`${set}.${part}`);
    if (tensor?.dtype !== "F64") throw new FormatError(`${file}: expected ${set}.${part} in F64`);
    return toFloat64(tensor);
  });
  try {
    return Moments.from(count[0], mean, covariance);
  } catch (error) {
    throw error instanceof DigitFidError ? new FormatError(`${file}: ${set}: ${error.message}`) : error;
  }
}
