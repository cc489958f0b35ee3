/** The digits that were asked for against those that are seen. */
import { Moments } from "../metrics/moments.ts";
import { CLASSES } from "../model.ts";
import { type Evaluation, evaluationOf } from "../training/evaluate.ts";
import type { AskedAndSeen } from "./fields.ts";
import type { Features } from "./metrics.ts";

/** A set whose images may have classes. */
interface Labelled {
  readonly features: Features | Moments;
  readonly labels?: Uint8Array;
}

/** What was asked for against what the network sees: `confusion[asked][seen]`; undefined without labels or logits. */
export function askedAgainstSeen({ features, labels }: Labelled): Evaluation | undefined {
  if (features instanceof Moments || labels === undefined) return undefined;
  const { latents: { count }, logits } = features;
  return evaluationOf({ count, width: CLASSES, data: Float32Array.from(logits) }, labels);
}

/** The same, as far as it belongs to a score. */
export function askedOf(set: Labelled): AskedAndSeen | undefined {
  const seen = askedAgainstSeen(set);
  return seen && { accuracy: seen.accuracy, loss: seen.loss, confusion: seen.confusion };
}
