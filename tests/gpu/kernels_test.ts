/** The WebGPU kernels compute what tfjs's own operations compute, on batches of any size and images of any kind. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Images, limit } from "../../lib/data/images.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { type Batch, BATCH_BYTES, writeBatch } from "../../lib/network/webgpu/batch.ts";
import { openGpu } from "../../lib/network/webgpu/gpu.ts";
import { uploadImages } from "../../lib/network/webgpu/images.ts";
import { dispatchOf, submit } from "../../lib/network/webgpu/dispatch.ts";
import { type Kernel, writes } from "../../lib/network/webgpu/kernel.ts";
import { Memory, readFloats } from "../../lib/network/webgpu/memory.ts";
import { type Arch, initialParameters, layersOf, parametersOf } from "../../lib/model.ts";
import type { Kernels, Network } from "../../lib/network/network.ts";
import { Random } from "../../lib/random.ts";
import { mnist } from "../support/mnist.ts";
import { ARCHS, assertClose, withNetwork } from "../support/support.ts";

/** What `read` gives on either kind of kernels, from the same weights. */
async function both<T>(arch: Arch, seed: number, read: (network: Network) => Promise<T>): Promise<Record<Kernels, T>> {
  const results: Partial<Record<Kernels, T>> = {};
  for (const kernels of ["webgpu", "stock"] as const) {
    await withNetwork(arch, kernels, initialParameters(arch, seed), async (network) => {
      results[kernels] = await read(network);
    });
  }
  return results as Record<Kernels, T>;
}

for (const arch of ARCHS) {
  Deno.test(`${arch}: WebGPU gradients are stock's, whatever the batch size`, async () => {
    const train = limit(await mnist("train"), 2000);
    for (const [i, count] of (arch === "mlp" ? [1, 35] : [7, 64]).entries()) {
      const random = new Random(i, 0);
      const order = Uint32Array.from({ length: count }, () => random.below(train.count));
      const { webgpu, stock } = await both(arch, i, async (network) => {
        const images = uploadImages(train);
        const result = await network.gradients(images, order);
        images.dispose();
        return result;
      });
      assertClose([webgpu.loss], [stock.loss], 1e-6, `loss of ${count} images`);
      for (const { name, offset, size } of parametersOf(arch)) {
        const part = (packed: Float32Array) => packed.subarray(offset, offset + size);
        assertClose(part(webgpu.gradients), part(stock.gradients), 2e-5, `gradient of ${name} over ${count} images`);
      }
    }
  });
}

Deno.test("WebGPU and stock training drop the same units, also in a short batch", async () => {
  const train = limit(await mnist("train"), 40);
  const { webgpu, stock } = await both("mlp", 3, async (network) => {
    const images = uploadImages(train);
    const trainer = await network.trainer(images, { batchSize: 32, learningRate: 1e-3, seed: 9, dropout: true });
    trainer.startEpoch(new Random(1, 0).permutation(40));
    trainer.step(0, 32);
    trainer.step(32, 8);
    const [loss, { firstMoment }] = [await trainer.lossSum() / 40, await trainer.state()];
    trainer.dispose();
    images.dispose();
    return { loss, firstMoment };
  });
  assertClose([webgpu.loss], [stock.loss], 1e-6, "loss");
  assertClose(webgpu.firstMoment, stock.firstMoment, 1e-5, "first moment");
});

Deno.test("every layer has the same output from both, for bytes and floats, with a border and without", async () => {
  const bytes = limit(await mnist("test"), 5);
  const random = new Random(4, 0);
  const floats: Images = {
    count: 5,
    size: 32,
    pixels: Float32Array.from({ length: 5 * 1024 }, () => random.uniform()),
  };
  const names = layersOf("mlp").map(({ name }) => name);
  for (const images of [bytes, floats]) {
    const { webgpu, stock } = await both("mlp", 8, async (network) => {
      const resident = uploadImages(images);
      // One layer a call: each then takes the path that it takes alone.
      const outputs: Float32Array[] = [];
      for (const name of names) outputs.push((await network.outputs(resident, 1, 3, [name]))[0]);
      resident.dispose();
      return outputs;
    });
    for (const [i, name] of names.entries()) assertClose(webgpu[i], stock[i], 1e-5, `${name} of ${images.size}`);
  }
});

