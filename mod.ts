/**
 * Scores for generated digits, by the latents of a small classifier of MNIST.
 *
 * ```ts
 * import { score } from "@digit-fid/digit-fid";
 *
 * const generated = new Float32Array(100 * 28 * 28).fill(0.5); // 100 images of 28×28, 0 is black and 1 is white
 * const { fid, kid, precision, recall, network } = await score(generated);
 * console.log({ fid, kid, precision, recall, network });
 * ```
 *
 * Images are square, white on black, and 28×28 (these get a border of 2 pixels) or 32×32. What a person can act on is
 * thrown as a {@linkcode DigitFidError}, whose message is one line that says what to do.
 *
 * Beside this entry point there are `@digit-fid/digit-fid/metrics` (every metric on latents and logits of one's own; runs anywhere),
 * `@digit-fid/digit-fid/train` (the network and its training) and `digit-fid/formats` (IDX, NPY, PNG and safetensors).
 *
 * @module
 */

// From images to scores.
export { type CountOptions, type Score, score, type ScoreOptions } from "./lib/scoring/score.ts";
export type { AskedAndSeen, MetricName, Metrics } from "./lib/scoring/fields.ts";
export { Scorer, type ScorerOptions } from "./lib/scoring/scorer.ts";
export type { FeatureCache } from "./lib/scoring/real_cache.ts";
export type { StoredArray } from "./lib/formats/stored_array.ts";
export type { NpyData } from "./lib/formats/npy.ts";
export type { ImageSet, SetOptions } from "./lib/scoring/sets.ts";
export { type PixelArray, type PixelOptions, toImages } from "./lib/data/sources.ts";
export type { PixelRange } from "./lib/data/pixel_range.ts";
export { openImages } from "./lib/data/image_files.ts";
export type { Grid, ImageFileOptions } from "./lib/data/image_options.ts";
export { readLabels } from "./lib/data/labels.ts";
export type { Warning, WarningCode } from "./lib/data/warnings.ts";
export type { ImageSource } from "./lib/data/sources.ts";
export type { Images, LabelledImages } from "./lib/data/images.ts";
export { defaultDataDirectory, loadMnist, type Split } from "./lib/data/mnist.ts";
export type { Seeded } from "./lib/random.ts";

// The network that scores.
export { type LoadedNetwork, loadNetwork, type LoadOptions } from "./lib/network/load.ts";
export type { NetworkIdentity } from "./lib/network/identity.ts";
export type { Asked, LayerSums } from "./lib/network/layer_sums.ts";
export type { AdamState, DeviceImages, Kernels, Network, Trainer, TrainerOptions } from "./lib/network/network.ts";
export type { Arch } from "./lib/model.ts";

// Statistics, to score against without the images.
export { readStatistics, referenceStatistics, type Statistics, writeStatistics } from "./lib/scoring/statistics.ts";
export type { WriteOptions } from "./lib/formats/files.ts";
export { extractFeatures, type ScoredSet, statisticsOf } from "./lib/scoring/features.ts";
export type { Features, Whole } from "./lib/scoring/metrics.ts";
export { type EmbeddedSet } from "./lib/scoring/features.ts";
export { Embedding } from "./lib/scoring/embedding.ts";
export type { Outputs, Projection, View, ViewName } from "./lib/metrics/embedding.ts";
export type { Latents } from "./lib/metrics/latents.ts";
export type { MeanEmbedding } from "./lib/metrics/mean_embedding.ts";
export { Moments } from "./lib/metrics/moments.ts";

export { DigitFidError, FormatError, type Remedy, type RemedyOption } from "./lib/errors.ts";
