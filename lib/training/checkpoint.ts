/**
 * Checkpoints on disk, as safetensors: the weights by PyTorch's names, Adam's packed moments beside them, and the rest
 * as metadata.
 */
import { FormatError } from "../errors.ts";
import type { Arch } from "../model.ts";
import type { EpochRecord } from "./record.ts";
import type { TrainState } from "./state.ts";
import { tensorsFromWeights, weightsFromTensors } from "../network/weights.ts";
import { readFile, writeFileAtomic } from "../formats/files.ts";
import { encodeSafetensors, floatTensor, parseSafetensors, type Tensor, toFloat32 } from "../formats/safetensors.ts";

/** Where a run stands. */
export interface Checkpoint {
  /** Seed of the run. */
  readonly seed: number;
  /** Which head the network has. */
  readonly arch: Arch;
  /** Where its training stands. */
  readonly state: TrainState;
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
  const { arch, parameters } = weightsFromTensors(rest, path);
  const { length } = parameters;
  const [firstMoment, secondMoment] = [momentOf(first, length, path), momentOf(second, length, path)];
  const [seed, step, lossSum, seconds] = ["seed", "step", "lossSum", "seconds"].map((name) => {
    const value = Number(metadata[name] || NaN);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new FormatError(`${path}: expected a ${name}, found ${metadata[name] ?? "none"}`);
  });
  const history = historyOf(metadata.history, path);
  return { seed, arch, state: { step, firstMoment, secondMoment, parameters, history, lossSum, seconds } };
}

/**
 * Writes a checkpoint, replacing the file whole or not at all.
 *
 * @throws DigitFidError if the file cannot be written
 */
export async function writeCheckpoint(path: string, { seed, arch, state }: Checkpoint): Promise<void> {
  const { parameters, firstMoment, secondMoment, history, ...numbers } = state;
  const tensors = tensorsFromWeights({ arch, parameters });
  tensors.set("firstMoment", floatTensor([firstMoment.length], firstMoment));
  tensors.set("secondMoment", floatTensor([secondMoment.length], secondMoment));
  const texts = Object.entries({ seed, ...numbers }).map(([name, value]) => [name, String(value)]);
  const metadata = { ...Object.fromEntries(texts), history: JSON.stringify(history) };
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
