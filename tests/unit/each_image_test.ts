/** What is said of each image: a planted copy, a blank, a duplicate and an outsider are seen, and ordinary digits are not. */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { csvText } from "../../cli/csv.ts";
import type { ImageSource } from "../../lib/data/sources.ts";
import { sourceOf } from "../../lib/data/sources.ts";
import { subsetOf } from "../../lib/data/subset.ts";
import { neighbourScores, realismOf } from "../../lib/metrics/neighbours.ts";
import { PLAIN } from "../../lib/scoring/arithmetic.ts";
import { type CopySets, findCopies } from "../../lib/scoring/copies.ts";
import { findDuplicates } from "../../lib/scoring/duplicates.ts";
import { describeImages } from "../../lib/scoring/each_image.ts";
import { normalLatents } from "../support/samples.ts";

const COUNT = 60, WIDTH = 6;

/** A set of random latents and images, digits 0 … 9 in turn, each surely so. */
function set(seed: number) {
  const latents = normalLatents(COUNT, WIDTH, seed);
  const logits = new Float32Array(COUNT * 10);
  for (let i = 0; i < COUNT; i++) logits[i * 10 + i % 10] = 9;
  const pixels = Uint8Array.from({ length: COUNT * 784 }, (_, k) => Math.imul(k + seed, 2654435761) >>> 24);
  return { features: { latents, logits }, images: { count: COUNT, size: 28 as const, pixels } };
}

async function describe(plant: (fake: ReturnType<typeof set>, training: ReturnType<typeof set>) => void) {
  const [fake, training, fresh, real] = [set(1), set(2), set(3), set(4)];
  plant(fake, training);
  const numbers = Uint32Array.from({ length: COUNT }, (_, i) => 1000 + 2 * i); // as of a part of a set
  const realPart = { ...sourceOf(real.images, "real"), numbers };
  const source: ImageSource = sourceOf(fake.images, "made");
  const sets: CopySets = { fake: { ...fake, source }, training, fresh: fresh.features };
  const found = await findCopies(sets, { arithmetic: PLAIN });
  return await describeImages({ ...real, source: realPart }, sets.fake, found, { arithmetic: PLAIN });
}

Deno.test("each image: a copy, a duplicate, a blank, an unsure one and an outsider are seen", async () => {
  const images = await describe((fake, training) => {
    const { latents: { data }, logits } = fake.features, { pixels } = fake.images;
    data.set(training.features.latents.data.subarray(7 * WIDTH, 8 * WIDTH), 3 * WIDTH);
    pixels.copyWithin(11 * 784, 10 * 784, 11 * 784);
    pixels.fill(40, 20 * 784, 21 * 784);
    pixels[20 * 784] = 100; // one level but for a little
    logits.fill(1, 30 * 10, 31 * 10);
    data.fill(50, 40 * WIDTH, 41 * WIDTH);
    for (const [image, probability] of [[31, 0.88], [32, 0.92]]) {
      logits.fill(0, image * 10, image * 10 + 10)[image * 10] = Math.log(9 * probability / (1 - probability));
    }
  });
  const flagged = (flag: string) =>
    images.flatMap(({ flags, index }) => flags.some((one) => one === flag) ? [index] : []);
  assert(flagged("near copy").includes(3));
  assertEquals([images[3].training, images[3].trainingDistance], [7, 0]);
  assertEquals([flagged("duplicate"), flagged("blank"), flagged("uncertain")], [[11], [20], [30, 31]]);
  assertAlmostEquals(images[30].confidence, 0.1, 1e-12);
  assertEquals(images[40].isInside, false);
  assert(images[40].realism < 0.1 && images[40].realDistance > 100 && images[40].trainingDistance > 100);
  assert(images.every(({ real }) => real >= 1000 && real % 2 === 0), "numbers are those of the whole set");
  assertEquals(images.map(({ digit }) => digit).slice(0, 3), [0, 1, 2]);
  assertEquals(new Set(images.map(({ file }) => file)), new Set(["made"]));
});

