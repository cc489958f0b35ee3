/** A scorer gives the same bits for any order, batches and parts; what it keeps on disk changes no score. */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { type Images, limit } from "../../lib/data/images.ts";
import { frechetDistance } from "../../lib/fid.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeSealed, parseSealed } from "../../lib/formats/sealed.ts";
import { arrayOfBytes } from "../../lib/formats/stored_array.ts";
import { ExactMoments } from "../../lib/metrics/exact_moments.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { Random, STREAM } from "../../lib/random.ts";
import { sha256 } from "../../lib/network/identity.ts";
import { score } from "../../lib/scoring/score.ts";
import { Scorer, type ScorerOptions } from "../../lib/scoring/scorer.ts";
import { statisticsOf } from "../../lib/scoring/features.ts";
import { referenceStatistics } from "../../lib/scoring/statistics.ts";
import { inFolder } from "../support/folders.ts";
import { mnist } from "../support/mnist.ts";

const AREA = 28 * 28;
const REAL = limit(await mnist("test"), 400);
const FAKE = part(await mnist("train"), 0, 300);

function part({ size, pixels }: Images, from: number, to: number): Images {
  return { count: to - from, size, pixels: pixels.subarray(from * AREA, to * AREA) };
}

function create(options: ScorerOptions = {}): Promise<Scorer> {
  return Scorer.create({ real: REAL, threads: 2, ...options });
}

/** What is saved has megabytes, whose difference nobody wants to see. */
async function hashOf(scorer: Scorer): Promise<string> {
  return await sha256(await scorer.save());
}

for (const keep of [200_000, 120]) {
  Deno.test(`scorer: order, batches and parts change no bit, with at most ${keep} images kept`, async () => {
    await using scorer = await create({ keep });
    await scorer.add(FAKE);
    const expected = await scorer.compute(), bytes = await scorer.save(), hash = await hashOf(scorer);
    assertEquals(expected.fakeImages, 300);

    await scorer.reset();
    for (const [from, to] of [[250, 300], [0, 1], [1, 130], [130, 250]]) await scorer.add(part(FAKE, from, to));
    assertEquals(await scorer.compute(), expected);
    assertEquals(await hashOf(scorer), hash);

    await using other = await create({ keep });
    await other.add(part(FAKE, 140, 300));
    await scorer.reset();
    await scorer.add(part(FAKE, 0, 140));
    const [a, b] = [await scorer.save(), await other.save()];
    await other.merge(a);
    await scorer.merge(b);
    assertEquals(await scorer.compute(), expected);
    assertEquals(await hashOf(other), hash);
    await other.load(bytes);
    assertEquals(await other.compute(), expected);
  });
}

Deno.test("scorer: its scores are those of one call to the bit, and beyond the kept images fid and digit distance are of all", async () => {
  const whole = await score(FAKE, { real: REAL, seed: 3 });
  await using scorer = await create({ seed: 3 });
  await using small = await create({ keep: 120 });
  await Promise.all([scorer.add(FAKE), small.add(FAKE)]);
  const [all, sampled] = [await scorer.compute(), await small.compute()];
  assertEquals({ ...all, fakeAs: "" }, { ...whole, fakeAs: "" });
  assertAlmostEquals(sampled.fid, whole.fid, 1e-4);
  assertEquals([sampled.digitDistance, sampled.fakeImages], [whole.digitDistance, 300]);
  assertEquals(sampled.digitHistogram?.reduce((sum, count) => sum + count), 120);
  assert(
    sampled.warnings.some((warning) => warning.includes("the other scores of 120 of them")),
    `${sampled.warnings}`,
  );
  assertNotEquals(sampled.precision, all.precision);
});

Deno.test("scorer: which images are kept is decided by their own bits, not by the seed, so parts of any seed add up", async () => {
  await using one = await create({ keep: 50, seed: 1 });
  await using other = await create({ keep: 50, seed: 2 });
  await Promise.all([one.add(FAKE), other.add(FAKE)]);
  const [a, b] = [await one.compute(), await other.compute()];
  assertEquals([a.digitHistogram, a.precision], [b.digitHistogram, b.precision]);
  assertNotEquals(a.kid, b.kid);
  await other.load(await one.save());
  assertEquals(await other.compute(), b);
});

