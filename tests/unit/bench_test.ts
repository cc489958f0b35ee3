import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { trainingOperations } from "../../bench/arithmetic.ts";
import type { Benchmark } from "../../bench/benchmark.ts";
import { tables } from "../../bench/tables.ts";
import { speedOf } from "../../bench/training_speed.ts";
import { webgpuBenchmark } from "../../bench/webgpu.ts";
import { DigitFidError } from "../../lib/errors.ts";

/** Multiplications of the forward pass, written out: filter × inputs × outputs × pixels, then inputs × outputs. */
const BACKBONE = [9 * 1 * 8 * 32 * 32, 9 * 8 * 16 * 16 * 16, 9 * 16 * 32 * 8 * 8];
const HEADS = { mlp: [128 * 64, 64 * 32, 32 * 10], linear: [128 * 10] };

Deno.test("training takes each multiplication and its addition three times, the first layer's twice", () => {
  for (const arch of ["mlp", "linear"] as const) {
    const forward = [...BACKBONE, ...HEADS[arch]].reduce((a, b) => a + b);
    assertEquals(trainingOperations(arch), 2 * (3 * forward - BACKBONE[0]));
  }
});

Deno.test("a speed is images and operations over the time of an epoch", () => {
  const speed = speedOf("mlp", 6000, 256, { seconds: 1.5, cpuSeconds: 2.5 });
  assertEquals([speed.epoch_seconds, speed.epoch_cpu_seconds, speed.images_per_second], [1.5, 2.5, 4000]);
  assertEquals(speed.gflops, 4000 * trainingOperations("mlp") / 1e9);
});

/** A benchmark of everything. */
function measured(): Benchmark {
  // Times of which no two share their digits, so that each is found where it belongs or not at all.
  const speed = (images: number, seconds: number, cpuSeconds: number, batchSize = 256) =>
    speedOf("mlp", images, batchSize, { seconds, cpuSeconds });
  const byImages = [speed(1000, 1.11, 2.22), speed(7500, 3.33, 4.44)];
  return {
    adapter: "some GPU",
    webgpu_left_out: null,
    arch: "mlp",
    operations_per_image: trainingOperations("mlp"),
    cpu: speed(7500, 34.35, 36.37),
    cpu_against_pytorch: [0.23, 0.22],
    fused: byImages[1],
    stock: speed(512, 5.55, 6.66),
    pytorch: { ...speed(7500, 7.77, 8.88), version: "2.13", threads: 2 },
    cpu_start: { first_step_seconds: 42.43, peak_memory_bytes: 256e6 },
    start: { first_step_seconds: 9.91, peak_memory_bytes: 345e6 },
    cold_start: { first_step_seconds: 12.13, peak_memory_bytes: 1 },
    cpu_evaluation: { images: 10_000, first_seconds: 44.45, seconds: 46.47 },
    evaluation: { images: 10_000, first_seconds: 14.15, seconds: 16.17 },
    scores: [{
      real_images: 10_000,
      fake_images: 2000,
      network_seconds: 26.27,
      metrics_seconds: 28.29,
      again_seconds: 30.31,
    }],
    scored: [{ images: 123_456, seconds: 48.49, cpu_seconds: 50.51, peak_memory_bytes: 567e6 }],
    fid_command_seconds: 32.33,
    cpu_by_images: [speed(1000, 38.39, 40.41)],
    by_images: byImages,
    by_batch_size: [speed(4096, 18.19, 20.21, 64)],
    kernels: [{ kernel: "conv1", milliseconds: 22.23, gflops: 24.2 }, {
      kernel: "loss",
      milliseconds: 2.5,
      gflops: null,
    }],
  };
}

Deno.test("the tables of a benchmark print every time that was measured", () => {
  const text = tables(measured());
  for (
    const time of [
      "1.11",
      "2.22",
      "3.33",
      "4.44",
      "5.55",
      "6.66",
      "7.77",
      "8.88",
      "18.19",
      "20.21",
      "22.23",
      "24.73",
      "34.35",
      "36.37",
      "38.39",
      "40.41",
      "48.49",
      "50.51",
    ]
  ) assertStringIncludes(text, ` ${time} `);
  assertStringIncludes(text, "      26.27      28.29            30.31");
  assertStringIncludes(text, `    ${(123_456 / 48.49).toFixed(0)}             567`);
  for (
    const time of [
      "32.33 s",
      "9.91 s",
      "12.13 s",
      "14.15 s",
      "16.17 s",
      "345 MB",
      "42.43 s",
      "256 MB",
      "44.45 s",
      "46.47 s",
    ]
  ) assertStringIncludes(text, time);
  assertStringIncludes(text, "CPU kernels against PyTorch, in turn: 0.23, 0.22 times as fast");
  assertStringIncludes(text, `against stock: ${(7500 / 3.33 / (512 / 5.55)).toFixed(2)} times as fast`);
  assert(!text.includes("left out"));
});

Deno.test("where there is no WebGPU adapter the bench measures the rest, and says in one line what is left out and why", async () => {
  const images = { count: 1, size: 28, pixels: new Uint8Array(784), labels: new Uint8Array(1) } as const;
  const extent = { images: [1], batchSize: 1, batchSizes: [1], batchImages: 1, stockSteps: 1, epochs: 1, steps: 1 };
  const notes: string[] = [];
  const open = () => Promise.reject(new DigitFidError("no WebGPU adapter: install a driver"));
  const missing = await webgpuBenchmark(
    open,
    { train: images, test: images },
    "mlp",
    extent,
    (line) => notes.push(line),
  );
  const line = "The rows of the WebGPU kernels and of tfjs are left out: no WebGPU adapter: install a driver";
  assertEquals(notes, [line]);
  const text = tables({ ...measured(), ...missing });
  assertEquals(text.split("\n").filter((each) => /webgpu|stock|tfjs/i.test(each)), [line]);
  for (const time of ["34.35", "38.39", "42.43 s", "44.45 s", "26.27", "48.49", "7.77"]) {
    assertStringIncludes(text, time);
  }
  const broken = () => Promise.reject(new TypeError("a fault"));
  await assertRejects(
    () => webgpuBenchmark(broken, { train: images, test: images }, "mlp", extent, () => {}),
    TypeError,
  );
});
