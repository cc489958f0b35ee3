/** Options that are unknown are refused at every door of the library, in place of being ignored. */
import { Buffer } from "node:buffer";
import { assertEquals, assertRejects } from "@std/assert";
import { loadMnist, loadNetwork, openImages, score, Scorer, toImages, writeStatistics } from "../../mod.ts";
import { createNetwork, initialParameters, train } from "../../entry/train.ts";
import type { ImageSource } from "../../lib/data/sources.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { REFERENCE_IDENTITY } from "../../lib/network/reference.ts";
import { pickOptions } from "../../lib/option_names.ts";
import { type ImageSet, openSet, type SetOptions } from "../../lib/scoring/sets.ts";
import { TRAIN_OPTIONS } from "../../lib/training/options.ts";

/** Something of a type that the compiler would refuse, as JavaScript has it. */
// deno-lint-ignore no-explicit-any
const js = (value: unknown): any => value;
const PIXELS = new Uint8Array(2 * 784);
const IMAGES = { count: 2, size: 28 as const, pixels: PIXELS, labels: new Uint8Array(2) };
const RECIPE = { epochs: 1, batchSize: 2, learningRate: 1e-3, seed: 0, logEvery: 1 };

Deno.test("options: an unknown one is refused with the nearest name, whatever its value", async () => {
  const doors: Record<string, () => unknown> = {
    "score: unknown option sed; did you mean seed?": () => score(PIXELS, js({ sed: 1 })),
    "score: unknown option labls; did you mean labels?": () => score(PIXELS, js({ labls: undefined })),
    "score: unknown option threads; there are range, clip, invert, transpose, resize, grid, data, transposeData, real, labels, network, kernels, seed, neighbours, subsets":
      () => score(PIXELS, js({ threads: 1 })),
    "Scorer: unknown option seeed; did you mean seed?": () => Scorer.create(js({ seeed: 1 })),
    "Scorer: unknown option cach; did you mean cache?": () => Scorer.create(js({ seed: 1, cach: {} })),
    "Scorer's fake: unknown option rage; did you mean range?": () => Scorer.create(js({ fake: { rage: "unit" } })),
    "openImages: unknown option invertt; did you mean invert?": () => openImages("none", js({ invertt: true })),
    "toImages: unknown option rnge; did you mean range?": () => toImages(PIXELS, js({ rnge: "unit" })),
    "loadMnist: unknown option transposed; did you mean transpose?": () =>
      loadMnist("none", "test", js({ transposed: true })),
    "loadNetwork: unknown option weight; did you mean weights?": () => loadNetwork(js({ weight: "none" })),
    "createNetwork: unknown option thread; did you mean threads?": () =>
      createNetwork("mlp", "cpu", initialParameters("mlp", 0), js({ thread: 1 })),
    "train: unknown option lr; there are epochs, batchSize, learningRate, seed, logEvery": () =>
      train(js({}), IMAGES, IMAGES, js({ ...RECIPE, lr: 1 })),
    "train's control: unknown option onstep; did you mean onStep?": () =>
      train(js({}), IMAGES, IMAGES, RECIPE, js({ onstep() {} })),
    "writing: unknown option replce; did you mean replace?": () =>
      writeStatistics("none", { network: { name: "", sha256: "" }, sets: new Map() }, js({ replce: false })),
    "score: expected options as an object, found null": () => score(PIXELS, js(null)),
    'score: expected options as an object, found "mnist-train"': () => score(PIXELS, js("mnist-train")),
  };
  for (const [message, open] of Object.entries(doors)) {
    const error = await assertRejects(async () => await open(), DigitFidError);
    assertEquals(error.message, message);
  }
});

Deno.test("options: those of others are left out where they are picked", () => {
  assertEquals(pickOptions({ ...RECIPE, more: 1 } as typeof RECIPE, TRAIN_OPTIONS), RECIPE);
});

Deno.test("options: what is no set of images is refused in words", async () => {
  const sets = [undefined, null, 5, [1, 2], {}, new BigInt64Array(784), new DataView(new ArrayBuffer(784))];
  for (const set of sets) {
    await assertRejects(() => openSet(js(set), "digits", REFERENCE_IDENTITY), DigitFidError, "digits: expected");
  }
});

Deno.test("options: of pixels in memory all hold, as of those in files", async () => {
  const pixels = Uint8Array.from({ length: 2 * 784 }, (_, i) => i % 256);
  const read = async (set: ImageSet, options: SetOptions) => {
    const source = await openSet(set, "pixels", REFERENCE_IDENTITY, options) as ImageSource;
    return (await Array.fromAsync(source.chunks())).flatMap(({ pixels }) => [...pixels]);
  };
  assertEquals(await read(pixels, { invert: true }), [...pixels].map((level) => 255 - level));
  assertEquals(
    await read(pixels, { transpose: true }),
    [...pixels].map((_, i) => {
      const [image, row, column] = [Math.floor(i / 784), Math.floor(i / 28) % 28, i % 28];
      return pixels[784 * image + 28 * column + row];
    }),
  );
  for (
    const same of [
      new Uint8ClampedArray(pixels),
      Buffer.from(pixels),
      Int16Array.from(pixels),
      new Float16Array(pixels),
    ]
  ) {
    assertEquals(await read(js(same), {}), [...pixels]);
  }
});