Deno.test("scorer: a call that fails changes nothing", async () => {
  await using scorer = await create();
  await assertRejects(
    () => scorer.compute(),
    DigitFidError,
    "no image, which is too few to score: add 2 in all or more",
  );
  await scorer.add(part(FAKE, 0, 1));
  await assertRejects(() => scorer.compute(), DigitFidError, "1 image, which is too few");
  await scorer.add(part(FAKE, 1, 60));
  const [before, bytes] = [await scorer.compute(), await scorer.save()];
  const { tensors, metadata } = parseSealed(bytes, "bytes");
  const old = encodeSealed(tensors, { ...metadata, format: "generated digits 1" });
  const wrong: [add: () => Promise<void>, message: string][] = [
    [() => scorer.add(new Float32Array(100)), "100 pixels are not whole images of 28×28"],
    [() => scorer.add(new Float32Array(AREA).fill(NaN)), "NaN, not a number between black and white"],
    [() => scorer.add(FAKE, [1, 2]), "expected 300 labels, one an image, found 2"],
    [() => scorer.add(part(FAKE, 0, 1), [10]), "label 0 is 10, expected a digit from 0 to 9"],
    [async () => scorer.add(await referenceStatistics("test")), "statistics hold no images"],
    [() => scorer.add(arrayOfBytes("images", "|u1", [2, 3, 5], new Uint8Array(30))), "expected images as N×28×28"],
    [() => scorer.merge(bytes.slice(0, -1)), "what was added elsewhere"],
    [() => scorer.merge(bytes.map((byte, i) => i === bytes.length - 5 ? byte ^ 1 : byte)), "damaged, as its hash says"],
    [() => scorer.load(new Uint8Array(10)), "what was saved"],
    [() => scorer.load(old), "what was saved: saved by another version of digit-fid: add these images again"],
  ];
  for (const [add, message] of wrong) await assertRejects(add, DigitFidError, message);
  assertEquals(await scorer.compute(), before);
  await using other = await create({ keep: 70 });
  await assertRejects(() => other.merge(bytes), DigitFidError, "use one way for all parts");
  await assertRejects(() => create({ keep: 1 }), DigitFidError, "keep 1: give a whole number, at least 2");
});

Deno.test("scorer: black and white are the first images', and hold until a reset", async () => {
  await using scorer = await create();
  const { pixels } = part(FAKE, 0, 40);
  const signed = Float32Array.from(pixels, (byte) => byte / 127.5 - 1);
  await scorer.add(pixels);
  const refused = async (first: string, found: string, add: () => Promise<void>) => {
    const message = `the first were taken as ${first}, and these ${found}: give all of them in one range, and state it`;
    assertEquals((await assertRejects(add, DigitFidError, message)).remedy, {});
  };
  await refused("values from 0 to 255", "as values from -1 to 1", () => scorer.add(signed));
  await scorer.add(new Uint8Array(AREA)); // black, whatever white is
  const expected = await scorer.compute();
  await scorer.reset();
  await scorer.add(new Uint8Array(AREA));
  await scorer.add(signed);
  assertEquals({ ...await scorer.compute(), fakeAs: "" }, { ...expected, fakeAs: "" });
  await refused("values from -1 to 1", "as values from 0 to 255", () => scorer.add(pixels));
});

Deno.test("scorer: bytes among floats are the same bytes in any batch", async () => {
  const floats = Float32Array.from(
    part(FAKE, 0, 40).pixels,
    (byte, i) => i < 20 * AREA ? byte / 127.5 - 1 : byte / 130 - 0.99,
  );
  await using scorer = await create({ fake: { range: "signed" } });
  await scorer.add(floats);
  const together = await scorer.compute();
  await scorer.reset();
  for (let i = 0; i < 40; i++) await scorer.add(floats.subarray(i * AREA, (i + 1) * AREA));
  assertEquals({ ...await scorer.compute(), fakeAs: "" }, { ...together, fakeAs: "" });
});

