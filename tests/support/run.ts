/** A small training run to draw: real weights, and two lines of metrics. */

import { formatConfig, newRun, type RunSettings } from "../../lib/training/run.ts";

/** Every figure of a run, in order. */
export const FIGURES = [
  "digits",
  "samples",
  "training",
  "pool1",
  "pool2",
  "pool3",
  "confusion",
  "worst",
  "latents",
  "qq",
  "corruptions",
];

/** Settings of a run of five epochs. */
export const SETTINGS: RunSettings = {
  arch: "mlp",
  kernels: "stock",
  data: "data/mnist",
  transpose: false,
  images: 60000,
  imagesSha256: "ab".repeat(32),
  validationSha256: "cd".repeat(32),
  epochs: 5,
  batchSize: 256,
  learningRate: 1e-3,
  seed: 1,
  logEvery: 10,
  saveEvery: 1,
  program: "0.2.0",
};

/** Makes the folder of a run with the weights that PyTorch has after 200 steps. */
export async function writeRun(folder: string): Promise<void> {
  await Deno.mkdir(folder);
  await Deno.copyFile(
    new URL("../torch/torch-mlp-step200.safetensors", import.meta.url),
    `${folder}/model.safetensors`,
  );
  const metrics = "epoch,train_loss,val_loss,val_accuracy,seconds\n1,1.9,1.2,0.6,9\n2,1.1,0.75,0.76,9\n";
  await Deno.writeTextFile(`${folder}/metrics.csv`, metrics);
  await Deno.writeTextFile(`${folder}/config.json`, formatConfig(newRun(SETTINGS)));
}
