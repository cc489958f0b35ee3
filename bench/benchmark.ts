/** All measurements, one after the other, so that none disturbs another. */
import { createNetwork } from "../lib/network/create.ts";
import { type LabelledImages, limit } from "../lib/data/images.ts";
import { evaluate } from "../lib/training/evaluate.ts";
import { openGpu } from "../lib/network/webgpu/gpu.ts";
import { type Arch, initialParameters } from "../lib/model.ts";
import type { Kernels } from "../lib/network/network.ts";
import { trainingOperations } from "./arithmetic.ts";
import { type KernelTime, kernelTimes } from "./kernel_times.ts";
import { median } from "../lib/metrics/numbers.ts";
import { scoringCommand, type Startup, startup, type TorchSpeed, torchSpeed } from "./processes.ts";
import { type ScoringTimes, scoringTimes } from "./scoring_times.ts";
import { type TrainingSpeed, trainingSpeed } from "./training_speed.ts";

const ARCH: Arch = "mlp";
const BATCH_SIZE = 256;

/** How much to measure. */
interface Extent {
  /** Images of an epoch, ascending; the last is compared with others. */
  readonly images: readonly number[];
  readonly batchSizes: readonly number[];
  /** Images of an epoch where batch sizes are compared. */
  readonly batchImages: number;
  readonly stockSteps: number;
  /** Repetitions to take the median of: epochs, and steps where kernels are timed. */
  readonly epochs: number;
  readonly steps: number;
  /** Real images and generated ones of each score. */
  readonly scores: readonly (readonly [real: number, fake: number])[];
}

/** Some ten minutes on two cores. */
const FULL: Extent = {
  images: [7500, 15000, 30000, 60000],
  batchSizes: [64, 128, 256, 512, 1024, 2048, 4096],
  batchImages: 16384,
  stockSteps: 5,
  epochs: 3,
  steps: 25,
  scores: [[10_000, 2_000], [10_000, 10_000], [60_000, 10_000]],
};

/** A minute: enough to see whether something broke. */
const QUICK: Extent = {
  images: [1000, 7500],
  batchSizes: [64, 4096],
  batchImages: 4096,
  stockSteps: 2,
  epochs: 1,
  steps: 5,
  scores: [[1_000, 1_000]],
};

/** What was measured, as `bench --json` prints it. */
export interface Benchmark {
  /** The GPU's name. */
  readonly adapter: string;
  /** The head of the network. */
  readonly arch: Arch;
  /** Floating-point operations of training on one image. */
  readonly operations_per_image: number;
  /** Our own kernels in WebAssembly, on all processors, on the most images. */
  readonly cpu: TrainingSpeed;
  /** How many times as fast as PyTorch that was in each pair of epochs, one after the other; empty without PyTorch. */
  readonly cpu_against_pytorch: readonly number[];
  /** Our own kernels in WGSL on the most images. */
  readonly fused: TrainingSpeed;
  /** tfjs's operations over a few steps. */
  readonly stock: TrainingSpeed;
  /** PyTorch on as many images, on all processors; null where `python3` has no `torch`. */
  readonly pytorch: TorchSpeed | null;
  /** A new process that trains an epoch of all the images by the CPU kernels. */
  readonly cpu_start: Startup;
  /** A new process whose shaders Mesa has in its cache, and which trains an epoch of all the images. */
  readonly start: Startup;
  /** A new process that finds no shader in Mesa's cache. */
  readonly cold_start: Startup;
  /** Time to evaluate the test images by the CPU kernels. */
  readonly cpu_evaluation: EvaluationTimes;
  /** Time to evaluate them by the WebGPU kernels. */
  readonly evaluation: EvaluationTimes;
  /** What scores take. */
  readonly scores: readonly ScoringTimes[];
  /** From the start of `fid` to its last line: the test images against the training images, in a new process. */
  readonly fid_command_seconds: number;
  /** Growth of the WebAssembly kernels' time with the number of images. */
  readonly cpu_by_images: readonly TrainingSpeed[];
  /** Growth of the WGSL kernels' time with the number of images. */
  readonly by_images: readonly TrainingSpeed[];
  /** Growth with the batch size. */
  readonly by_batch_size: readonly TrainingSpeed[];
  /** One step's kernels in order; null where the GPU keeps no time. */
  readonly kernels: readonly KernelTime[] | null;
}

/** Time to evaluate the test images, from bytes in memory to accuracy. */
export interface EvaluationTimes {
  /** How many there are. */
  readonly images: number;
  /** The first time in a process, which makes the shaders' pipelines. */
  readonly first_seconds: number;
  /** The median of later times. */
  readonly seconds: number;
}

