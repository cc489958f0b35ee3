/** What figures and report show of a network, measured once. */
import { type DigitMeans, DigitSums } from "../network/activations.ts";
import type { LabelledImages } from "../data/images.ts";
import { type Evaluation, evaluationOf } from "../training/evaluate.ts";
import type { EpochRecord } from "../training/record.ts";
import type { Mistake } from "../figures/worst_images.ts";
import type { Latents } from "../metrics/latents.ts";
import { type LatentNormality, normality } from "../metrics/normality.ts";
import { softmax } from "../metrics/numbers.ts";
import { type Arch, CLASSES } from "../model.ts";
import type { Network } from "../network/network.ts";
import { LayerRows, readOutputs } from "../network/outputs.ts";

/** What is found of a network. */
export interface Findings {
  /** Which head the network has. */
  readonly arch: Arch;
  /** The images it was tried on. */
  readonly images: LabelledImages;
  /** Metrics of its training; empty if they are not known. */
  readonly history: readonly EpochRecord[];
  /** How well it classifies. */
  readonly evaluation: Evaluation;
  /** The images it got wrong, the worst (by cross-entropy) first. */
  readonly mistakes: readonly Mistake[];
  /** Mean outputs of the pooling layers. */
  readonly digitMeans: readonly DigitMeans[];
  /** Latents of the images. */
  readonly latents: Latents;
  /** The same after the ReLU, as the head reads them. */
  readonly flatten: Latents;
  /** How normal each latent is. */
  readonly normality: readonly LatentNormality[];
}

/** Tries a network on labelled images, in one pass over them. */
export async function findOut(
  network: Network,
  images: LabelledImages,
  history: readonly EpochRecord[],
): Promise<Findings> {
  const kept = new LayerRows(network.arch, images.count, ["latent", "flatten", "logits"]);
  const sums = new DigitSums(network.arch, images.labels);
  await readOutputs(network, images, [kept, sums]);
  const [latents, flatten, logits] = kept.rows;
  return {
    arch: network.arch,
    images,
    history,
    evaluation: evaluationOf(logits, images.labels),
    mistakes: mistakesOf(logits, images.labels),
    digitMeans: sums.means(),
    latents,
    flatten,
    normality: normality(latents),
  };
}

function mistakesOf({ count, data }: Latents, labels: Uint8Array): Mistake[] {
  const judged = Array.from({ length: count }, (_, index) => {
    const probabilities = softmax(data.subarray(index * CLASSES, (index + 1) * CLASSES));
    const confidence = Math.max(...probabilities), actual = labels[index];
    return { index, actual, predicted: probabilities.indexOf(confidence), confidence, right: probabilities[actual] };
  });
  return judged.filter(({ actual, predicted }) => actual !== predicted).sort((a, b) => a.right - b.right);
}
