/** How well a network classifies labelled images. */
import { layerOutputs } from "../network/outputs.ts";
import type { LabelledImages } from "../data/images.ts";
import { CLASSES } from "../model.ts";
import type { Network } from "../network/network.ts";

/** What {@linkcode evaluate} finds. */
export interface Evaluation {
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** Share of images classified rightly, 0 … 1. */
  readonly accuracy: number;
  /** The same for the images of each digit; NaN for a digit of which there is none. */
  readonly digitAccuracy: readonly number[];
  /** `confusion[digit][predicted]`: number of images. */
  readonly confusion: readonly (readonly number[])[];
  /** The predicted digit of each image. */
  readonly predictions: Uint8Array<ArrayBuffer>;
}

/** Classifies the images, dropout off. Logits are float32 from the GPU; what follows is float64. */
export async function evaluate(network: Network, images: LabelledImages): Promise<Evaluation> {
  const { count, labels } = images;
  const predictions = new Uint8Array(count);
  const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  let lossSum = 0;
  for await (const batch of layerOutputs(network, images, ["logits"])) {
    for (let i = 0; i < batch.count; i++) {
      const logits = batch.outputs[0].subarray(i * CLASSES, (i + 1) * CLASSES);
      const label = labels[batch.start + i];
      const predicted = logits.indexOf(Math.max(...logits));
      predictions[batch.start + i] = predicted;
      confusion[label][predicted]++;
      lossSum += crossEntropy(logits, label);
    }
  }
  const digitAccuracy = confusion.map((row, digit) => row[digit] / row.reduce((a, b) => a + b));
  const correct = confusion.reduce((sum, row, digit) => sum + row[digit], 0);
  return { loss: lossSum / count, accuracy: correct / count, digitAccuracy, confusion, predictions };
}

/** -log softmax(logits)[label], shifted by the largest logit so that no exponential overflows. */
function crossEntropy(logits: Float32Array, label: number): number {
  const largest = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return largest + Math.log(sum) - logits[label];
}
