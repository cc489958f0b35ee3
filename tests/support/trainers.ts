/** What every trainer promises, whichever kernels compute: Adam to the digit, and dropout of half the units. */
import { assert, assertEquals, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import { type LabelledImages, limit } from "../../lib/data/images.ts";
import { initialParameters, LATENT_SIZE, parametersOf } from "../../lib/model.ts";
import type { DeviceImages, Network, Trainer } from "../../lib/network/network.ts";
import { mnist } from "./mnist.ts";
import { assertClose } from "./support.ts";

const COUNT = 8;
const IN_ORDER = Uint32Array.from({ length: COUNT }, (_, i) => i);

/**
 * Follows Adam's first three steps element by element in float64 (Kingma & Ba 2015, algorithm 1, with PyTorch's
 * defaults), from gradients of which many are as small as its ε: the classifier is nearly sure, and right.
 */
export async function assertAdam(network: Network): Promise<void> {
  const learningRate = 1e-3;
  network.setParameters(nearlySure(network));
  const images = network.upload({ ...limit(await mnist("train"), COUNT), labels: new Uint8Array(COUNT) });
  const trainer = await network.trainer(images, { batchSize: COUNT, learningRate, seed: 0, dropout: false });
  trainer.startEpoch(IN_ORDER);

  let parameters = await network.parameters();
  const [m, v] = [new Float64Array(parameters.length), new Float64Array(parameters.length)];
  for (let t = 1; t <= 3; t++) {
    const { gradients } = await network.gradients(images, IN_ORDER);
    const small = gradients.filter((g) => Math.abs(g) > 1e-9 && Math.abs(g) < 1e-7).length;
    assertGreater(small, 1000, "gradients as small as ε");
    const expected = Float64Array.from(parameters, (before, i) => {
      m[i] = 0.9 * m[i] + 0.1 * gradients[i];
      v[i] = 0.999 * v[i] + 0.001 * gradients[i] ** 2;
      const [mHat, vHat] = [m[i] / (1 - 0.9 ** t), v[i] / (1 - 0.999 ** t)];
      return before - learningRate * mHat / (Math.sqrt(vHat) + 1e-8);
    });

    trainer.step(0, COUNT);
    const after = await network.parameters();
    for (const [i, value] of expected.entries()) {
      // A thousandth of a step, and the rounding of the parameter itself.
      const tolerance = 1e-3 * Math.abs(value - parameters[i]) + 2 ** -23 * Math.abs(value) + 1e-9;
      assertLess(Math.abs(after[i] - value), tolerance, `step ${t}, parameter ${i}: ${after[i]} for ${value}`);
    }
    const { step, firstMoment, secondMoment } = await trainer.state();
    assertEquals(step, t);
    assertClose(firstMoment, m, 1e-5, `first moment of step ${t}`);
    assertClose(secondMoment, v, 1e-5, `second moment of step ${t}`);
    parameters = after;
  }
  trainer.dispose();
  images.dispose();
}

/** Fresh parameters with the logit of digit 0 so far above that all others have a probability of about 1e-6. */
function nearlySure({ arch }: Network): Float32Array {
  const parameters = initialParameters(arch, 0);
  parameters[parametersOf(arch).at(-1)!.offset] = 12;
  return parameters;
}

/**
 * Counts the units that training drops, and checks that the others are doubled. With one image a step and one linear
 * layer, the gradient of a weight over that of the bias is the unit that the weight reads.
 */
export async function assertDropout(network: Network): Promise<void> {
  assertEquals(network.arch, "linear", "the unit can be read off the gradient of one layer only");
  const image = limit(await mnist("train"), 1);
  const images = network.upload(image);
  const [units] = await network.outputs(images, 0, 1, ["flatten"]);
  const live = units.reduce((count, unit) => unit > 1e-6 ? count + 1 : count, 0);
  assertGreater(live, LATENT_SIZE / 2);

  const steps = 30;
  const masks = await droppedUnits(network, images, units, { seed: 3, steps });
  const dropped = masks.flat().length;
  const deviation = Math.sqrt(steps * live) / 2; // of a fair coin
  assertLess(Math.abs(dropped - steps * live / 2), 4 * deviation, `${dropped} of ${steps * live} dropped`);
  assertEquals(new Set(masks.map((mask) => mask.join())).size, steps, "each step drops others");

  const again = await droppedUnits(network, images, units, { seed: 3, steps: 2 });
  assertEquals(again, masks.slice(0, 2), "the same seed drops the same");
  const other = await droppedUnits(network, images, units, { seed: 4, steps: 2 });
  assertNotEquals(other, masks.slice(0, 2), "another seed drops others");
  images.dispose();
}

/** For each step which of the live units are dropped. */
async function droppedUnits(
  network: Network,
  images: DeviceImages,
  units: Float32Array,
  { seed, steps }: { seed: number; steps: number },
): Promise<number[][]> {
  const trainer = await network.trainer(images, { batchSize: 1, learningRate: 1e-30, seed, dropout: true });
  const masks: number[][] = [];
  for (let step = 0; step < steps; step++) {
    const seen = await unitsSeen(network, trainer, step);
    const mask: number[] = [];
    for (const [i, unit] of units.entries()) {
      if (unit <= 1e-6) continue;
      if (seen[i] === 0) mask.push(i);
      else assert(Math.abs(seen[i] - 2 * unit) < 1e-4 * unit + 1e-6, `unit ${i}: ${seen[i]} for twice ${unit}`);
    }
    masks.push(mask);
  }
  trainer.dispose();
  return masks;
}

/** The units after dropout that one step saw, by its gradients: Adam's first moment, when it was zero before. */
async function unitsSeen({ arch }: Network, trainer: Trainer, step: number): Promise<Float32Array> {
  const [weight, bias] = parametersOf(arch).slice(-2);
  const zeros = new Float32Array(bias.offset + bias.size);
  trainer.restore({ step, firstMoment: zeros, secondMoment: zeros });
  trainer.startEpoch(new Uint32Array(1));
  trainer.step(0, 1);
  const { firstMoment } = await trainer.state();
  const ofBias = firstMoment.subarray(bias.offset);
  const digit = ofBias.reduce((best, value, i) => Math.abs(value) > Math.abs(ofBias[best]) ? i : best, 0);
  return firstMoment.subarray(weight.offset + digit * LATENT_SIZE, weight.offset + (digit + 1) * LATENT_SIZE)
    .map((gradient) => gradient / ofBias[digit]);
}

/** Uses all that a network has, and frees it again. */
export async function useAndFree(create: () => Promise<Network>, some: LabelledImages): Promise<void> {
  const network = await create();
  const images = network.upload(some);
  const order = Uint32Array.from({ length: some.count }, (_, i) => i);
  await network.outputs(images, 0, some.count, ["latent", "logits"]);
  await network.gradients(images, order);
  const trainer = await network.trainer(images, { batchSize: some.count, learningRate: 1e-3, seed: 0, dropout: true });
  trainer.startEpoch(order);
  trainer.step(0, some.count);
  await trainer.lossSum();
  await trainer.state();
  trainer.dispose();
  images.dispose();
  network.dispose();
}
