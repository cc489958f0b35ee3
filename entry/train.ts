/**
 * The network and its training.
 *
 * ```ts
 * import { createNetwork, defaultDataDirectory, initialParameters, loadMnist, train } from "@digit-fid/digit-fid/train";
 *
 * const images = await loadMnist(defaultDataDirectory(), "test"); // "train" has six times as many
 * const validation = images;
 * using network = await createNetwork("mlp", "cpu", initialParameters("mlp", 0));
 * const options = { epochs: 1, batchSize: 256, learningRate: 1e-3, seed: 0, logEvery: 1 };
 * const { state } = await train(network, images, validation, options);
 * console.log(state.history);
 * ```
 *
 * @module
 */
export { type Progress, train, type TrainControl, type TrainResult } from "../lib/train.ts";
export type { TrainOptions } from "../lib/training/options.ts";
export type { EpochRecord } from "../lib/training/record.ts";
export type { TrainState } from "../lib/training/state.ts";
export { evaluate, type Evaluation } from "../lib/training/evaluate.ts";
export { DivergenceError } from "../lib/training/divergence.ts";
export {
  type Arch,
  initialParameters,
  type Layer,
  layersOf,
  type Operation,
  type Parameter,
  parameterCount,
  parametersOf,
} from "../lib/model.ts";
export { createNetwork, type NetworkOptions } from "../lib/network/create.ts";
export type { AdamState, DeviceImages, Kernels, Network, Trainer, TrainerOptions } from "../lib/network/network.ts";
export type { Asked, LayerSums } from "../lib/network/layer_sums.ts";
export { layerOutputs, type OutputBatch } from "../lib/network/outputs.ts";
export { readWeights, writeWeights } from "../lib/network/weights_file.ts";
export type { WriteOptions } from "../lib/formats/files.ts";
export type { Weights } from "../lib/network/weights.ts";
export type { Images, LabelledImages } from "../lib/data/images.ts";
export { defaultDataDirectory, loadMnist, type Split } from "../lib/data/mnist.ts";
export { DigitFidError, type DigitFidErrorOptions, type Remedy, type RemedyOption } from "../lib/errors.ts";
