/** What figures and report show of a network, measured once. */
import { type DigitMeans, digitMeans } from "../network/activations.ts";
import type { LabelledImages } from "../data/images.ts";
import { evaluate, type Evaluation } from "../training/evaluate.ts";
import type { EpochRecord } from "../training/record.ts";
import type { Mistake } from "../figures/worst_images.ts";
import type { Latents } from "../metrics/latents.ts";
import { type LatentNormality, normality } from "../metrics/normality.ts";
import { softmax } from "../metrics/numbers.ts";
import { type Arch, CLASSES } from "../model.ts";
import type { Network } from "../network/network.ts";
import { layerRows } from "./layer_rows.ts";

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
  /** How normal each latent is. */
  readonly normality: readonly LatentNormality[];
}

/** Tries a network on labelled images. */
export async function findOut(
  network: Network,
  images: LabelledImages,
  history: readonly EpochRecord[],
): Promise<Findings> {
  const [latents, logits] = await layerRows(network, images, ["latent", "logits"]);
  return {
    arch: network.arch,
    images,
    history,
    evaluation: await evaluate(network, images),
    mistakes: mistakesOf(logits, images.labels),
    digitMeans: await digitMeans(network, images),
    latents,
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
