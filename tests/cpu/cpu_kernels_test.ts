/** The CPU kernels compute what plain loops compute, on batches of any size and images of any kind. */
import { assertEquals, assertRejects } from "@std/assert";
import { type Images, type LabelledImages, limit } from "../../lib/data/images.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { type Arch, IMAGE_SIZE, initialParameters, parametersOf } from "../../lib/model.ts";
import { fromLayers } from "../../lib/network/layer_sums.ts";
import { Random } from "../../lib/random.ts";
import { mnist } from "../support/mnist.ts";
import { plainGradients } from "../support/plain_network.ts";
import { ARCHS, assertClose, withNetwork } from "../support/support.ts";

/** An image with its border, in [0, 1]. */
function imageOf({ size, pixels }: Images, index: number): Float64Array<ArrayBuffer> {
  const border = (IMAGE_SIZE - size) / 2;
  const scale = pixels instanceof Uint8Array ? 255 : 1;
  const image = new Float64Array(IMAGE_SIZE ** 2);
  for (let i = 0; i < size * size; i++) {
    const [row, column] = [Math.floor(i / size), i % size];
    image[(row + border) * IMAGE_SIZE + column + border] = pixels[index * size * size + i] / scale;
  }
  return image;
}

/** 40 images of 32×32 floats. */
function floats(): LabelledImages {
  const random = new Random(4, 0);
  const pixels = Float32Array.from({ length: 40 * 1024 }, () => Math.max(0, random.uniform() * 2 - 1));
  return { count: 40, size: 32, pixels, labels: Uint8Array.from({ length: 40 }, (_, i) => i % 10) };
}

async function testGradients(arch: Arch, images: LabelledImages, count: number): Promise<void> {
  const random = new Random(count, 0);
  const order = Uint32Array.from({ length: count }, () => random.below(images.count));
  const parameters = initialParameters(arch, count);
  const sums = parametersOf(arch).map(({ size }) => new Float64Array(size));
  let lossSum = 0;
  for (const index of order) {
    const plain = plainGradients(arch, parameters, imageOf(images, index), images.labels[index]);
    lossSum += plain.loss;
    for (const [k, part] of plain.gradients.entries()) {
      for (let i = 0; i < part.length; i++) sums[k][i] += part[i] / count;
    }
  }
  await withNetwork(arch, "cpu", parameters, async (network) => {
    using resident = network.upload(images);
    const { loss, gradients } = await network.gradients(resident, order);
    assertClose([loss], [lossSum / count], 1e-6, `loss of ${count} images`);
    for (const [k, { name, offset, size }] of parametersOf(arch).entries()) {
      assertClose(gradients.subarray(offset, offset + size), sums[k], 1e-5, `gradient of ${name} over ${count} images`);
    }
  });
}

for (const arch of ARCHS) {
  for (const count of [1, 7, 48]) {
    Deno.test(`cpu ${arch}: gradients over ${count} images are those of plain loops`, async () => {
      await testGradients(arch, limit(await mnist("train"), 2000), count);
    });
  }
  Deno.test(`cpu ${arch}: gradients over 19 images of 32×32 floats are those of plain loops`, async () => {
    await testGradients(arch, floats(), 19);
  });
}

Deno.test("cpu: a batch that is cut into larger parts has the mean of its halves' gradients", async () => {
  await withNetwork("linear", "cpu", initialParameters("linear", 0), async (network) => {
    using images = network.upload(limit(await mnist("train"), 3000));
    const all = Uint32Array.from({ length: 3000 }, (_, i) => i);
    const whole = await network.gradients(images, all);
    const halves = [
      await network.gradients(images, all.subarray(0, 1500)),
      await network.gradients(images, all.subarray(1500)),
    ];
    const mean = halves[0].gradients.map((value, i) => (value + halves[1].gradients[i]) / 2);
    assertClose(whole.gradients, mean, 1e-5, "gradient of 3000 images");
    assertClose([whole.loss], [(halves[0].loss + halves[1].loss) / 2], 1e-6, "loss of 3000 images");
  });
});

Deno.test("cpu: an image has the same outputs to the bit, whatever comes with it", async () => {
  const images = limit(await mnist("test"), 50);
  await withNetwork("mlp", "cpu", initialParameters("mlp", 3), async (network) => {
    using resident = network.upload(images);
    const [together] = await network.outputs(resident, 0, 50, ["latent"]);
    const [alone] = await network.outputs(resident, 37, 1, ["latent"]);
    assertEquals(alone, together.slice(37 * 128, 38 * 128));
  });
});

