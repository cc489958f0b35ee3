/** A process that trains one epoch as the command does; prints as JSON what only a fresh process can tell. */
import { createNetwork } from "../lib/network/create.ts";
import { limit } from "../lib/data/images.ts";
import { defaultDataDirectory, loadMnist } from "../lib/data/mnist.ts";
import { evaluate } from "../lib/training/evaluate.ts";
import { kernelsNamed } from "../lib/network/network.ts";
import { initialParameters } from "../lib/model.ts";
import { train } from "../lib/train.ts";
import { PeakMemory } from "./peak_memory.ts";

/** What the process prints. */
export interface FreshProcess {
  /** When the first training step was done, in milliseconds since 1970. */
  readonly firstStepAt: number;
  /** The most memory that was resident, looked at every 10 ms, in bytes. */
  readonly peakMemory: number;
}

if (import.meta.main) {
  using memory = new PeakMemory();
  const [kernels, ...numbers] = Deno.args;
  const [count, batchSize] = numbers.map(Number);
  const images = limit(await loadMnist(defaultDataDirectory(), "train"), count);
  const test = await loadMnist(defaultDataDirectory(), "test");
  const network = await createNetwork("mlp", kernelsNamed(kernels)!, initialParameters("mlp", 0));
  const options = { batchSize, learningRate: 1e-3, seed: 0 };

  const batch = network.upload(limit(images, batchSize));
  const trainer = await network.trainer(batch, { ...options, dropout: true });
  trainer.startEpoch(Uint32Array.from({ length: batch.count }, (_, i) => i));
  trainer.step(0, batch.count);
  await trainer.settle();
  const firstStepAt = performance.timeOrigin + performance.now();
  trainer.dispose();
  batch.dispose();

  await train(network, images, limit(test, 1), { ...options, epochs: 1, logEvery: 1 });
  await evaluate(network, test);
  console.log(JSON.stringify({ firstStepAt, peakMemory: memory.bytes } satisfies FreshProcess));
}
