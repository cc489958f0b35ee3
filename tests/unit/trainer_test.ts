/** What the trainer of the CPU kernels promises, and that all is freed in their memory. */
import { assertEquals, assertGreater } from "@std/assert";
import { limit } from "../../lib/data/images.ts";
import { initialParameters } from "../../lib/model.ts";
import { createNetwork } from "../../lib/network/create.ts";
import type { Network } from "../../lib/network/network.ts";
import { Heap } from "../../lib/wasm/memory.ts";
import { mnist } from "../support/mnist.ts";
import { assertAdam, assertDropout, useAndFree } from "../support/trainers.ts";

/** Blocks that were made, and those that are not freed yet, in any memory. */
const blocks = { made: 0, alive: 0 };
const { allocate, free } = Heap.prototype;
Heap.prototype.allocate = function (...args) {
  blocks.made++;
  blocks.alive++;
  return allocate.apply(this, args);
};
Heap.prototype.free = function (...args) {
  blocks.alive--;
  return free.apply(this, args);
};

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
