/** A process that scores many images as they come; prints as JSON what it takes. */
import process from "node:process";
import { defaultDataDirectory, loadMnist } from "../lib/data/mnist.ts";
import { takeImages } from "../lib/data/images.ts";
import { Scorer } from "../lib/scoring/scorer.ts";
import { PeakMemory } from "./peak_memory.ts";

/** What it takes to add and score images; the fields are those of `bench --json`. */
export interface ScoredImages {
  /** How many. */
  readonly images: number;
  /** From the first that is added to the score. */
  readonly seconds: number;
  /** Processor time of all threads meanwhile. */
  readonly cpu_seconds: number;
  /** The most memory of the process that was resident, looked at every 10 ms. */
  readonly peak_memory_bytes: number;
}

/** Images that are added at a time. */
const BATCH = 4096;

if (import.meta.main) {
  using memory = new PeakMemory();
  const count = Number(Deno.args[0]);
  const training = await loadMnist(defaultDataDirectory(), "train");
  await using scorer = await Scorer.create();
  const [began, before] = [performance.now(), process.cpuUsage()];
  for (let first = 0; first < count; first += BATCH) {
    const length = Math.min(BATCH, count - first);
    const some = takeImages(training, Uint32Array.from({ length }, (_, i) => (first + i) % training.count));
    const darker = 1 - Math.floor(first / training.count) / 100; // each time that all were taken, so that none is twice
    await scorer.add({ ...some, pixels: some.pixels.map((level) => level * darker) });
  }
  await scorer.compute();
  const { user, system } = process.cpuUsage(before);
  const scored: ScoredImages = {
    images: count,
    seconds: (performance.now() - began) / 1000,
    cpu_seconds: (user + system) / 1e6,
    peak_memory_bytes: memory.bytes,
  };
  console.log(JSON.stringify(scored));
}
