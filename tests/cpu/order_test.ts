/** The order of the images, on either side, changes no bit of anything that is said of a set. */
import { assert, assertEquals } from "@std/assert";
import { type LabelledImages, takeLabelled } from "../../lib/data/images.ts";
import { type ImageSource, sourceOf } from "../../lib/data/sources.ts";
import { subsetOf } from "../../lib/data/subset.ts";
import { loadNetwork } from "../../lib/network/load.ts";
import { Random } from "../../lib/random.ts";
import { openArithmetic, PLAIN } from "../../lib/scoring/arithmetic.ts";
import { findCauses } from "../../lib/scoring/causes.ts";
import { compareSets } from "../../lib/scoring/comparison.ts";
import { findCopies } from "../../lib/scoring/copies.ts";
import { describeImages } from "../../lib/scoring/each_image.ts";
import { embeddingOf } from "../../lib/scoring/embedding.ts";
import { extremesOf } from "../../lib/scoring/extremes.ts";
import { extractFeatures, type ScoredSet, scoreSets } from "../../lib/scoring/features.ts";
import { scoresByDigit } from "../../lib/scoring/labels.ts";
import type { Features } from "../../lib/scoring/metrics.ts";
import { inKeyOrder } from "../../lib/scoring/rows.ts";
import { readNumbers } from "../../lib/scoring/sample.ts";
import { Scorer } from "../../lib/scoring/scorer.ts";
import { mnist } from "../support/mnist.ts";

const AREA = 28 * 28;

async function digits(split: "train" | "test", from: number, count: number): Promise<LabelledImages> {
  const { pixels, labels } = await mnist(split);
  const some = Uint8Array.from(pixels.subarray(from * AREA, (from + count) * AREA));
  return { count, size: 28, pixels: some, labels: labels.slice(from, from + count) };
}

/** A set shuffled, and where each image was. */
function shuffled(images: LabelledImages, seed: number): { images: LabelledImages; was: Uint32Array } {
  const was = new Random(seed, 0).permutation(images.count);
  return { images: takeLabelled(images, was), was };
}

/** Images in chunks of 130. */
function inChunks({ count, pixels, ...others }: LabelledImages, name: string): ImageSource {
  return {
    ...sourceOf({ count, pixels, ...others }, name),
    async *chunks() {
      for (let from = 0; from < count; from += 130) {
        const to = Math.min(count, from + 130);
        yield { count: to - from, size: 28, pixels: pixels.subarray(from * AREA, to * AREA) };
      }
    },
  };
}

