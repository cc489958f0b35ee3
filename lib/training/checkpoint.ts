/**
 * Checkpoints on disk, as safetensors: the weights by PyTorch's names, Adam's packed moments beside them, and the rest
 * as metadata, the run's settings included: one file is enough to resume. A hash of it all tells a flipped bit.
 */
import { FormatError } from "../errors.ts";
import { parameterCount } from "../model.ts";
import { tensorsFromWeights, weightsFromTensors } from "../network/weights.ts";
import { readFile, writeFileAtomic, type WriteOptions } from "../formats/files.ts";
import { floatTensor, parseSafetensors, type Tensor, toFloat32 } from "../formats/safetensors.ts";
import { encodeSealed, unseal } from "../formats/sealed.ts";
import { type EpochRecord, isRecord } from "./record.ts";
import { formatConfig, parseConfig, type RunConfig } from "./run.ts";
import { checkState, type TrainState } from "./state.ts";

/** Where a run stands. */
export interface Checkpoint {
  /** Its settings. */
  readonly config: RunConfig;
  /** Where its training stands. */
  readonly state: TrainState;
}

/**
 * Reads a checkpoint.
 *
 * @throws FormatError if the file is no safetensors, or no checkpoint, or its parts do not fit together
 * @throws DigitFidError if it cannot be read
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const parsed = parseSafetensors(await readFile(path), path);
  if (parsed.metadata.config === undefined) throw new FormatError(`${path}: not a checkpoint of a run of digit-fid`);
  const { tensors, metadata } = unseal(parsed, path);
  const config = parseConfig(metadata.config, path);
  const rest = new Map(tensors);
  const [first, second] = ["firstMoment", "secondMoment"].map((name) => {
    rest.delete(name);
    return tensors.get(name);
  });
  const { arch, parameters } = weightsFromTensors(rest, path);
  if (arch !== config.arch) throw new FormatError(`${path}: expected the ${config.arch} network, found ${arch}`);
  const { length } = parameters;
  const [firstMoment, secondMoment] = [momentOf(first, length, path), momentOf(second, length, path)];
  const [step, lossSum, seconds] = ["step", "lossSum", "seconds"].map((name) => Number(metadata[name] || NaN));
  const history = historyOf(metadata.history, path);
  const state = { step, firstMoment, secondMoment, parameters, history, lossSum, seconds };
  try {
    checkState(state, parameterCount(arch), Math.ceil(config.images / config.batchSize));
  } catch (error) {
    throw error instanceof Error ? new FormatError(`${path}: ${error.message}`) : error;
  }
  return { config, state };
}

/**
 * Writes a checkpoint, replacing the file whole or not at all.
 *
 * @throws DigitFidError if the file cannot be written
 */
export async function writeCheckpoint(
  path: string,
  { config, state }: Checkpoint,
  options: WriteOptions = {},
): Promise<void> {
  const { parameters, firstMoment, secondMoment, history, step, lossSum, seconds } = state;
  const tensors = tensorsFromWeights({ arch: config.arch, parameters });
  tensors.set("firstMoment", floatTensor([firstMoment.length], firstMoment));
  tensors.set("secondMoment", floatTensor([secondMoment.length], secondMoment));
  const metadata = {
    config: formatConfig(config),
    history: JSON.stringify(history),
    step: String(step),
    lossSum: String(lossSum),
    seconds: String(seconds),
  };
  await writeFileAtomic(path, encodeSealed(tensors, metadata), options);
}

function momentOf(tensor: Tensor | undefined, length: number, path: string): Float32Array<ArrayBuffer> {
  if (tensor?.dtype === "F32" && tensor.shape.join() === String(length)) return toFloat32(tensor);
  throw new FormatError(`${path}: Adam's moments do not fit`);
}

function historyOf(text: string, path: string): EpochRecord[] {
  try {
    const history: unknown = JSON.parse(text);
    if (Array.isArray(history) && history.every(isRecord)) return history;
  } catch { /* falls through */ }
  throw new FormatError(`${path}: expected a history of epochs`);
}
