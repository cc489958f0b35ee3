/** Twenty steps of training on images that arithmetic makes, whose weights are the same bytes on every host. */
import type { LabelledImages } from "../../lib/data/images.ts";
import { initialParameters } from "../../lib/model.ts";
import { CpuNetwork } from "../../lib/network/cpu/network.ts";
import { Random } from "../../lib/random.ts";

/** SHA-256 of the packed parameters after the twenty steps: float32, little-endian. */
export const WEIGHTS_SHA256 = "b8ebb9b4cf3b2839fbca627257fc0977319206c4b536c5bc82f7997f3df4e0ad";

/** 1000 images of a dim noise with a bright square, whose place is their class. */
function images(): LabelledImages {
  const random = new Random(5, 0);
  const labels = Uint8Array.from({ length: 1000 }, () => random.below(10));
  const pixels = Uint8Array.from({ length: 1000 * 784 }, (_, i) => {
    const [label, row, column] = [labels[Math.floor(i / 784)], Math.floor(i / 28) % 28, i % 28];
    const inside = Math.floor(row / 7) === Math.floor(label / 4) && Math.floor(column / 7) === label % 4;
    return random.below(inside ? 256 : 64);
  });
  return { count: 1000, size: 28, pixels, labels };
}

/** Trains with dropout, in batches of 96 and a last one of 40, and hashes the weights; all threads unless told. */
export async function twentySteps(threads?: number): Promise<string> {
  const network = await CpuNetwork.create("mlp", initialParameters("mlp", 1), threads);
  const resident = network.upload(images());
  const trainer = await network.trainer(resident, { batchSize: 96, learningRate: 3e-3, seed: 2, dropout: true });
  for (let epoch = 1; epoch <= 2; epoch++) {
    trainer.startEpoch(new Random(3, 0, epoch).permutation(1000));
    for (let step = 0; step < (epoch === 1 ? 11 : 9); step++) trainer.step(96 * step, Math.min(96, 1000 - 96 * step));
  }
  const parameters = await network.parameters();
  trainer.dispose();
  resident.dispose();
  network.dispose();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", parameters));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