Deno.test("order: scores, causes, copies, digits and images are the same to the bit", async (t) => {
  using loaded = await loadNetwork({ threads: 2 });
  const { network, identity } = loaded, embedding = await embeddingOf(identity);
  await using threads = await openArithmetic(2);
  const [real, fake] = [await digits("test", 0, 500), await digits("train", 0, 300)];
  for (let k = 0; k < fake.pixels.length; k++) fake.pixels[k] *= 0.7; // a cause
  fake.pixels.copyWithin(50 * AREA, 40 * AREA, 50 * AREA); // ten are there twice, under other labels
  const training = await digits("train", 100, 400), fresh = await digits("test", 500, 400);
  const featuresOf = async (images: LabelledImages) =>
    (await extractFeatures(network, sourceOf(images, "x"))).features as Features;
  const [trained, freshOnes] = [await featuresOf(training), await featuresOf(fresh)];

  const all = async (
    real: LabelledImages,
    fake: LabelledImages,
    open: (images: LabelledImages, name: string) => ImageSource,
  ) => {
    const sources = [open(real, "real"), open(fake, "fake")] as const;
    const [a, b] = [
      await extractFeatures(network, sources[0], embedding),
      await extractFeatures(network, sources[1], embedding),
    ];
    const [ofReal, ofFake] = [{ source: sources[0], set: a }, { source: sources[1], set: b }];
    const options = { seed: 5, arithmetic: threads };
    const sets = {
      fake: { source: sources[1], features: b.features as Features },
      training: { images: training, features: trained },
      fresh: freshOnes,
    };
    const found = await findCopies(sets, options);
    const images = await describeImages(
      { source: sources[0], features: a.features as Features },
      sets.fake,
      found,
      options,
    );
    return {
      hashes: [a.sha256, b.sha256],
      score: await scoreSets(a, b, options),
      digits: await scoresByDigit(a, b, options),
      comparison: await compareSets(a, [b, { ...a }], options),
      causes: await findCauses(network, ofReal, ofFake, options),
      copies: found.copies,
      images,
      extremes: await extremesOf({ features: a.features as Features, labels: a.labels }, sets.fake.features, {
        count: 5,
        arithmetic: threads,
      }),
      set: b,
    };
  };
  const expected = await all(real, fake, sourceOf);
  const { images: mixedReal, was: realWas } = shuffled(real, 1),
    { images: mixedFake, was: fakeWas } = shuffled(fake, 2);
  const found = await all(mixedReal, mixedFake, inChunks);

  await t.step("all scores", () => {
    assertEquals(found.score, expected.score);
    assertEquals(found.hashes, expected.hashes);
    assert(expected.score.kidStandardError! > 0 && expected.score.asked!.accuracy > 0.9);
  });
  await t.step("each digit's", () => assertEquals(found.digits, expected.digits));
  await t.step("pairs", () => assertEquals(found.comparison, expected.comparison));
  await t.step("causes", () => {
    assert(expected.causes!.tried.length > 0);
    assertEquals(found.causes, expected.causes);
  });
  await t.step("copies and pairs to be shown, but for the images' numbers", () => {
    const { suspects, ...copies } = expected.copies, { suspects: others, ...rest } = found.copies;
    assertEquals(rest, copies);
    const distances = suspects.map(({ distance }) => distance);
    assertEquals(others.map(({ distance }) => distance), distances);
    const pixels = (images: LabelledImages, number: number) =>
      images.pixels.subarray(number * AREA, (number + 1) * AREA).join();
    for (const [i, { image, training }] of others.entries()) {
      assertEquals(pixels(mixedFake, image), pixels(fake, suspects[i].image));
      assertEquals(training, suspects[i].training);
    }
    for (const end of ["nearest", "farthest"] as const) {
      for (const [i, { image, real: other }] of found.extremes[end].entries()) {
        assertEquals(pixels(mixedFake, image), pixels(fake, expected.extremes[end][i].image));
        assertEquals(realWas[other], expected.extremes[end][i].real);
      }
    }
  });
  await t.step("each image", () => {
    for (const [i, { index, flags, real, ...image }] of found.images.entries()) {
      const { index: _, flags: others, real: nearest, ...same } = expected.images[fakeWas[i]];
      assertEquals([index, image, realWas[real]], [i, same, nearest]);
      const marks = (list: typeof flags) => list.filter((flag) => flag !== "duplicate"); // of two the second
      assertEquals(marks(flags), marks(others));
    }
  });
  await t.step("which image a row is of", async () => {
    const { features, labels } = found.set, { logits, order } = features as Features;
    const again = await extractFeatures(network, sourceOf(takeLabelled(mixedFake, order!.slice(0, 20)), "x"));
    const { logits: few, order: places } = again.features as Features;
    for (const [row, place] of places!.entries()) {
      assertEquals(few.slice(10 * row, 10 * row + 10), logits.slice(10 * place, 10 * place + 10));
    }
    assertEquals(labels, Uint8Array.from(order!, (image) => mixedFake.labels[image]));
    const { pixels } = await readNumbers(inChunks(mixedFake, "x"), Uint32Array.of(299, 0, 130));
    for (const [i, number] of [299, 0, 130].entries()) {
      assertEquals(pixels[i * AREA + 400], Math.fround(mixedFake.pixels[number * AREA + 400] / 255));
    }
  });
  await t.step("plain TypeScript's", async () => {
    const few = { ...await digits("train", 0, 60) }, mixed = shuffled(few, 3).images;
    const [a, b, c] = await Promise.all(
      [real, few, mixed].map((set) => extractFeatures(network, sourceOf(set, "x"), embedding)),
    );
    const scored = (set: ScoredSet) => scoreSets(a, set, { arithmetic: PLAIN, interval: false });
    assertEquals(await scored(c), await scored(b));
  });
  await t.step("a scorer's, of labelled images in two parts", async () => {
    const score = async (parts: readonly LabelledImages[]) => {
      await using scorer = await Scorer.create({ real: mixedReal, threads: 1, seed: 5, network: loaded });
      for (const part of parts) await scorer.add(part, part.labels);
      return await scorer.compute();
    };
    const part = (from: number, to: number) =>
      takeLabelled(mixedFake, Uint32Array.from({ length: to - from }, (_, i) => from + i));
    const { network: _, fid, ...scored } = await score([part(170, 300), part(0, 170)]);
    const { realAs: _a, fakeAs: _b, warnings: _c, warningCodes: _d, ...numbers } = expected.score;
    for (const [name, value] of Object.entries({ ...numbers })) {
      assertEquals({ ...scored, fid }[name as keyof typeof scored], value, name);
    }
  });
});

Deno.test("order: of more images than are compared, and of a part drawn from a set, the same are taken", async () => {
  using loaded = await loadNetwork({ threads: 2 });
  await using arithmetic = await openArithmetic(2);
  const images = await digits("train", 0, 10_300), { images: mixed } = shuffled(images, 4);
  const featuresOf = (source: ImageSource) => extractFeatures(loaded.network, source);
  const real = await featuresOf(sourceOf(await digits("test", 0, 300), "real"));
  const only = new Set(["precision", "recall", "density", "coverage", "kid", "fid"] as const);
  const score = async (source: ImageSource) => await scoreSets(real, await featuresOf(source), { arithmetic, only });
  assertEquals(await score(sourceOf(mixed, "x")), await score(sourceOf(images, "x")));
  const part = (set: LabelledImages) => subsetOf(sourceOf(set, "x"), 100, { seed: 1 });
  assertEquals(await score(await part(mixed)), await score(await part(images)));
});

Deno.test("order: equal images lie as their labels do, equal keys as all bits do", () => {
  const count = 40, random = new Random(0, 0);
  const logits = Float32Array.from({ length: count * 10 }, (_, k) => Math.floor(k / 10) % 4); // four keys
  const latents = Float32Array.from({ length: count * 128 }, (_, k) => Math.floor(k / 128 / 4) % 5);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const rowsOf = (was: Uint32Array) => {
    const take = (values: Float32Array, width: number) =>
      Float32Array.from({ length: count * width }, (_, k) => values[was[Math.floor(k / width)] * width + k % width]);
    const taken = { latents: { count, width: 128, data: take(latents, 128) }, logits: take(logits, 10) };
    const { order: _, ...rows } = inKeyOrder({ ...taken, labels: Uint8Array.from(was, (i) => labels[i]) });
    return rows;
  };
  const expected = rowsOf(Uint32Array.from({ length: count }, (_, i) => i));
  for (let i = 0; i < 5; i++) assertEquals(rowsOf(random.permutation(count)), expected);
});