Deno.test("scorer: a cache changes no score; a damaged one is made again, one that cannot be used is told of once", () =>
  inFolder(async (folder) => {
    const told: string[] = [];
    const cache = { folder: `${folder}/cache`, onUnused: (reason: string) => told.push(reason) };
    const scoreBy = async (options: ScorerOptions) => {
      await using scorer = await create(options);
      await scorer.add(FAKE);
      return await scorer.compute();
    };
    const expected = await scoreBy({});
    const both = await Promise.all([scoreBy({ cache }), scoreBy({ cache })]); // at the same time
    assertEquals(both, [expected, expected]);
    const [{ name }, ...others] = Deno.readDirSync(cache.folder);
    assertEquals(others, []);
    const path = `${cache.folder}/${name}`, good = Deno.readFileSync(path);
    Deno.writeFileSync(path, good.map((byte, i) => i === good.length - 100 ? byte ^ 4 : byte));
    assertEquals(await scoreBy({ cache }), expected);
    assertEquals(Deno.readFileSync(path), good);
    await scoreBy({ cache, real: limit(REAL, 399) });
    assertEquals([...Deno.readDirSync(cache.folder)].length, 2);
    // Other pixels under the same name: not what is kept, not even where its file has been put in the place of theirs.
    const strangers = part(await mnist("train"), 1000, 1400);
    const [uncached, cached] = [await scoreBy({ real: strangers }), await scoreBy({ cache, real: strangers })];
    assertEquals(cached, uncached);
    for (const file of Deno.readDirSync(cache.folder)) Deno.writeFileSync(`${cache.folder}/${file.name}`, good);
    assertEquals(await scoreBy({ cache, real: strangers }), uncached);
    assertEquals(told, []);
    Deno.writeTextFileSync(`${folder}/file`, "");
    assertEquals(await scoreBy({ cache: { ...cache, folder: `${folder}/file` } }), expected);
    assertEquals(told, [`cannot read ${folder}/file/${name}: a part of the path is a file, not a folder`]);
  }));

Deno.test("exact moments: those of the rows, whatever the order, and of as many as may be", async () => {
  const random = new Random(0, STREAM.defects);
  const data = Float32Array.from({ length: 500 * 3 }, () => 5 * random.normal() + 2);
  const latents = { count: 500, width: 3, data };
  const moments = Moments.of(latents), unit = ExactMoments.unitFor(moments);
  const whole = new ExactMoments(3, unit).add(latents);
  assertAlmostEquals(frechetDistance(whole.moments(), moments), 0, 1e-9);
  const parts = [[300, 500], [0, 300]].map(([from, to]) =>
    new ExactMoments(3, unit).add({ count: to - from, width: 3, data: data.slice(3 * from, 3 * to) })
  );
  assertEquals(parts[0].merge(parts[1]).state(), whole.state());
  let many = ExactMoments.restore(3, unit, whole.state());
  for (let i = 0; i < 17; i++) many = ExactMoments.restore(3, unit, many.state()).merge(many); // 65 million rows
  assertEquals(many.count, 500 * 2 ** 17);
  assertAlmostEquals(frechetDistance(many.moments(), moments), 0, 1e-4);
  await assertRejects(
    async () => await new ExactMoments(3, unit).add({ count: 1, width: 3, data: Float32Array.of(1, 1e9, 1) }),
    DigitFidError,
    "too far from those of the real images",
  );
  assertEquals(statisticsOf({ features: moments, warnings: [] }), moments);
});

for (const keep of [200_000, 120]) {
  Deno.test(`scorer: what was asked for is held against what is seen, in any order and parts, with ${keep} kept`, async () => {
    const labels = (await mnist("train")).labels.slice(0, 300);
    for (const wrong of [3, 50, 299]) labels[wrong] = (labels[wrong] + 1) % 10;
    const whole = await score(FAKE, { real: REAL, labels });
    assertEquals(whole.asked!.confusion.flat().reduce((sum, count) => sum + count), 300);
    assert(whole.asked!.accuracy < 0.991 && whole.asked!.accuracy > 0.97, `${whole.asked!.accuracy}`);
    await using scorer = await create({ keep });
    await scorer.add(FAKE, labels);
    const { asked } = await scorer.compute();
    if (keep > 300) assertEquals(asked, whole.asked);
    assertEquals(asked!.confusion.flat().reduce((sum, count) => sum + count), Math.min(keep, 300));
    await using other = await create({ keep });
    await other.add(part(FAKE, 140, 300), labels.subarray(140));
    await other.merge(
      await (async () => {
        await scorer.reset();
        await scorer.add(part(FAKE, 0, 140), labels.subarray(0, 140));
        return await scorer.save();
      })(),
    );
    assertEquals((await other.compute()).asked, asked);
    await scorer.load(await other.save());
    assertEquals((await scorer.compute()).asked, asked);
    await scorer.add(part(FAKE, 0, 40));
    const { asked: none, warningCodes } = await scorer.compute();
    assertEquals([none, warningCodes?.includes("unlabelled")], [undefined, true]);
  });
}
