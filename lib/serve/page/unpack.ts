/** What the worker is given, unpacked. */
import type { LabelledImages } from "../../data/images.ts";
import { imagesFromIdx } from "../../data/mnist.ts";
import { parseSafetensors } from "../../formats/safetensors.ts";
import { parseIdx } from "../../idx.ts";
import type { IdentifiedWeights, NetworkIdentity } from "../../network/identity.ts";
import { weightsFromTensors } from "../../network/weights.ts";

/** The images in an IDX file packed with gzip, with their digits. */
export async function unpackImages(packed: ArrayBuffer, labels: string): Promise<LabelledImages> {
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(unpacked).arrayBuffer()), name = "the page's digits";
  return { ...imagesFromIdx(parseIdx(bytes, name), name), labels: Uint8Array.from(labels, Number) };
}

/** A network of weights from elsewhere. */
export function weightsOf(bytes: ArrayBuffer, identity: NetworkIdentity): IdentifiedWeights {
  const { tensors } = parseSafetensors(new Uint8Array(bytes), identity.name);
  return { ...weightsFromTensors(tensors, identity.name), identity };
}
