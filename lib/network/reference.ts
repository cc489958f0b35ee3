/** The reference network, by which the scores of different people compare. It comes with the code, as modules. */
import { REFERENCE, REFERENCE_SHA256 } from "../../weights/reference.ts";
import { decodeBase64 } from "../base64.ts";
import { parseSafetensors } from "../formats/safetensors.ts";
import type { IdentifiedWeights, NetworkIdentity } from "./identity.ts";
import { weightsFromTensors } from "./weights.ts";

export { REFERENCE };

/** Which weights the reference network has. */
export const REFERENCE_IDENTITY: NetworkIdentity = { name: REFERENCE, sha256: REFERENCE_SHA256 };

/** The reference network's weights. */
export async function referenceWeights(): Promise<IdentifiedWeights> {
  const { default: text } = await import("../../weights/reference_weights.ts");
  const { tensors } = parseSafetensors(decodeBase64(text), REFERENCE);
  return { ...weightsFromTensors(tensors, REFERENCE), identity: REFERENCE_IDENTITY };
}