Deno.test("each image: realism is the largest ratio among the smaller balls, and those inside any are precision's", () => {
  const real = normalLatents(51, 5, 1), fake = normalLatents(40, 5, 2, { deviation: 1.3 });
  fake.data.set(real.data.subarray(5, 10)); // the first is a real one
  const distance = (a: typeof real, i: number, b: typeof real, j: number) =>
    Math.hypot(...Array.from({ length: 5 }, (_, k) => a.data[i * 5 + k] - b.data[j * 5 + k]));
  const numbers = [...Array(51).keys()];
  const radii = numbers.map((i) =>
    numbers.filter((j) => j !== i).map((j) => distance(real, i, real, j)).sort((a, b) => a - b)[2]
  );
  const largest = radii.toSorted((a, b) => a - b)[25];
  const { realism, isInside } = realismOf(real, fake);
  for (let j = 0; j < 40; j++) {
    const ratios = numbers.map((i) => radii[i] / distance(real, i, fake, j));
    const expected = Math.max(...ratios.filter((_, i) => radii[i] <= largest));
    if (j > 0 || radii[1] > largest) assertAlmostEquals(realism[j], expected, 1e-9 * expected);
    assertEquals(isInside[j], Math.max(...ratios) >= 1);
  }
  assertEquals(isInside.filter(Boolean).length / 40, neighbourScores(real, fake).precision);
  assert(isInside[0] && isInside.includes(false));
  for (const neighbours of [1, 7]) {
    const inside = realismOf(real, fake, { neighbours }).isInside.filter(Boolean).length / 40;
    assertEquals(inside, neighbourScores(real, fake, { neighbours }).precision);
  }
  const own = realismOf(real, real).realism;
  assertEquals(numbers.filter((i) => own[i] === Infinity), numbers.filter((i) => radii[i] <= largest));
});

Deno.test("each image: real rows that are all alike have balls without size", () => {
  const real = { count: 4, width: 1, data: Float64Array.of(2, 2, 2, 2) };
  const { realism, isInside } = realismOf(real, { count: 2, width: 1, data: Float64Array.of(2, 3) });
  assertEquals([[...realism], isInside], [[Infinity, 0], [true, false]]);
});

Deno.test("each image: a part of a set keeps its numbers and its pictures", async () => {
  const { images } = set(1), files = Array.from({ length: COUNT }, (_, i) => `${i}.png`);
  const part = await subsetOf({ ...sourceOf(images, "made"), files }, 9, { seed: 3 });
  assertEquals(part.files, Array.from(part.numbers!, (number) => `${number}.png`));
  assertEquals([part.files!.length, new Set(part.files).size], [9, 9]);
  const less = await subsetOf(part, 4, { seed: 5 });
  assertEquals(less.files, Array.from(less.numbers!, (number) => `${number}.png`));
});

Deno.test("duplicates: near ones are sought among 1,000 or more, drawn by the seed", async () => {
  const fresh = normalLatents(1000, WIDTH, 5), latents = normalLatents(1400, WIDTH, 6);
  for (let i = 0; i < 400; i++) latents.data.copyWithin((1000 + i) * WIDTH, i * WIDTH, (i + 1) * WIDTH);
  const images = { count: 1400, size: 28 as const, pixels: new Uint8Array(1400 * 784) };
  const near = async (seed: number, most = 1000) => {
    const some = { ...fresh, count: most, data: fresh.data.subarray(0, most * WIDTH) };
    const { duplicates } = await findDuplicates({ source: sourceOf(images, "made"), latents }, some, {
      seed,
      arithmetic: PLAIN,
    });
    assertEquals(duplicates.exact, 1399);
    return duplicates.near;
  };
  const first = await near(0);
  assert(first && first.count > 300 && first.count < 500, JSON.stringify(first)); // 800 · (1000 / 1400)² = 408
  assertEquals([await near(0), await near(0, 999)], [first, undefined]);
  assertNotEquals((await near(1))?.count, first.count);
});

Deno.test("each image: names with commas, quotes and line breaks stay one cell", () => {
  assertEquals(csvText([["a", 1], ['b,"c"', 2], ["d\ne", Infinity]]), 'a,1\n"b,""c""",2\n"d\ne",Infinity\n');
});
