/** How well a network classifies labelled images. */
import { checkLabelled, type LabelledImages } from "../data/images.ts";
import { DigitFidError } from "../errors.ts";
import { exp, log } from "../metrics/elementary.ts";
import { firstNotFinite, type Latents } from "../metrics/latents.ts";
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
  const bad = firstNotFinite(data);
  if (bad >= 0) {
    const image = Math.floor(bad / CLASSES);
    throw new DigitFidError(
      `the network gives ${data[bad]} for image ${image}: its weights overflow, so take another network`,
    );
  }
  const predictions = new Uint8Array(count);
  const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  let lossSum = 0;
  for (let i = 0; i < count; i++) {
    const first = i * CLASSES, predicted = predictions[i] = largestOf(data, first);
    confusion[labels[i]][predicted]++;
    // −log softmax(logits)[label], shifted by the largest logit so that no exponential overflows
    const largest = data[first + predicted];
    let sum = 0;
    for (let k = 0; k < CLASSES; k++) sum += exp(data[first + k] - largest);
    lossSum += largest + log(sum) - data[first + labels[i]];
  }
  const digitAccuracy = confusion.map((row, digit) => row[digit] / row.reduce((a, b) => a + b));
  const correct = confusion.reduce((sum, row, digit) => sum + row[digit], 0);
  return { loss: lossSum / count, accuracy: correct / count, digitAccuracy, confusion, predictions };
}

/** Which of an image's logits is the largest, the first of several. */
function largestOf(logits: Latents["data"], first: number): number {
  let largest = 0;
  for (let k = 1; k < CLASSES; k++) if (logits[first + k] > logits[first + largest]) largest = k;
  return largest;
}
