/** What trainers promise, on the GPU, and that all is freed there. */
import * as tf from "@tensorflow/tfjs";
import { assertEquals, assertGreater } from "@std/assert";
import { limit } from "../../lib/data/images.ts";
import { initialParameters } from "../../lib/model.ts";
import { createNetwork } from "../../lib/network/create.ts";
import { openGpu } from "../../lib/network/webgpu/gpu.ts";
import { mnist } from "../support/mnist.ts";
import { ARCHS, SUITE, withNetwork } from "../support/support.ts";
import { assertAdam, assertDropout, useAndFree } from "../support/trainers.ts";

/** The buffers that are alive on any GPU. */
const alive = new Set<GPUBuffer>();
const { createBuffer } = GPUDevice.prototype;
GPUDevice.prototype.createBuffer = function (...args) {
  const buffer = createBuffer.apply(this, args);
  alive.add(buffer);
  return buffer;
};
const { destroy } = GPUBuffer.prototype;
GPUBuffer.prototype.destroy = function () {
  alive.delete(this);
  return destroy.apply(this);
};

for (const { kernels } of SUITE) {
  for (const arch of ARCHS) {
    Deno.test(`${kernels} ${arch}: Adam's first three steps, element by element, are those of float64`, () =>
      withNetwork(arch, kernels, initialParameters(arch, 0), assertAdam));
  }

  Deno.test(`${kernels}: training drops half of the units, others each step, and doubles the rest`, () =>
    withNetwork("linear", kernels, initialParameters("linear", 0), assertDropout));

  Deno.test(`${kernels}: networks, trainers and images leave no buffer behind`, async () => {
    await openGpu();
    const some = limit(await mnist("train"), 4);
    const counts: [buffers: number, tensors: number][] = [];
    for (let round = 0; round < 3; round++) {
      await useAndFree(() => createNetwork("mlp", kernels, initialParameters("mlp", 0)), some);
      counts.push([alive.size, tf.memory().numTensors]);
    }
    // The first round fills the pool of buffers that tfjs uses again.
    assertGreater(counts[0][0], 0);
    assertEquals(counts[2], counts[1]);
  });
}
