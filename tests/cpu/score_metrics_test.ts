import { assert, assertAlmostEquals, assertEquals, assertLess, assertNotEquals, assertRejects } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { frechetDistance, frechetInfinity, frechetInterval, momentsOfParts } from "../../lib/fid.ts";
import { kernelDistance } from "../../lib/metrics/kid.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { neighbourScores } from "../../lib/metrics/neighbours.ts";
import { scoreLines } from "../../lib/scoring/words.ts";
import { type Features, metricsOf } from "../../lib/scoring/metrics.ts";
import { normalLatents } from "../support/samples.ts";

function features(count: number, seed: number, width = 8): Features {
  return {
    latents: normalLatents(count, width, seed),
    logits: Float32Array.from(normalLatents(count, 10, seed + 1000).data),
  };
}

const PAIR = ["kid", "kidStandardError", "precision", "recall", "density", "coverage"];
const DIGITS = ["classifierScore", "digitHistogram", "digitImbalance", "meanConfidence"];
const FRECHET = ["realImages", "fakeImages", "fid", "fidInterval", "fidInfinity"];

Deno.test("score: images against images give every metric, the same for the same seed", async () => {
  const real = features(300, 1).latents, fake = features(400, 2);
  const result = await metricsOf(real, fake, { seed: 5 });
  assertEquals(Object.keys(result).sort(), [...FRECHET, ...PAIR, ...DIGITS, "warnings"].sort());
  assertEquals([result.realImages, result.fakeImages], [300, 400]);
  assert(result.fidInterval && result.fidInterval[0] < result.fid! && result.fid! < result.fidInterval[1]);
  assertEquals(await metricsOf(real, fake, { seed: 5 }), result);
});

Deno.test("score: another seed moves what is drawn at random, each by a stream of its own, and nothing else", async () => {
  const real = features(300, 1).latents, fake = features(400, 2);
  const [one, other] = [await metricsOf(real, fake, { seed: 5 }), await metricsOf(real, fake, { seed: 6 })];
  for (const drawn of ["fidInterval", "fidInfinity", "kid", "kidStandardError"] as const) {
    assertNotEquals(other[drawn], one[drawn], drawn);
    assertNotEquals((await metricsOf(real, fake))[drawn], one[drawn], `${drawn} of seed 0`);
  }
  for (const exact of ["precision", "recall", "density", "coverage", "classifierScore"] as const) {
    assertEquals(other[exact], one[exact], exact);
  }
  assertAlmostEquals(other.fid!, one.fid!, 1e-10);
});

Deno.test("score: every number is what its own metric gives by the same seed", async () => {
  const seed = 7, real = features(300, 1).latents, fake = features(400, 2);
  const [a, b] = [momentsOfParts(real, { seed, of: "real" }), momentsOfParts(fake.latents, { seed, of: "fake" })];
  const result = await metricsOf(real, fake, { seed });
  const { kid, standardError } = kernelDistance(real, fake.latents, { seed });
  const expected = [
    frechetDistance(Moments.of(real), Moments.of(fake.latents)),
    ...frechetInterval(a, b, { seed }),
    frechetInfinity(a, b, { seed }),
    ...[kid, standardError],
    ...Object.values(neighbourScores(real, fake.latents, { seed })),
  ];
  const { fid, fidInterval, fidInfinity, kidStandardError, precision, recall, density, coverage } = result;
  const found = [fid, ...fidInterval!, fidInfinity, result.kid, kidStandardError, precision, recall, density, coverage];
  assertEquals(found.length, expected.length);
  for (const [i, value] of expected.entries()) assertAlmostEquals(found[i]!, value, 1e-9, `number ${i}`);
});

Deno.test("score: statistics take the place of images as far as they go", async () => {
  const real = features(300, 1), fake = features(400, 2);
  const [realStatistics, fakeStatistics] = [real, fake].map(({ latents }) => Moments.of(latents));
  const full = await metricsOf(real.latents, fake);

  const half = await metricsOf(realStatistics, fake);
  assertEquals(Object.keys(half).sort(), [...FRECHET, ...DIGITS, "warnings"].sort());
  const none = await metricsOf(realStatistics, fakeStatistics);
  assertEquals(Object.keys(none).sort(), ["realImages", "fakeImages", "fid", "warnings"].sort());
  for (const { fid } of [half, none]) assertAlmostEquals(fid!, full.fid!, 1e-10);
});