Deno.test("cpu: outputs have the same bits whether or not those before the pooling are asked for", async () => {
  const { pixels, ...digits } = limit(await mnist("test"), 37), corner = new Uint8Array(7 * 784);
  for (let image = 0; image < 5; image++) corner[image * 784 + [0, 27, 783, 756, 400][image]] = 255; // then black ones
  const grey = Float32Array.from(pixels, (level) => Math.max(level / 255, 0.1));
  const sets: Images[] = [{ ...digits, pixels }, { ...digits, pixels: grey }, floats(), {
    count: 7,
    size: 28,
    pixels: corner,
  }];
  const asked = ["pool1", "pool2", "latent", "pool3", "logits"];
  for (const arch of ARCHS) {
    await withNetwork(arch, "cpu", initialParameters(arch, 3), async (network) => {
      for (const images of sets) {
        using resident = network.upload(images);
        const few = await network.outputs(resident, 0, images.count, asked);
        for (const layer of ["conv1", "relu3"]) {
          const [, ...all] = await network.outputs(resident, 0, images.count, [layer, ...asked]);
          for (const [i, values] of few.entries()) {
            assertEquals(values.findIndex((value, k) => !Object.is(value, all[i][k])), -1, `${asked[i]} by ${layer}`);
          }
        }
      }
    });
  }
});

Deno.test("cpu: images of 32×32 leave nothing behind in those of 28×28 that come after them", async () => {
  const digits = limit(await mnist("test"), 64),
    large = { count: 64, size: 32, pixels: new Uint8Array(64 * 1024) } as const;
  await withNetwork("mlp", "cpu", initialParameters("mlp", 3), async (network) => {
    using small = network.upload(digits),
      inked = network.upload({ ...large, pixels: large.pixels.map((_, i) => i % 256) });
    const latents = async () => (await network.outputs(small, 0, 64, ["latent"]))[0];
    const before = await latents();
    await network.outputs(inked, 0, 64, ["latent"]);
    const after = await latents();
    assertEquals(after.findIndex((value, i) => value !== before[i]), -1);
  });
});

Deno.test("cpu: training goes on from a state to the same bits", async () => {
  const images = limit(await mnist("train"), 300);
  const order = new Random(1, 0).permutation(300);
  const options = { batchSize: 64, learningRate: 1e-3, seed: 5, dropout: true };
  const weights: Float32Array[] = [];
  for (const stopped of [false, true]) {
    await withNetwork("mlp", "cpu", initialParameters("mlp", 3), async (network) => {
      using resident = network.upload(images);
      let trainer = await network.trainer(resident, options);
      trainer.startEpoch(order);
      for (let start = 0; start < 300; start += 64) {
        if (stopped && start === 128) {
          const [state, lossSum, parameters] = [
            await trainer.state(),
            await trainer.lossSum(),
            await network.parameters(),
          ];
          trainer.dispose();
          network.setParameters(new Float32Array(parameters.length));
          trainer = await network.trainer(resident, options);
          network.setParameters(parameters);
          trainer.restore(state);
          trainer.startEpoch(order, lossSum);
        }
        trainer.step(start, Math.min(64, 300 - start));
      }
      weights.push(await network.parameters(), Float32Array.of(await trainer.lossSum()));
      trainer.dispose();
    });
  }
  assertEquals(weights[2], weights[0]);
  assertEquals(weights[3], weights[1]);
});

Deno.test("cpu: an unknown layer is refused, and so are gradients without labels", async () => {
  const { count, size, pixels } = limit(await mnist("test"), 2);
  await withNetwork("linear", "cpu", initialParameters("linear", 0), async (network) => {
    using resident = network.upload({ count, size, pixels });
    await assertRejects(() => network.outputs(resident, 0, 2, ["fc1"]), DigitFidError, `no layer "fc1"`);
    await assertRejects(() => network.gradients(resident, Uint32Array.of(0)), DigitFidError, "no labels");
  });
});

Deno.test("cpu: sums of a layer are those of the layer's outputs, to the bit, of odd and even numbers of them", async () => {
  const images = floats(), random = new Random(9, 0);
  await withNetwork("mlp", "cpu", initialParameters("mlp", 2), async (network) => {
    using resident = network.upload(images);
    for (const [sums, count] of [[5, 19], [2, 16], [7, 6], [1, 1]]) {
      const weights = Float32Array.from({ length: 1024 * sums }, () => random.normal());
      const asked = ["logits", { layer: "pool2", sums, weights }] as const;
      const found = await network.outputs(resident, 3, count, asked);
      const layers = await network.outputs(resident, 3, count, ["logits", "pool2"]);
      assertEquals(found, fromLayers(asked, layers), `${sums} sums of ${count} images`);
    }
  });
});
