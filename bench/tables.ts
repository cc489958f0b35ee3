/** The measurements as text. */
import type { Benchmark } from "./benchmark.ts";
import type { KernelTime } from "./kernel_times.ts";
import type { ScoringTimes } from "./scoring_times.ts";
import type { TrainingSpeed } from "./training_speed.ts";

const NO_TORCH = "not measured, python3 has no torch";

/** Everything, in tables. */
export function tables(benchmark: Benchmark): string {
  const {
    arch,
    operations_per_image,
    cpu,
    cpu_against_pytorch,
    fused,
    stock,
    pytorch,
    cpu_by_images,
    by_images,
    by_batch_size,
    kernels,
    scores,
    fid_command_seconds,
  } = benchmark;
  const times = (other: TrainingSpeed) => (fused.images_per_second / other.images_per_second).toFixed(2);
  const compared = speedRows([cpu, fused, stock, ...(pytorch ? [pytorch] : [])]);
  const names = ["", "cpu", "webgpu", "stock", `PyTorch ${pytorch?.version}, ${pytorch?.threads} threads`];
  return [
    `Training ${arch}, ${(operations_per_image / 1e6).toFixed(2)} MFLOP an image`,
    alignColumns(compared.map((row, i) => [names[i], ...row])),
    `CPU kernels against WebGPU kernels: ${(cpu.images_per_second / fused.images_per_second).toFixed(2)} times as fast`,
    `CPU kernels against PyTorch, in turn: ${
      pytorch ? `${cpu_against_pytorch.map((ratio) => ratio.toFixed(2)).join(", ")} times as fast` : NO_TORCH
    }`,
    `WebGPU kernels against stock: ${times(stock)} times as fast`,
    `WebGPU kernels against PyTorch: ${pytorch ? `${times(pytorch)} times as fast` : NO_TORCH}`,
    "",
    "CPU kernels, by images an epoch",
    alignColumns(speedRows(cpu_by_images)),
    "",
    "WebGPU kernels, by images an epoch",
    alignColumns(speedRows(by_images)),
    "",
    "WebGPU kernels, by batch size",
    alignColumns(speedRows(by_batch_size)),
    "",
    startText(benchmark),
    "",
    `Scores by the CPU kernels; the whole command on 10,000 against 60,000 takes ${fid_command_seconds.toFixed(2)} s`,
    alignColumns(scoreRows(scores)),
    "",
    kernels ? kernelTable(kernels) : "No time for each kernel: the GPU offers no timestamp queries",
  ].join("\n");
}

function startText({ fused, cpu_start, start, cold_start, cpu_evaluation, evaluation }: Benchmark): string {
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  return [
    `First step of a new process: CPU kernels after ${seconds(cpu_start.first_step_seconds)}, WebGPU kernels after ` +
    `${seconds(start.first_step_seconds)}, or ${
      seconds(cold_start.first_step_seconds)
    } where Mesa's cache has no shaders`,
    `Peak resident memory over an epoch of ${fused.images} images: ${megabytes(cpu_start.peak_memory_bytes)} and ` +
    megabytes(start.peak_memory_bytes),
    `Evaluating ${evaluation.images} images: ${seconds(cpu_evaluation.first_seconds)}, then ` +
    `${seconds(cpu_evaluation.seconds)} by the CPU kernels; ${seconds(evaluation.first_seconds)}, then ` +
    `${seconds(evaluation.seconds)} by the WebGPU kernels`,
  ].join("\n");
}

function scoreRows(scores: readonly ScoringTimes[]): string[][] {
  return [
    ["real", "generated", "network s", "metrics s", "metrics again s"],
    ...scores.map((score) => [
      `${score.real_images}`,
      `${score.fake_images}`,
      score.network_seconds.toFixed(2),
      score.metrics_seconds.toFixed(2),
      score.again_seconds.toFixed(2),
    ]),
  ];
}

function speedRows(speeds: readonly TrainingSpeed[]): string[][] {
  return [
    ["batch", "images", "s an epoch", "CPU s", "images/s", "GFLOP/s"],
    ...speeds.map(({ batch_size, images, epoch_seconds, epoch_cpu_seconds, images_per_second, gflops }) => [
      `${batch_size}`,
      `${images}`,
      epoch_seconds.toFixed(2),
      epoch_cpu_seconds.toFixed(2),
      images_per_second.toFixed(0),
      gflops.toFixed(2),
    ]),
  ];
}

function kernelTable(kernels: readonly KernelTime[]): string {
  const sum = kernels.reduce((total, { milliseconds }) => total + milliseconds, 0);
  return alignColumns([
    ["kernel", "ms a step", "share", "GFLOP/s"],
    ...kernels.map(({ kernel, milliseconds, gflops }) => [
      kernel,
      milliseconds.toFixed(2),
      `${(100 * milliseconds / sum).toFixed(1)} %`,
      gflops?.toFixed(1) ?? "",
    ]),
    ["all", sum.toFixed(2), "", ""],
  ]);
}

/** The first column to the left, the others to the right. */
function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const align = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column] + 2);
  return rows.map((row) => row.map(align).join("")).join("\n");
}
