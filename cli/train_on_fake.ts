/** A network trained on generated digits, and tested on real ones. */
import { type LabelledImages, takeLabelled } from "../lib/data/images.ts";
import { checkedChunks, type ImageSource } from "../lib/data/sources.ts";
import { initialParameters } from "../lib/model.ts";
import { createNetwork } from "../lib/network/create.ts";
import { DRAW, type Seeded } from "../lib/random.ts";
import { drawNumbers } from "../lib/scoring/sample.ts";
import { train } from "../lib/train.ts";
import { evaluate } from "../lib/training/evaluate.ts";

/** How a network does that was trained on generated digits. */
export interface TrainedOnFake {
  /** Images that either network was trained on. */
  readonly images: number;
  /** Passes over them. */
  readonly epochs: number;
  /** Images a step. */
  readonly batchSize: number;
  /** Accuracy on real digits after training on generated ones. */
  readonly accuracy: number;
  /** The same after training on as many real ones. */
  readonly realAccuracy: number;
}

/**
 * The default recipe but for smaller steps, as a few hundred digits have two of 256 images an epoch, and fewer epochs:
 * about so many images in all are trained on, at most 100 times each.
 */
const RECIPE = { batchSize: 32, learningRate: 1e-3, images: 60_000, mostEpochs: 100 };

/**
 * GAN-train: the default network trained on generated digits, by the CPU kernels, and tested on real ones; beside it the
 * same trained on as many real digits. Source: Shmelkov, Schmid & Alahari, "How good is my GAN?", ECCV 2018, sec. 3.1.
 *
 * @param training real digits to train on, of which as many are drawn as were generated
 * @param test real digits to test on
 */
export async function trainOnFake(
  fake: LabelledImages,
  training: LabelledImages,
  test: LabelledImages,
  { seed = 0, threads }: Seeded & { readonly threads?: number } = {},
): Promise<TrainedOnFake> {
  const images = Math.min(fake.count, training.count);
  const epochs = Math.max(1, Math.min(RECIPE.mostEpochs, Math.round(RECIPE.images / images)));
  const { batchSize, learningRate } = RECIPE;
  const accuracyAfter = async (set: LabelledImages) => {
    using network = await createNetwork("mlp", "cpu", initialParameters("mlp", seed), { threads });
    const drawn = takeLabelled(set, drawNumbers(set.count, images, DRAW.byDigit, { seed }));
    await train(network, drawn, test, { epochs, batchSize, learningRate, seed, logEvery: epochs });
    return (await evaluate(network, test)).accuracy;
  };
  return {
    images,
    epochs,
    batchSize,
    accuracy: await accuracyAfter(fake),
    realAccuracy: await accuracyAfter(training),
  };
}

/** All images of a source with their labels; undefined where it has none. */
export async function readLabelled(source: ImageSource): Promise<LabelledImages | undefined> {
  const { count, labels } = source;
  if (!labels) return undefined;
  let [at, size, pixels] = [0, 28 as LabelledImages["size"], new Float32Array()];
  for await (const chunk of checkedChunks(source)) {
    if (at === 0) [size, pixels] = [chunk.size, new Float32Array(count * chunk.size ** 2)];
    const scale = chunk.pixels instanceof Uint8Array ? 255 : 1;
    for (const level of chunk.pixels) pixels[at++] = level / scale;
  }
  return { count, size, pixels, labels };
}