/** A kernel that sets the first of its numbers. */
const ONE: Kernel<"x"> = {
  name: "one",
  workgroupSize: 1,
  bindings: { x: writes("f32") },
  invocations: (count) => count,
  body: "fn main() { x[0] = f32(batch.count) + 1.0; }",
};

Deno.test("a kernel that the GPU refuses is an error with its name, not zeros", async () => {
  await openGpu();
  const memory = new Memory();
  const broken = { ...ONE, name: "broken", body: "fn main() { let x: f32 = 1u; }" };
  const dispatch = () => dispatchOf(broken, memory.uniform(BATCH_BYTES), { x: memory.storage(1) });
  const error = await assertRejects(dispatch, DigitFidError);
  assert(error.message.startsWith(`the GPU refuses kernel "broken": `), error.message);
  memory.dispose();
});

Deno.test("work that the GPU refuses is an error at the next read", async () => {
  await openGpu();
  const memory = new Memory();
  const x = memory.storage(4);
  submit([await dispatchOf(ONE, memory.uniform(BATCH_BYTES), { x })], 65536);
  await assertRejects(() => readFloats(x, 1), DigitFidError, "the GPU refused some of the work");
  assertEquals(await readFloats(x, 1), new Float32Array(1)); // and it is reported once
  memory.dispose();
});

Deno.test("a buffer that is missing or misnamed is a type error", () => {
  // Never called: the checker must refuse both.
  const wrong = (batch: GPUBuffer, x: GPUBuffer) => [
    // @ts-expect-error x is missing
    dispatchOf(ONE, batch, {}),
    // @ts-expect-error x is called y
    dispatchOf(ONE, batch, { y: x }),
  ];
  assert(wrong);
});

Deno.test("the numbers of a batch reach the kernels under their names", async () => {
  await openGpu();
  const memory = new Memory();
  const [batch, x] = [memory.uniform(BATCH_BYTES), memory.storage(9)];
  const numbers: Batch = {
    start: 1,
    count: 2,
    step: 3,
    seed: 4,
    capacity: 5,
    dropThreshold: 6,
    keepScale: 7.5,
    stepSize: 8.25,
    secondCorrection: 9.125,
  };
  const body = `fn main() { ${Object.keys(numbers).map((field, i) => `x[${i}] = f32(batch.${field});`).join(" ")} }`;
  writeBatch(batch, numbers);
  submit([await dispatchOf({ ...ONE, body }, batch, { x })], 1);
  assertEquals([...await readFloats(x, 9)], Object.values(numbers));
  memory.dispose();
});

Deno.test("an unknown layer is refused", async () => {
  await withNetwork("linear", "webgpu", initialParameters("linear", 0), async (network) => {
    const images = uploadImages(limit(await mnist("test"), 2));
    const error = await assertRejects(() => network.outputs(images, 0, 2, ["fc1"]), DigitFidError);
    assert(error.message.includes(`no layer "fc1"`), error.message);
    images.dispose();
  });
});

Deno.test("the largest batch of the WebGPU kernels stays below llvmpipe's loop limit", async () => {
  const train = limit(await mnist("train"), 4096);
  await withNetwork("linear", "webgpu", initialParameters("linear", 0), async (network) => {
    const images = uploadImages(train);
    const all = Uint32Array.from({ length: 4096 }, (_, i) => i);
    const whole = await network.gradients(images, all);
    await withNetwork("linear", "cpu", initialParameters("linear", 0), async (other) => {
      using uploaded = other.upload(train);
      const { loss, gradients } = await other.gradients(uploaded, all);
      assertClose(whole.gradients, gradients, 1e-4, "gradient of 4096 images");
      assertClose([whole.loss], [loss], 1e-6, "loss of 4096 images");
    });
    await assertRejects(
      () => network.trainer(images, { batchSize: 4097, learningRate: 1e-3, seed: 0, dropout: true }),
      DigitFidError,
      "at most 4096",
    );
    images.dispose();
  });
});
