/** How fast the training loop is, as a user runs it. */
import process from "node:process";
import { createNetwork } from "../lib/network/create.ts";
import { type LabelledImages, limit } from "../lib/data/images.ts";
import { type Arch, initialParameters } from "../lib/model.ts";
import type { Kernels } from "../lib/network/network.ts";
import { train } from "../lib/train.ts";
import { trainingOperations } from "./arithmetic.ts";
import { median } from "../lib/metrics/numbers.ts";

/** What to train. */
export interface Workload {
  /** The head of the network. */
  readonly arch: Arch;
  /** What computes it. */
  readonly kernels: Kernels;
  /** Images a step. */
  readonly batchSize: number;
  /** Epochs to take the median of. */
  readonly epochs: number;
}

/** How fast it went; the fields are those of `bench --json`. */
export interface TrainingSpeed {
  /** Images an epoch. */
  readonly images: number;
  /** Images a step. */
  readonly batch_size: number;
  /** Median time of an epoch. */
  readonly epoch_seconds: number;
  /** Mean processor time of an epoch, all threads; it tells a busy machine from slow kernels. */
  readonly epoch_cpu_seconds: number;
  /** Images over that time. */
  readonly images_per_second: number;
  /** Arithmetic of convolutions and linear layers over that time, in 10⁹ floating-point operations a second. */
  readonly gflops: number;
}

/** Trains on the images, after one step that compiles the shaders. */
export async function trainingSpeed(images: LabelledImages, workload: Workload): Promise<TrainingSpeed> {
  const { arch, kernels, batchSize, epochs } = workload;
  const one = limit(images, 1);
  const options = { batchSize, learningRate: 1e-3, seed: 0, logEvery: epochs };
  const network = await createNetwork(arch, kernels, initialParameters(arch, 0));
  await train(network, limit(images, batchSize), one, { ...options, epochs: 1 });
  const cpuBefore = process.cpuUsage();
  const { state: { history } } = await train(network, images, one, { ...options, epochs });
  const { user, system } = process.cpuUsage(cpuBefore);
  network.dispose();

  const times = { seconds: median(history.map(({ seconds }) => seconds)), cpuSeconds: (user + system) / 1e6 / epochs };
  return speedOf(arch, images.count, batchSize, times);
}

/** What an epoch takes. */
export interface EpochTimes {
  /** Wall-clock time. */
  readonly seconds: number;
  /** Processor time of all threads. */
  readonly cpuSeconds: number;
}

/** The speed that an epoch's times stand for. */
export function speedOf(
  arch: Arch,
  images: number,
  batchSize: number,
  { seconds, cpuSeconds }: EpochTimes,
): TrainingSpeed {
  return {
    images,
    batch_size: batchSize,
    epoch_seconds: seconds,
    epoch_cpu_seconds: cpuSeconds,
    images_per_second: images / seconds,
    gflops: images * trainingOperations(arch) / seconds / 1e9,
  };
}