/**
 * Measures everything on the GPU at hand.
 *
 * @param note told what is being measured
 */
export async function benchmark(
  train: LabelledImages,
  test: LabelledImages,
  { quick }: { quick: boolean },
  note: (line: string) => void,
): Promise<Benchmark> {
  const { images, batchSizes, batchImages, stockSteps, epochs, steps, scores: sizes } = quick ? QUICK : FULL;
  const { adapter } = await openGpu();
  const most = images[images.length - 1];
  const fused = { arch: ARCH, kernels: "webgpu", batchSize: BATCH_SIZE, epochs } as const;

  note("evaluation …");
  const cpu_evaluation = await evaluationTimes("cpu", test, epochs);
  const evaluation = await evaluationTimes("webgpu", test, epochs);
  note("CPU kernels, by number of images …");
  const cpu_by_images: TrainingSpeed[] = [];
  for (const count of images) {
    cpu_by_images.push(await trainingSpeed(limit(train, count), { ...fused, kernels: "cpu" }));
  }
  note("CPU kernels and PyTorch in turn …");
  const { cpu, pytorch, cpu_against_pytorch } = await comparison(limit(train, most), epochs);
  note("WebGPU kernels, by number of images …");
  const by_images: TrainingSpeed[] = [];
  for (const count of images) by_images.push(await trainingSpeed(limit(train, count), fused));
  note("WebGPU kernels, by batch size …");
  const by_batch_size: TrainingSpeed[] = [];
  for (const batchSize of batchSizes) {
    by_batch_size.push(await trainingSpeed(limit(train, batchImages), { ...fused, batchSize }));
  }
  note("each kernel …");
  const kernels = await kernelTimes(ARCH, train, BATCH_SIZE, steps);
  note("scores …");
  const scores: ScoringTimes[] = [];
  for (const [real, fake] of sizes) {
    const [one, other] = real > test.count ? [train, test] : [test, train];
    scores.push(await scoringTimes(limit(one, real), limit(other, fake), epochs));
  }
  note("new processes …");
  const fid_command_seconds = await scoringCommand();
  const cpu_start = await startup("cpu", most, BATCH_SIZE);
  const start = await startup("webgpu", most, BATCH_SIZE);
  const cold_start = await startup("webgpu", BATCH_SIZE, BATCH_SIZE, { shaderCache: false });
  note("tfjs kernels …");
  const stock = await trainingSpeed(limit(train, stockSteps * BATCH_SIZE), { ...fused, kernels: "stock" });

  return {
    adapter,
    arch: ARCH,
    operations_per_image: trainingOperations(ARCH),
    cpu,
    cpu_against_pytorch,
    fused: by_images[by_images.length - 1],
    stock,
    pytorch,
    cpu_start,
    start,
    cold_start,
    cpu_evaluation,
    evaluation,
    scores,
    fid_command_seconds,
    cpu_by_images,
    by_images,
    by_batch_size,
    kernels,
  };
}

/** Epochs by the CPU kernels and by PyTorch in turn, so that what else the machine does burdens both alike. */
async function comparison(images: LabelledImages, epochs: number) {
  const workload = { arch: ARCH, kernels: "cpu", batchSize: BATCH_SIZE, epochs: 1 } as const;
  const [ours, theirs]: [TrainingSpeed[], TorchSpeed[]] = [[], []];
  for (let i = 0; i < epochs; i++) {
    ours.push(await trainingSpeed(images, workload));
    const torch = await torchSpeed(ARCH, images.count, BATCH_SIZE, 1);
    if (torch) theirs.push(torch);
  }
  const middle = <Speed extends TrainingSpeed>(speeds: readonly Speed[]): Speed | null =>
    speeds.toSorted((a, b) => a.epoch_seconds - b.epoch_seconds)[Math.floor(speeds.length / 2)] ?? null;
  const cpu_against_pytorch = theirs.map(({ epoch_seconds }, i) => epoch_seconds / ours[i].epoch_seconds);
  return { cpu: middle(ours)!, pytorch: middle(theirs), cpu_against_pytorch };
}

async function evaluationTimes(kernels: Kernels, test: LabelledImages, repetitions: number): Promise<EvaluationTimes> {
  const network = await createNetwork(ARCH, kernels, initialParameters(ARCH, 0));
  const seconds: number[] = [];
  for (let i = 0; i <= repetitions; i++) {
    const began = performance.now();
    await evaluate(network, test);
    seconds.push((performance.now() - began) / 1000);
  }
  network.dispose();
  const [first, ...later] = seconds;
  return { images: test.count, first_seconds: first, seconds: median(later) };
}
