/** Network weights on disk, as safetensors that PyTorch's `load_state_dict` takes. */
import { tensorsFromWeights, type Weights, weightsFromTensors } from "./weights.ts";
import { readFile, writeFileAtomic, type WriteOptions } from "../formats/files.ts";
import { encodeSafetensors, parseSafetensors } from "../formats/safetensors.ts";

/**
 * Reads the weights of a network, our own or PyTorch's.
 *
 * @throws SafetensorsError if the file breaks the rules of safetensors
 * @throws FormatError if its tensors are not those of a network
 * @throws DigitFidError if the file cannot be read
 */
export async function readWeights(path: string): Promise<Weights> {
  return weightsFromTensors(parseSafetensors(await readFile(path), path).tensors, path);
}

/**
 * Writes the weights of a network, replacing the file whole or not at all.
 *
 * @param metadata notes to keep in the file
 * @param options whether a file that is there may be replaced
 * @throws DigitFidError if the file cannot be written, or may not be replaced
 */
export async function writeWeights(
  path: string,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
  options: WriteOptions = {},
): Promise<void> {
  // PyTorch's own readers look for this note.
  await writeFileAtomic(path, encodeSafetensors(tensorsFromWeights(weights), { format: "pt", ...metadata }), options);
}
