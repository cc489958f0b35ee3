/** All measurements, one after the other, so that none disturbs another. */
import { type LabelledImages, limit } from "../lib/data/images.ts";
import type { Arch } from "../lib/model.ts";
import { trainingOperations } from "./arithmetic.ts";
import { type EvaluationTimes, evaluationTimes } from "./evaluation_times.ts";
import { scoredImages, scoringCommand, type Startup, startup, type TorchSpeed, torchSpeed } from "./processes.ts";
import type { ScoredImages } from "./scored_process.ts";
import { type ScoringTimes, scoringTimes } from "./scoring_times.ts";
import { type TrainingSpeed, trainingSpeed } from "./training_speed.ts";
import { type WebGpuBenchmark, webgpuBenchmark, type WebGpuExtent } from "./webgpu.ts";

const ARCH: Arch = "mlp";

/** How much to measure. */
interface Extent extends WebGpuExtent {
  /** Real images and generated ones of each score. */
  readonly scores: readonly (readonly [real: number, fake: number])[];
  /** Images that are scored in processes of their own. */
  readonly scored: readonly number[];
}

/** Some fifteen minutes on two cores. */
const FULL: Extent = {
  images: [7500, 15000, 30000, 60000],
  batchSize: 256,
  batchSizes: [64, 128, 256, 512, 1024, 2048, 4096],
  batchImages: 16384,
  stockSteps: 5,
  epochs: 3,
  steps: 25,
  scores: [[10_000, 2_000], [10_000, 10_000], [60_000, 10_000]],
  scored: [10_000, 100_000, 250_000, 1_000_000],
};

/** A minute: enough to see whether something broke. */
const QUICK: Extent = {
  images: [1000, 7500],
  batchSize: 256,
  batchSizes: [64, 4096],
  batchImages: 4096,
  stockSteps: 2,
  epochs: 1,
  steps: 5,
  scores: [[1_000, 1_000]],
  scored: [1_000, 10_000],
};

/** What was measured, as `bench --json` prints it. */
export interface Benchmark extends WebGpuBenchmark {
  /** The head of the network. */
  readonly arch: Arch;
  /** Floating-point operations of training on one image. */
  readonly operations_per_image: number;
  /** Our own kernels in WebAssembly, on all processors, on the most images. */
  readonly cpu: TrainingSpeed;
  /** How many times as fast as PyTorch that was in each pair of epochs, one after the other; empty without PyTorch. */
  readonly cpu_against_pytorch: readonly number[];
  /** PyTorch on as many images, on all processors; null where `python3` has no `torch`. */
  readonly pytorch: TorchSpeed | null;
  /** A new process that trains an epoch of all the images by the CPU kernels. */
  readonly cpu_start: Startup;
  /** Time to evaluate the test images by the CPU kernels. */
  readonly cpu_evaluation: EvaluationTimes;
  /** What scores take. */
  readonly scores: readonly ScoringTimes[];
  /** Growth of what a score takes with the number of images, each in a new process. */
  readonly scored: readonly ScoredImages[];
  /** From the start of `fid` to its last line: the test images against the training images, in a new process. */
  readonly fid_command_seconds: number;
  /** Growth of the WebAssembly kernels' time with the number of images. */
  readonly cpu_by_images: readonly TrainingSpeed[];
}

/**
 * Measures everything on the machine at hand; where it has no WebGPU adapter, everything else.
 *
 * @param note told what is being measured
 */
export async function benchmark(
  train: LabelledImages,
  test: LabelledImages,
  { quick }: { quick: boolean },
  note: (line: string) => void,
): Promise<Benchmark> {
  const extent = quick ? QUICK : FULL, { images, batchSize, epochs } = extent;
  const most = images[images.length - 1];

  note("evaluation …");
  const cpu_evaluation = await evaluationTimes("cpu", ARCH, test, epochs);
  note("CPU kernels, by number of images …");
  const cpu_by_images: TrainingSpeed[] = [];
  for (const count of images) {
    cpu_by_images.push(await trainingSpeed(limit(train, count), { arch: ARCH, kernels: "cpu", batchSize, epochs }));
  }
  note("CPU kernels and PyTorch in turn …");
  const { cpu, pytorch, cpu_against_pytorch } = await comparison(limit(train, most), batchSize, epochs);
  note("scores …");
  const scores: ScoringTimes[] = [];
  for (const [real, fake] of extent.scores) {
    const [one, other] = real > test.count ? [train, test] : [test, train];
    scores.push(await scoringTimes(limit(one, real), limit(other, fake), epochs));
  }
  note("new processes …");
  const fid_command_seconds = await scoringCommand();
  const cpu_start = await startup("cpu", most, batchSize);
  const scored: ScoredImages[] = [];
  for (const count of extent.scored) {
    note(`${count} scored images …`);
    scored.push(await scoredImages(count));
  }
  const { openGpu } = await import("../lib/network/webgpu/gpu.ts");
  const webgpu = await webgpuBenchmark(openGpu, { train, test }, ARCH, extent, note);

  return {
    arch: ARCH,
    operations_per_image: trainingOperations(ARCH),
    ...{ cpu, cpu_against_pytorch, pytorch, cpu_start, cpu_evaluation },
    ...{ scores, scored, fid_command_seconds, cpu_by_images },
    ...webgpu,
  };
}

/** Epochs by the CPU kernels and by PyTorch in turn, so that what else the machine does burdens both alike. */
async function comparison(images: LabelledImages, batchSize: number, epochs: number) {
  const workload = { arch: ARCH, kernels: "cpu", batchSize, epochs: 1 } as const;
  const [ours, theirs]: [TrainingSpeed[], TorchSpeed[]] = [[], []];
  for (let i = 0; i < epochs; i++) {
    ours.push(await trainingSpeed(images, workload));
    const torch = await torchSpeed(ARCH, images.count, batchSize, 1);
    if (torch) theirs.push(torch);
  }
  const middle = <Speed extends TrainingSpeed>(speeds: readonly Speed[]): Speed | null =>
    speeds.toSorted((a, b) => a.epoch_seconds - b.epoch_seconds)[Math.floor(speeds.length / 2)] ?? null;
  const cpu_against_pytorch = theirs.map(({ epoch_seconds }, i) => epoch_seconds / ours[i].epoch_seconds);
  return { cpu: middle(ours)!, pytorch: middle(theirs), cpu_against_pytorch };
}
