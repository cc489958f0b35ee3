/** The measurements that need a WebGPU adapter. */
import { type LabelledImages, limit } from "../lib/data/images.ts";
import type { Arch } from "../lib/model.ts";
import type { openGpu } from "../lib/network/webgpu/gpu.ts";
import { DigitFidError } from "../lib/errors.ts";
import { type EvaluationTimes, evaluationTimes } from "./evaluation_times.ts";
import type { KernelTime } from "./kernel_times.ts";
import { type Startup, startup } from "./processes.ts";
import { type TrainingSpeed, trainingSpeed } from "./training_speed.ts";

/** What was measured of the kernels that run on a GPU, as `bench --json` prints it: without an adapter nothing. */
export interface WebGpuBenchmark {
  /** The GPU's name. */
  readonly adapter: string | null;
  /** Why there is nothing else here; null where all was measured. */
  readonly webgpu_left_out: string | null;
  /** Our own kernels in WGSL on the most images. */
  readonly fused: TrainingSpeed | null;
  /** tfjs's operations over a few steps. */
  readonly stock: TrainingSpeed | null;
  /** A new process whose shaders Mesa has in its cache, and which trains an epoch of all the images. */
  readonly start: Startup | null;
  /** A new process that finds no shader in Mesa's cache. */
  readonly cold_start: Startup | null;
  /** Time to evaluate the test images. */
  readonly evaluation: EvaluationTimes | null;
  /** Growth of the WGSL kernels' time with the number of images. */
  readonly by_images: readonly TrainingSpeed[];
  /** Growth with the batch size. */
  readonly by_batch_size: readonly TrainingSpeed[];
  /** One step's kernels in order; null where the GPU keeps no time. */
  readonly kernels: readonly KernelTime[] | null;
}

/** How much to measure on a GPU. */
export interface WebGpuExtent {
  /** Images of an epoch, ascending; the last is compared with others. */
  readonly images: readonly number[];
  /** Images a step. */
  readonly batchSize: number;
  /** Other such numbers. */
  readonly batchSizes: readonly number[];
  /** Images of an epoch where batch sizes are compared. */
  readonly batchImages: number;
  /** Steps by tfjs's operations. */
  readonly stockSteps: number;
  /** Epochs to take the median of. */
  readonly epochs: number;
  /** Steps to take the median of where kernels are timed. */
  readonly steps: number;
}

/**
 * Measures all of it, or says why it cannot.
 *
 * @param open finds the GPU
 * @param note told what is being measured
 */
export async function webgpuBenchmark(
  open: typeof openGpu,
  { train, test }: { readonly train: LabelledImages; readonly test: LabelledImages },
  arch: Arch,
  { images, batchSize, batchSizes, batchImages, stockSteps, epochs, steps }: WebGpuExtent,
  note: (line: string) => void,
): Promise<WebGpuBenchmark> {
  const gpu = await open().catch((error: unknown) => {
    if (error instanceof DigitFidError) return error;
    throw error;
  });
  if (gpu instanceof DigitFidError) {
    note(leftOut(gpu.message));
    return { ...NOTHING, webgpu_left_out: gpu.message };
  }
  const workload = { arch, kernels: "webgpu", batchSize, epochs } as const;
  note(`evaluation, ${gpu.description} …`);
  const evaluation = await evaluationTimes("webgpu", arch, test, epochs);
  note("WebGPU kernels, by number of images …");
  const by_images: TrainingSpeed[] = [];
  for (const count of images) by_images.push(await trainingSpeed(limit(train, count), workload));
  note("WebGPU kernels, by batch size …");
  const by_batch_size: TrainingSpeed[] = [];
  for (const batchSize of batchSizes) {
    by_batch_size.push(await trainingSpeed(limit(train, batchImages), { ...workload, batchSize }));
  }
  note("each kernel …");
  const { kernelTimes } = await import("./kernel_times.ts");
  const kernels = await kernelTimes(arch, train, batchSize, steps);
  note("new processes with WebGPU …");
  const start = await startup("webgpu", images[images.length - 1], batchSize);
  const cold_start = await startup("webgpu", batchSize, batchSize, { shaderCache: false });
  note("tfjs kernels …");
  const stock = await trainingSpeed(limit(train, stockSteps * batchSize), { ...workload, kernels: "stock" });
  const [adapter, fused] = [gpu.adapter, by_images[by_images.length - 1]];
  return {
    ...{ adapter, webgpu_left_out: null, fused, stock, start, cold_start, evaluation },
    ...{ by_images, by_batch_size, kernels },
  };
}

/** Where there is no GPU. */
const NOTHING: WebGpuBenchmark = {
  adapter: null,
  webgpu_left_out: null,
  fused: null,
  stock: null,
  start: null,
  cold_start: null,
  evaluation: null,
  by_images: [],
  by_batch_size: [],
  kernels: null,
};

/** That the WebGPU rows are missing, and why. */
export function leftOut(reason: string): string {
  return `The rows of the WebGPU kernels and of tfjs are left out: ${reason}`;
}
