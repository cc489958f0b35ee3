/** The measurements as text. */
import type { Benchmark } from "./benchmark.ts";
import type { EvaluationTimes } from "./evaluation_times.ts";
import type { KernelTime } from "./kernel_times.ts";
import type { ScoredImages } from "./scored_process.ts";
import type { ScoringTimes } from "./scoring_times.ts";
import type { TrainingSpeed } from "./training_speed.ts";
import { leftOut } from "./webgpu.ts";

const NO_TORCH = "not measured, python3 has no torch";

/** Everything, in tables. */
export function tables(benchmark: Benchmark): string {
  const { arch, operations_per_image, cpu, cpu_against_pytorch, pytorch, cpu_by_images, scores, scored } = benchmark;
  const { fused, stock } = benchmark;
  const named: [string, TrainingSpeed | null][] = [
    ["cpu", cpu],
    ["webgpu", fused],
    ["stock", stock],
    [`PyTorch ${pytorch?.version}, ${pytorch?.threads} threads`, pytorch],
  ];
  const measured = named.flatMap(([name, speed]) => speed ? [{ name, speed }] : []);
  const [titles, ...rows] = speedRows(measured.map(({ speed }) => speed));
  return [
    `Training ${arch}, ${(operations_per_image / 1e6).toFixed(2)} MFLOP an image`,
    alignColumns([["", ...titles], ...rows.map((row, i) => [measured[i].name, ...row])]),
    ...ratioLines(benchmark),
    `CPU kernels against PyTorch, in turn: ${
      pytorch ? `${cpu_against_pytorch.map((ratio) => ratio.toFixed(2)).join(", ")} times as fast` : NO_TORCH
    }`,
    "",
    "CPU kernels, by images an epoch",
    alignColumns(speedRows(cpu_by_images)),
    "",
    startText(benchmark),
    "",
    "Scores by the CPU kernels; the whole command on 10,000 against 60,000 takes " +
    `${benchmark.fid_command_seconds.toFixed(2)} s`,
    alignColumns(scoreRows(scores)),
    "",
    "Scored images, each number in a new process",
    alignColumns(scoredRows(scored)),
    "",
    ...webgpuTables(benchmark),
  ].join("\n");
}

function ratioLines({ cpu, fused, stock, pytorch }: Benchmark): string[] {
  const ratio = (one: TrainingSpeed, other: TrainingSpeed) =>
    `${(one.images_per_second / other.images_per_second).toFixed(2)} times as fast`;
  if (!fused || !stock) return [];
  return [
    `CPU kernels against WebGPU kernels: ${ratio(cpu, fused)}`,
    `WebGPU kernels against stock: ${ratio(fused, stock)}`,
    `WebGPU kernels against PyTorch: ${pytorch ? ratio(fused, pytorch) : NO_TORCH}`,
  ];
}

function webgpuTables({ webgpu_left_out, by_images, by_batch_size, kernels }: Benchmark): string[] {
  if (webgpu_left_out !== null) return [leftOut(webgpu_left_out)];
  return [
    "WebGPU kernels, by images an epoch",
    alignColumns(speedRows(by_images)),
    "",
    "WebGPU kernels, by batch size",
    alignColumns(speedRows(by_batch_size)),
    "",
    kernels ? kernelTable(kernels) : "No time for each kernel: the GPU offers no timestamp queries",
  ];
}

function startText({ cpu, cpu_start, start, cold_start, cpu_evaluation, evaluation }: Benchmark): string {
  const seconds = (value: number) => `${value.toFixed(2)} s`;
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  const evaluated = ({ first_seconds, seconds: later }: EvaluationTimes) =>
    `${seconds(first_seconds)}, then ${seconds(later)}`;
  return [
    `First step of a new process: CPU kernels after ${seconds(cpu_start.first_step_seconds)}` +
    (start && cold_start
      ? `, WebGPU kernels after ${seconds(start.first_step_seconds)}, or ${seconds(cold_start.first_step_seconds)} ` +
        "where Mesa's cache has no shaders"
      : ""),
    `Peak resident memory over an epoch of ${cpu.images} images: ${megabytes(cpu_start.peak_memory_bytes)}` +
    (start ? `, by the WebGPU kernels ${megabytes(start.peak_memory_bytes)}` : ""),
    `Evaluating ${cpu_evaluation.images} images: ${evaluated(cpu_evaluation)} by the CPU kernels` +
    (evaluation ? `; ${evaluated(evaluation)} by the WebGPU kernels` : ""),
  ].join("\n");
}

function scoredRows(scored: readonly ScoredImages[]): string[][] {
  return [
    ["images", "seconds", "CPU s", "images/s", "peak memory MB"],
    ...scored.map(({ images, seconds, cpu_seconds, peak_memory_bytes }) => [
      `${images}`,
      seconds.toFixed(2),
      cpu_seconds.toFixed(2),
      (images / seconds).toFixed(0),
      (peak_memory_bytes / 1e6).toFixed(0),
    ]),
  ];
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
