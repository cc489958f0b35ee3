/** How well a network classifies labelled images. */
import { checkLabelled, type LabelledImages } from "../data/images.ts";
import { DigitFidError } from "../errors.ts";
import type { Latents } from "../metrics/latents.ts";
import { CLASSES } from "../model.ts";
import type { Network } from "../network/network.ts";
import { layerRows } from "../network/outputs.ts";

/** What {@linkcode evaluate} finds. */
export interface Evaluation {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Share of images classified correctly, 0 … 1. */
  readonly accuracy: number;
  /** The same for the images of each digit; NaN for a digit of which there is none. */
  readonly digitAccuracy: readonly number[];
  /** `confusion[digit][predicted]`: number of images. */
  readonly confusion: readonly (readonly number[])[];
  /** The predicted digit of each image. */
  readonly predictions: Uint8Array<ArrayBuffer>;
}

/**
 * Classifies the images, dropout off. Logits are float32; what follows is float64.
 *
 * @throws DigitFidError if images are not what they promise, or a logit is NaN or infinite
 */
export async function evaluate(network: Network, images: LabelledImages): Promise<Evaluation> {
  checkLabelled(images, "images");
  const [logits] = await layerRows(network, images, ["logits"]);
  return evaluationOf(logits, images.labels);
}

/**
 * How well logits classify.
 *
 * @param logits N × 10
 * @param labels the right digit of each image
 * @throws DigitFidError if a logit is NaN or infinite
 */
export function evaluationOf({ count, data }: Latents, labels: Uint8Array): Evaluation {
  const predictions = new Uint8Array(count);
  const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  let lossSum = 0;
  for (let i = 0; i < count; i++) {
    const logits = data.subarray(i * CLASSES, (i + 1) * CLASSES);
    const bad = logits.find((logit) => !Number.isFinite(logit));
    if (bad !== undefined) {
      throw new DigitFidError(`the network gives ${bad} for image ${i}: its weights overflow, so take another network`);
    }
    predictions[i] = logits.indexOf(Math.max(...logits));
    confusion[labels[i]][predictions[i]]++;
    lossSum += crossEntropy(logits, labels[i]);
  }
  const digitAccuracy = confusion.map((row, digit) => row[digit] / row.reduce((a, b) => a + b));
  const correct = confusion.reduce((sum, row, digit) => sum + row[digit], 0);
  return { loss: lossSum / count, accuracy: correct / count, digitAccuracy, confusion, predictions };
}

/** -log softmax(logits)[label], shifted by the largest logit so that no exponential overflows. */
function crossEntropy(logits: Latents["data"], label: number): number {
  const largest = Math.max(...logits);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum) - logits[label];
}
