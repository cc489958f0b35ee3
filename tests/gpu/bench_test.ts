import { assert, assertEquals, assertGreater } from "@std/assert";
import { kernelOperations, trainingOperations } from "../../bench/arithmetic.ts";
import { kernelTimes } from "../../bench/kernel_times.ts";
import { trainingSpeed } from "../../bench/training_speed.ts";
import { limit } from "../../lib/data/images.ts";
import { openGpu, webgpuBackend } from "../../lib/network/webgpu/gpu.ts";
import { mnist } from "../support/mnist.ts";
import { ARCHS } from "../support/support.ts";

await openGpu();

Deno.test({
  name: "the kernels of a step are timed, and do all of its arithmetic",
  ignore: !webgpuBackend().device.features.has("timestamp-query"),
  async fn() {
    for (const arch of ARCHS) {
      const times = await kernelTimes(arch, await mnist("test"), 16, 1);
      assert(times && times.length > 10);
      assert(times.every(({ milliseconds }) => milliseconds > 0), JSON.stringify(times));
      const operations = times.reduce((sum, { kernel }) => sum + kernelOperations(arch, kernel), 0);
      assertEquals(operations, trainingOperations(arch));
    }
  },
});

Deno.test("a training speed is the time of its epochs, which the clock here bears out", async () => {
  const images = limit(await mnist("train"), 512);
  const began = performance.now();
  const speed = await trainingSpeed(images, { arch: "linear", kernels: "webgpu", batchSize: 256, epochs: 1 });
  const seconds = (performance.now() - began) / 1000;
  assertGreater(speed.epoch_seconds, 1e-3);
  assertGreater(seconds, speed.epoch_seconds);
  assertGreater(speed.epoch_cpu_seconds, 0);
  assertEquals([speed.images, speed.batch_size, speed.images_per_second], [512, 256, 512 / speed.epoch_seconds]);
});
