/** What the trainer of the CPU kernels promises, and that all is freed in their memory. */
import { assertEquals, assertGreater } from "@std/assert";
import { limit } from "../../lib/data/images.ts";
import { initialParameters } from "../../lib/model.ts";
import { createNetwork } from "../../lib/network/create.ts";
import type { Network } from "../../lib/network/network.ts";
import { train } from "../../lib/train.ts";
import { Heap } from "../../lib/wasm/memory.ts";
import { mnist } from "../support/mnist.ts";
import { assertAdam, assertDropout, useAndFree } from "../support/trainers.ts";
import { testTraining } from "../support/training.ts";

/** Blocks that were made, and those that are not freed yet, in any memory. */
const blocks = { made: 0, alive: 0 };
const { reserve, free } = Heap.prototype; // to allocate is to reserve, and to fill with zeros
Heap.prototype.reserve = function (...args) {
  blocks.made++;
  blocks.alive++;
  return reserve.apply(this, args);
};
Heap.prototype.free = function (...args) {
  blocks.alive--;
  return free.apply(this, args);
};

testTraining("cpu", () => blocks.alive);

async function withCpu(arch: "mlp" | "linear", test: (network: Network) => Promise<void>): Promise<void> {
  using network = await createNetwork(arch, "cpu", initialParameters(arch, 0), { threads: 2 });
  await test(network);
}

for (const arch of ["mlp", "linear"] as const) {
  Deno.test(`cpu ${arch}: Adam's first three steps, element by element, are those of float64`, () =>
    withCpu(arch, assertAdam));
}

Deno.test("cpu: training drops half of the units, others each step, and doubles the rest", () =>
  withCpu("linear", assertDropout));

Deno.test("cpu: networks, trainers and images leave no memory behind", async () => {
  const before = { ...blocks };
  const create = () => createNetwork("mlp", "cpu", initialParameters("mlp", 0), { threads: 2 });
  await useAndFree(create, limit(await mnist("train"), 4));
  const made = blocks.made - before.made;
  assertGreater(made, 10);
  for (let wait = 0; wait < 20 && blocks.alive > before.alive; wait++) await new Promise((go) => setTimeout(go, 50));
  assertEquals(blocks.alive, before.alive, `of ${made} blocks`);
});

Deno.test("training: every epoch steps through all images once, in an order of its own", () =>
  withCpu("linear", async (network) => {
    const images = limit(await mnist("train"), 20);
    const epochs: { order: Uint32Array; seen: number[] }[] = [];
    const trainerOf = network.trainer.bind(network);
    network.trainer = async (...args) => {
      const trainer = await trainerOf(...args);
      const { startEpoch, step } = trainer;
      trainer.startEpoch = (order, ...rest) => {
        epochs.push({ order: order.slice(), seen: [] });
        startEpoch.call(trainer, order, ...rest);
      };
      trainer.step = (start, count) => {
        const { order, seen } = epochs[epochs.length - 1];
        seen.push(...order.subarray(start, start + count));
        step.call(trainer, start, count);
      };
      return trainer;
    };
    await train(network, images, images, { epochs: 3, batchSize: 8, learningRate: 1e-3, seed: 2, logEvery: 1 });
    assertEquals(epochs.length, 3);
    for (const { order, seen } of epochs) {
      assertEquals(seen, [...order]);
      assertEquals(seen.toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, i) => i));
    }
    assertEquals(new Set(epochs.map(({ order }) => order.join())).size, 3);
  }));
