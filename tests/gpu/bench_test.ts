import { assert, assertEquals } from "@std/assert";
import { kernelOperations, trainingOperations } from "../../bench/arithmetic.ts";
import { kernelTimes } from "../../bench/kernel_times.ts";
import { median } from "../../lib/metrics/numbers.ts";
import { openGpu } from "../../lib/network/webgpu/gpu.ts";
import { ARCHS, mnist } from "../support/support.ts";

/** Multiplications of the forward pass, written out: filter × inputs × outputs × pixels, then inputs × outputs. */
const BACKBONE = [9 * 1 * 8 * 32 * 32, 9 * 8 * 16 * 16 * 16, 9 * 16 * 32 * 8 * 8];
const HEADS = { mlp: [128 * 64, 64 * 32, 32 * 10], linear: [128 * 10] };

Deno.test("training takes each multiplication and its addition three times, the first layer's twice", () => {
  for (const arch of ARCHS) {
    const forward = [...BACKBONE, ...HEADS[arch]].reduce((a, b) => a + b);
    assertEquals(trainingOperations(arch), 2 * (3 * forward - BACKBONE[0]));
  }
});

Deno.test("the kernels of a step are timed, and do all of its arithmetic", async () => {
  await openGpu();
  for (const arch of ARCHS) {
    const times = await kernelTimes(arch, await mnist("test"), 16, 1);
    if (times === null) continue;
    assert(times.every(({ milliseconds }) => milliseconds > 0), JSON.stringify(times));
    const operations = times.reduce((sum, { kernel }) => sum + kernelOperations(arch, kernel), 0);
    assertEquals(operations, trainingOperations(arch));
  }
});

Deno.test("the median is the middle value, or between the two middle ones", () => {
  assertEquals([[3], [9, 1, 2], [10, 1, 2, 100]].map(median), [3, 2, 6]);
});
