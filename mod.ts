/**
 * Scores for generated digits, from a small classifier of MNIST on the GPU; and that classifier's training.
 *
 * Images in memory are scored against MNIST's test images, by the reference network, in five lines:
 *
 * ```ts
 * import { defaultDataDirectory, loadMnist, loadNetwork, scoreImages, toImages } from "./mod.ts";
 *
 * const generated = new Float32Array(100 * 28 * 28).fill(0.5); // 100 images of 28×28, 0 is black and 1 is white
 * const { network } = await loadNetwork();
 * const real = await loadMnist(defaultDataDirectory(), "test");
 * const { fid, kid, precision, recall } = await scoreImages(network, real, toImages(generated));
 * console.log({ fid, kid, precision, recall });
 * ```
 *
 * Images are square, white on black, and 28×28 (these get a border of 2 pixels) or 32×32. What a person can act on is
 * thrown as a {@linkcode DigitFidError}, whose message is one line that says what to do.
 *
 * @module
 */

// From images to scores.
export {
  type IdentifiedNetwork,
  type IdentifiedWeights,
  identifyWeights,
  loadNetwork,
  type NetworkIdentity,
  REFERENCE,
} from "./lib/network/reference.ts";
export { extractFeatures, type ScoredSet, scoreImages, scoreSets, statisticsOf } from "./lib/scoring/features.ts";
export {
  type ImageSource,
  type PixelArray,
  type PixelOptions,
  type PixelRange,
  sourceOf,
  toImages,
} from "./lib/data/sources.ts";
export { type ImageFileOptions, openImages } from "./lib/data/image_files.ts";
export { readStatistics, type Statistics, writeStatistics } from "./lib/scoring/statistics.ts";

// Metrics of latents and logits, from whatever network.
export { type Features, type Score, score } from "./lib/scoring/score.ts";
export { frechetDistance, frechetInfinity, frechetInterval, momentsOfParts } from "./lib/fid.ts";
export { type KernelDistance, kernelDistance } from "./lib/metrics/kid.ts";
export { type NeighbourScores, neighbourScores } from "./lib/metrics/neighbours.ts";
export { type ClassifierScores, classifierScores } from "./lib/metrics/classifier_score.ts";
export { type LatentNormality, normality } from "./lib/metrics/normality.ts";
export { type SlicedDistance, slicedWasserstein } from "./lib/metrics/sliced_wasserstein.ts";
export type { Latents } from "./lib/metrics/latents.ts";
export { Moments } from "./lib/metrics/moments.ts";
export type { Seeded } from "./lib/random.ts";

// The data set, the network and its training.
export type { Images, LabelledImages } from "./lib/data/images.ts";
export { defaultDataDirectory, loadMnist, type Split } from "./lib/data/mnist.ts";
export {
  type Arch,
  initialParameters,
  type Layer,
  layersOf,
  type Operation,
  type Parameter,
  parameterCount,
  parametersOf,
} from "./lib/model.ts";
export { createNetwork } from "./lib/network/create.ts";
export type { AdamState, DeviceImages, Kernels, Network, Trainer, TrainerOptions } from "./lib/network/network.ts";
export type { TrainOptions } from "./lib/training/options.ts";
export type { EpochRecord } from "./lib/training/record.ts";
export { type Progress, train, type TrainControl, type TrainResult } from "./lib/train.ts";
export type { TrainState } from "./lib/training/state.ts";
export { evaluate, type Evaluation } from "./lib/training/evaluate.ts";
export { layerOutputs, type OutputBatch } from "./lib/network/outputs.ts";
export { type GpuInfo, openGpu } from "./lib/network/webgpu/gpu.ts";
export { readWeights, writeWeights } from "./lib/network/weights_file.ts";
export type { Weights } from "./lib/network/weights.ts";
export {
  DigitFidError,
  type DigitFidErrorOptions,
  FormatError,
  type Remedy,
  type RemedyOption,
  UsageError,
} from "./lib/errors.ts";
