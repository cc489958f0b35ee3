/** Train with a callback after each epoch: `deno run --allow-read examples/train_with_callback.ts`. */
import {
  createNetwork,
  defaultDataDirectory,
  initialParameters,
  type LabelledImages,
  loadMnist,
  train,
} from "@digit-fid/digit-fid/train";

/** The first images, so that this takes seconds; leave it out to train on all 60,000. */
function first(count: number, { size, pixels, labels }: LabelledImages): LabelledImages {
  return { count, size, pixels: pixels.subarray(0, count * size * size), labels: labels.subarray(0, count) };
}

const images = first(4096, await loadMnist(defaultDataDirectory(), "train"));
const validation = first(1000, await loadMnist(defaultDataDirectory(), "test"));
using network = await createNetwork("mlp", "cpu", initialParameters("mlp", 0));
const enough = new AbortController();
await train(network, images, validation, { epochs: 4, batchSize: 64, learningRate: 1e-3, seed: 0, logEvery: 1 }, {
  signal: enough.signal,
  onEpoch({ history }) {
    const { epoch, train_loss, val_accuracy } = history[history.length - 1];
    console.log(`epoch ${epoch}: training loss ${train_loss.toFixed(3)}, accuracy ${val_accuracy?.toFixed(3)}`);
    if (val_accuracy !== null && val_accuracy > 0.5) enough.abort();
  },
});
