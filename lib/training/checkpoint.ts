/**
 * Checkpoints on disk, as safetensors: the weights by PyTorch's names, Adam's packed moments beside them, and the rest
 * as metadata.
 */
import { FormatError } from "../errors.ts";
import type { AdamState } from "../network/network.ts";
import type { EpochRecord } from "./record.ts";
import { tensorsFromWeights, type Weights, weightsFromTensors } from "../network/weights.ts";
import { readFile, writeFileAtomic } from "../formats/files.ts";
import { encodeSafetensors, floatTensor, parseSafetensors, type Tensor, toFloat32 } from "../formats/safetensors.ts";

/**
 * Where a run stands: all that training needs to go on as if never stopped. The random numbers have no state but the
 * seed and the step, as they come from a counter.
 */
export interface Checkpoint {
  /** Seed of the run. */
  readonly seed: number;
  /** The network's weights. */
  readonly weights: Weights;
  /** Adam's state. */
  readonly adam: AdamState;
  /** The epochs finished. */
  readonly history: readonly EpochRecord[];
}

/**
 * Reads a checkpoint.
 *
 * @throws FormatError if the file is no safetensors, or no checkpoint
 * @throws DigitFidError if it cannot be read
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const { tensors, metadata } = parseSafetensors(await readFile(path), path);
  const rest = new Map(tensors);
  const [first, second] = ["firstMoment", "secondMoment"].map((name) => {
    rest.delete(name);
    return tensors.get(name);
  });
  const weights = weightsFromTensors(rest, path);
  const { length } = weights.parameters;
  const [firstMoment, secondMoment] = [momentOf(first, length, path), momentOf(second, length, path)];
  const [seed, step] = [metadata.seed, metadata.step].map(Number);
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(step)) throw new FormatError(`${path}: no seed and step`);
  return { seed, weights, adam: { step, firstMoment, secondMoment }, history: historyOf(metadata.history, path) };
}

/**
 * Writes a checkpoint, replacing the file whole or not at all.
 *
 * @throws DigitFidError if the file cannot be written
 */
export async function writeCheckpoint(path: string, { seed, weights, adam, history }: Checkpoint): Promise<void> {
  const { step, firstMoment, secondMoment } = adam;
  const tensors = tensorsFromWeights(weights);
  tensors.set("firstMoment", floatTensor([firstMoment.length], firstMoment));
  tensors.set("secondMoment", floatTensor([secondMoment.length], secondMoment));
  const metadata = { seed: String(seed), step: String(step), history: JSON.stringify(history) };
  await writeFileAtomic(path, encodeSafetensors(tensors, metadata));
}

function momentOf(tensor: Tensor | undefined, length: number, path: string): Float32Array<ArrayBuffer> {
  if (tensor?.dtype === "F32" && tensor.shape.join() === String(length)) return toFloat32(tensor);
  throw new FormatError(`${path}: Adam's moments do not fit`);
}

function historyOf(text: string, path: string): EpochRecord[] {
  try {
    const history: unknown = JSON.parse(text);
    if (Array.isArray(history)) return history;
  } catch { /* falls through */ }
  throw new FormatError(`${path}: no history of epochs`);
}
