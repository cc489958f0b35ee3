/** Several sets against one: pairs, their intervals, and chance. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import { PLAIN } from "../../lib/scoring/arithmetic.ts";
import { compareSets, pairsOf } from "../../lib/scoring/comparison.ts";
import { toldPairs } from "../../lib/scoring/comparison_words.ts";
import { metricsOf } from "../../lib/scoring/metrics.ts";
import { subsetOf } from "../../lib/data/subset.ts";
import { takeLabelled } from "../../lib/data/images.ts";
import { sourceOf } from "../../lib/data/sources.ts";
import { Random } from "../../lib/random.ts";
import { normalLatents } from "../support/samples.ts";

const set = (count: number, seed: number, deviation = 1) => ({
  features: { latents: normalLatents(count, 4, seed, { deviation }), logits: new Float32Array(count * 10) },
  warnings: [],
});

Deno.test("comparison: differences, intervals and Holm's correction, by hand", () => {
  // resamples that lie 1 and -1 around the distances: differences of two sets have a standard deviation of √(4/3)
  const around = (distance: number, sign: number) => [distance, distance + sign, distance - sign, distance, distance];
  const still = (distance: number) => [distance, ...Array(4).fill(distance)];
  const [near, middle, far] = [around(1, 1), still(3), still(3.1)];
  const pairs = pairsOf([far, near, middle]);
  assertEquals(pairs.map(({ nearer, farther }) => [nearer, farther]), [[1, 2], [1, 0], [2, 0]]);
  const error = Math.sqrt(2 / 3);
  assertAlmostEquals(pairs[0].difference, 2, 1e-12);
  assertAlmostEquals(pairs[0].interval[0], 2 - 1.96 * error, 1e-12);
  assertAlmostEquals(pairs[0].interval[1], 2 + 1.96 * error, 1e-12);
  // two-sided normal probabilities at 2 / 0.8165 and 2.1 / 0.8165: 0.014306 and 0.010112; three tries, then two, then one
  assertAlmostEquals(pairs[1].p, 2 * 0.010112, 2e-5);
  assertAlmostEquals(pairs[0].p, 2 * 0.010112, 2e-5); // never below a smaller one's: 1 × 0.014306 is
  assertEquals(pairs[2].p < 1e-9, true);
  assertEquals(pairs.map(({ isReal }) => isReal), [true, true, true]);
});

Deno.test("comparison: sets of one distribution differ by chance, others by more, and the seed settles it", async () => {
  const real = set(400, 1), fakes = [set(400, 2), set(400, 3), set(400, 4, 1.3)];
  const { metric, pairs } = await compareSets(real, fakes, { seed: 7, arithmetic: PLAIN });
  assertEquals(metric, "fid");
  for (const { nearer, farther, difference, isReal } of pairs) {
    assertEquals(isReal, farther === 2, `${nearer} ${farther}`);
    const [a, b] = await Promise.all([nearer, farther].map((i) => metricsOf(real.features.latents, fakes[i].features)));
    assertAlmostEquals(difference, b.fid! - a.fid!, 1e-9);
  }
  assertEquals((await compareSets(real, fakes, { seed: 7, arithmetic: PLAIN })).pairs, pairs);
});

Deno.test("comparison: the same resamples of the real set leave less to chance than others would", async () => {
  const real = set(60, 1, 1.5), fakes = [set(2000, 2), set(2000, 3)];
  const { pairs: [{ interval }] } = await compareSets(real, fakes, { arithmetic: PLAIN });
  const { fidInterval } = await metricsOf(real.features.latents, fakes[0].features, { arithmetic: PLAIN });
  assert(fidInterval);
  assertLess(interval[1] - interval[0], (fidInterval[1] - fidInterval[0]) / 2);
});

Deno.test("comparison: each generated set has resamples of its own, which leave to chance what hardly differs", async () => {
  const real = set(400, 1), fake = set(200, 2), moved = set(200, 2);
  moved.features.latents.data.forEach((value, i, data) => data[i] = value + 1e-9);
  const { pairs: [{ interval, isReal }] } = await compareSets(real, [fake, moved], { arithmetic: PLAIN });
  const { fidInterval } = await metricsOf(real.features.latents, fake.features, { arithmetic: PLAIN });
  assertGreater(interval[1] - interval[0], (fidInterval![1] - fidInterval![0]) / 2);
  assertEquals(isReal, false);
});

Deno.test("comparison: only what is asked for is computed, and as ever", async () => {
  const real = set(200, 1).features.latents, fake = set(200, 2).features;
  const all = await metricsOf(real, fake, { arithmetic: PLAIN });
  const some = await metricsOf(real, fake, { arithmetic: PLAIN, only: new Set(["kid", "recall"]) });
  const { realImages, fakeImages, fid, kid, kidStandardError, recall } = all;
  assert(all.warnings.some((warning) => warning.includes("FID has a large bias")));
  assertEquals({ ...some }, { realImages, fakeImages, kid, kidStandardError, recall, warnings: [] });
  const { fidInterval, warnings } = all;
  const ofFid = await metricsOf(real, fake, { arithmetic: PLAIN, only: new Set(["fid"]) });
  assertEquals({ ...ofFid }, { realImages, fakeImages, fid, fidInterval, warnings });
  const without = await metricsOf(real, fake, { arithmetic: PLAIN, only: new Set(["fid"]), interval: false });
  assertEquals({ ...without }, { realImages, fakeImages, fid, warnings });
});

Deno.test("subset: so many images at random, in order, whatever the chunks, with their labels", async () => {
  const count = 9000, pixels = new Uint8Array(count * 784), labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    pixels[i * 784] = i & 255;
    pixels[i * 784 + 1] = i >> 8;
    labels[i] = i % 10;
  }
  const source = sourceOf({ count, size: 28, pixels, labels }, "x");
  const numbersOf = async (seed: number, set = source) => {
    const subset = await subsetOf(set, 1000, { seed }), numbers: number[] = [];
    for await (const images of subset.chunks()) {
      for (let i = 0; i < images.count; i++) numbers.push(images.pixels[i * 784] + 256 * images.pixels[i * 784 + 1]);
    }
    assertEquals([numbers.length, subset.count], [1000, 1000]);
    assertEquals([...subset.labels!], numbers.map((number) => number % 10));
    return numbers;
  };
  const numbers = await numbersOf(1);
  assertEquals(numbers, [...new Set(numbers)].sort((a, b) => a - b));
  assertGreater(numbers.filter((number) => number >= 8192).length, 40);
  assertEquals(await numbersOf(1), numbers);
  assertEquals(await subsetOf(source, count), source);
  const shuffled = takeLabelled({ count, size: 28, pixels, labels }, new Random(0, 0).permutation(count));
  const others = await numbersOf(1, sourceOf(shuffled, "x"));
  assertEquals(others.toSorted((a, b) => a - b), numbers, "the same in whatever order they come");
});

Deno.test("comparison: in words, neighbours and pairs that may be chance are told; the rest is one line", () => {
  const near = (distance: number) => [distance, ...Array.from({ length: 200 }, (_, i) => distance + (i % 2 ? 1 : -1))];
  const pairs = pairsOf([...[10, 30, 50].map((distance) => near(distance)), [70, ...Array(200).fill(70)]]);
  const { told, rest } = toldPairs({ metric: "fid", pairs });
  assertEquals(told.map(({ nearer, farther }) => [nearer, farther]), [[0, 1], [1, 2], [2, 3]]);
  assertEquals(rest, "the other 3 pairs differ by more than chance");
  const doubtful = pairs.map((pair) => pair.farther === 2 ? { ...pair, isReal: false } : pair);
  assertEquals(toldPairs({ metric: "fid", pairs: doubtful }).told.map(({ nearer }) => nearer), [0, 0, 1, 2]);
  assertEquals(toldPairs({ metric: "fid", pairs: pairs.slice(0, 1) }).rest, undefined);
});