Deno.test("score: a set against itself", async () => {
  const { latents, logits } = features(300, 1);
  const { fid, precision, recall, coverage } = await metricsOf(latents, { latents, logits });
  assertLess(fid, 1e-6);
  assertEquals([precision, recall, coverage], [1, 1, 1]);
});

Deno.test("score: few images give fewer metrics, a constant set gives finite ones", async () => {
  const two = await metricsOf(features(2, 1).latents, features(3, 2));
  assert(!("fidInfinity" in two) && !("kid" in two) && "precision" in two);
  const constant = { latents: { count: 12, width: 8, data: new Float32Array(96) }, logits: new Float32Array(120) };
  const numbers = Object.values(await metricsOf(features(50, 1).latents, constant)).filter((value) =>
    typeof value === "number"
  );
  assert(numbers.every(Number.isFinite));
});

Deno.test("score: warns of what bends the numbers", async () => {
  const warnings = async (real: number, fake: number, width: number) =>
    (await metricsOf(features(real, 1, width).latents, features(fake, 2, width))).warnings.join("\n");
  const few = await warnings(2000, 20, 32);
  assert(few.startsWith("20 generated images for 32 latents: the covariance is singular"));
  assert(!few.includes("real"));
  assert((await warnings(500, 2000, 4)).startsWith("500 real images: FID has a large bias"));
  assertEquals(await warnings(2000, 2000, 4), "");
});

Deno.test("score: images that are there again and again are counted", async () => {
  const { latents, logits } = features(2000, 1, 4);
  latents.data.copyWithin(4 * 1900, 0, 400); // 100 of them
  const warnings = async () => (await metricsOf(features(2000, 2, 4).latents, { latents, logits })).warnings;
  assertEquals(await warnings(), []);
  latents.data.copyWithin(4 * 1899, 0, 4);
  const message = "101 of 2000 generated images are the same as earlier ones: there are fewer than it seems";
  assertEquals(await warnings(), [message]);
});

Deno.test("score: digits of which there is none are named, where there are enough to miss them", () => {
  const lines = (fakeImages: number) => {
    const digitHistogram = [0, 20, 20, 0, ...Array(6).fill(10)];
    return scoreLines({ realImages: 9, fakeImages, fid: 1, digitHistogram, warnings: [] }).join("\n");
  };
  assert(lines(100).endsWith("\n  missing           none is seen as 0, 3"), lines(100));
  assert(!lines(99).includes("missing"));
});

Deno.test("score: refuses what cannot be scored", async () => {
  const good = features(20, 1);
  const refused = (action: () => Promise<unknown>, message: string) => assertRejects(action, DigitFidError, message);
  await refused(() => metricsOf(features(1, 1).latents, good), "real images: 1 images are too few");
  await refused(() => metricsOf(good.latents, features(20, 1, 9)), "width 8 and 9");
  const data = new Float32Array(16).fill(NaN, 10);
  const bad = (count: number) => ({ latents: { count, width: 8, data }, logits: new Float32Array(10 * count) });
  await refused(() => metricsOf(good.latents, bad(2)), "latent 2 of image 1 is NaN");
  await refused(() => metricsOf(good.latents, bad(3)), "16 values are not 3 rows of 8");
  await refused(
    () => metricsOf(good.latents, { ...good, logits: good.logits.subarray(10) }),
    "190 logits for 20 images: give 10 an image",
  );
});

Deno.test("score: numbers so large that a metric has no value are refused, never shown as NaN", async () => {
  const scaled = (seed: number) => {
    const { latents, logits } = features(40, seed);
    return { latents: { ...latents, data: Float64Array.from(latents.data, (value) => value * 1e120) }, logits };
  };
  await assertRejects(() => metricsOf(scaled(1).latents, scaled(2)), DigitFidError, "comes out as");
});

Deno.test("score: the Fréchet distance of very small and very large latents is right, whoever computes it", async () => {
  const scaled = (seed: number, unit: number) => {
    const { count, width, data } = features(40, seed).latents;
    return Moments.of({ count, width, data: Float64Array.from(data, (value) => value * unit) });
  };
  const { fid = NaN } = await metricsOf(scaled(1, 1), scaled(2, 1));
  for (const unit of [1e-150, 1e-80, 1e80, 1e150]) {
    const distance = (await metricsOf(scaled(1, unit), scaled(2, unit))).fid!;
    assertAlmostEquals(distance / unit / unit, fid, 1e-9 * fid, `${unit}`);
  }
});
