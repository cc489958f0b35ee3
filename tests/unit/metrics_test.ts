/** Metrics beside the Fréchet distance: classifier score, KID, normality, sliced Wasserstein distance. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { classifierScores } from "../../lib/metrics/classifier_score.ts";
import { exp, log } from "../../lib/metrics/elementary.ts";
import { kernelDistance } from "../../lib/metrics/kid.ts";
import { normality, summariseNormality } from "../../lib/metrics/normality.ts";
import { jackknifeError, standardDeviation } from "../../lib/metrics/numbers.ts";
import { slicedWasserstein } from "../../lib/metrics/sliced_wasserstein.ts";
import { Random } from "../../lib/random.ts";
import { normalLatents } from "../support/samples.ts";

/** By Python's `decimal` with 50 digits. */
const KNOWN_EXP = [
  [-700.5, 5.980196118639791e-305],
  [-36.7368005696771, 1.1102230246251573e-16],
  [-10.25, 3.535750085040998e-05],
  [-1, 0.36787944117144233],
  [-0.3465735902799727, 0.7071067811865475],
  [-1e-09, 0.999999999],
  [1e-09, 1.000000001],
  [0.5, 1.6487212707001282],
  [1.5, 4.4816890703380645],
  [20.75, 1027094726.7424176],
  [700.125, 1.1492754838737592e+304],
] as const;
const KNOWN_LOG = [
  [1e-310, -713.8013788281542],
  [1e-09, -20.72326583694641],
  [0.1, -2.3025850929940455],
  [0.7071067811865476, -0.3465735902799726],
  [0.9999999, -1.0000000494736474e-07],
  [1.0000001, 9.999999505838704e-08],
  [1.4142135623730951, 0.3465735902799727],
  [2.5, 0.9162907318741551],
  [10, 2.302585092994046],
  [123456.789, 11.723646487185881],
  [1e+300, 690.7755278982137],
] as const;

Deno.test("elementary: exp and log are within two units of Python's decimals, and the same bits on every host", () => {
  const bitsOf = (x: number) => new BigInt64Array(Float64Array.of(x).buffer)[0];
  const isNear = (x: number, y: number) => Math.abs(Number(bitsOf(x) - bitsOf(y))) <= 2;
  for (const [x, y] of KNOWN_EXP) assert(isNear(exp(x), y), `exp(${x}) is ${exp(x)}`);
  for (const [x, y] of KNOWN_LOG) assert(isNear(log(x), y), `log(${x}) is ${log(x)}`);
  assertEquals([-Infinity, -746, 0, 710, NaN].map(exp), [0, 0, 1, Infinity, NaN]);
  assertEquals([0, 1, Infinity, -1, NaN].map(log), [-Infinity, 0, Infinity, NaN, NaN]);
  let bits = 0n;
  for (let i = 1; i < 2000; i++) bits = BigInt.asUintN(64, bits * 31n + bitsOf(exp(-i / 37)) + bitsOf(log(i / 37)));
  assertEquals(bits, 15_125_661_144_120_658_188n); // found in Deno, Node and Chromium
});

Deno.test("jackknife: of a mean it is the standard error, and of twice the mean twice that", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6], sum = values.reduce((a, b) => a + b);
  for (const times of [1, 2]) {
    const without = values.map((value) => times * (sum - value) / (values.length - 1));
    assertAlmostEquals(jackknifeError(without), times * standardDeviation(values) / Math.sqrt(values.length), 1e-12);
  }
});

/** Logits of images that are surely the digits given. */
function sure(digits: number[]): Float32Array {
  return Float32Array.from(digits.flatMap((digit) => Array.from({ length: 10 }, (_, j) => j === digit ? 1000 : 0)));
}

Deno.test("classifier score: 10 for all digits alike, 1 for a collapse, and the histogram tells", () => {
  const all = classifierScores(sure([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  assertAlmostEquals(all.classifierScore, 10, 1e-12);
  assertAlmostEquals(all.digitImbalance, 0, 1e-12);
  assertEquals([all.meanConfidence, all.digitHistogram], [1, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]);

  const collapsed = classifierScores(sure([7, 7, 7, 7]));
  assertAlmostEquals(collapsed.classifierScore, 1, 1e-12);
  assertAlmostEquals(collapsed.digitImbalance, 0.9, 1e-12);
  assertEquals(collapsed.digitHistogram, [0, 0, 0, 0, 0, 0, 0, 4, 0, 0]);
});

Deno.test("classifier score: unsure images score 1", () => {
  const { classifierScore, meanConfidence } = classifierScores(new Float32Array(50));
  assertAlmostEquals(classifierScore, 1, 1e-12);
  assertAlmostEquals(meanConfidence, 0.1, 1e-12);
});

Deno.test("classifier score: numbers computed with NumPy", () => {
  const logits = Float64Array.of(
    2,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    3,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
  );
  const { classifierScore, meanConfidence } = classifierScores(logits);
  assertAlmostEquals(classifierScore, 1.3067729337717233, 1e-14);
  assertAlmostEquals(meanConfidence, 0.399545855202002, 1e-14);
});

Deno.test("classifier score: refuses what are not logits", () => {
  assertThrows(() => classifierScores(new Float32Array(0)), DigitFidError, "0 logits");
  assertThrows(() => classifierScores(new Float32Array(15)), DigitFidError, "15 logits are not 10 an image");
  assertThrows(() => classifierScores(new Float32Array(20).fill(NaN, 13)), DigitFidError, "image 1 is NaN");
});

Deno.test("KID: closed form of constant sets", () => {
  const constant = (value: number, count: number) => ({
    count,
    width: 2,
    data: new Float32Array(2 * count).fill(value),
  });
  const { kid, standardError } = kernelDistance(constant(1, 30), constant(3, 45));
  assertAlmostEquals(kid, (1 + 1) ** 3 + (9 + 1) ** 3 - 2 * (3 + 1) ** 3, 1e-9); // k(a,a) + k(b,b) - 2 k(a,b)
  assertEquals(standardError, 0);
});

Deno.test("KID: the expectation for normal sets is met within the standard error", () => {
  // One latent, x ~ N(0, 1), y ~ N(m, 1), s = the product of two draws: E (s + 1)³ = 1 + 3 E s + 3 E s² + E s³.
  const m = 0.5;
  const xx = 1 + 3;
  const xy = 1 + 3 * (1 + m ** 2);
  const yy = 1 + 3 * m ** 2 + 3 * (1 + m ** 2) ** 2 + (m ** 3 + 3 * m) ** 2;
  const { kid, standardError } = kernelDistance(
    normalLatents(20_000, 1, 1),
    normalLatents(20_000, 1, 2, { mean: m }),
  );
  assertLess(Math.abs(kid - (xx + yy - 2 * xy)), 3 * standardError);
  assertLess(standardError, kid / 10);
});

Deno.test("KID: unbiased, so small sets from one distribution average to 0", () => {
  const values = Array.from(
    { length: 200 },
    (_, i) => kernelDistance(normalLatents(20, 4, 2 * i), normalLatents(20, 4, 2 * i + 1), { seed: i }).kid,
  );
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  assertLess(Math.abs(mean), 3 * deviation / Math.sqrt(values.length));
});

Deno.test("KID: the same seed, the same value; another seed, another value", () => {
  const [a, b] = [normalLatents(100, 4, 1), normalLatents(120, 4, 2)];
  const first = kernelDistance(a, b, { seed: 1 });
  assertEquals(kernelDistance(a, b, { seed: 1 }), first);
  assertNotEquals(kernelDistance(a, b, { seed: 2 }).kid, first.kid);
});

Deno.test("KID: sets sorted by kind are scored by subsets of all kinds", () => {
  // Two kinds, 2 apart, one after the other: subsets in order would be of one kind, and differ as such.
  const sorted = (seed: number) => {
    const [low, high] = [normalLatents(500, 2, seed), normalLatents(500, 2, seed + 1, { mean: 2 })];
    return { count: 1000, width: 2, data: Float64Array.from([...low.data, ...high.data]) };
  };
  const [real, fake] = [sorted(1), sorted(3)];
  const reversed = { ...fake, data: Float64Array.from([...fake.data.subarray(1000), ...fake.data.subarray(0, 1000)]) };
  const { kid, standardError } = kernelDistance(real, reversed);
  assertLess(Math.abs(kid), 4 * standardError);
});

Deno.test("KID: refuses too few images and different widths", () => {
  const refused = (a: number, b: number, width: number, message: string) =>
    assertThrows(
      () => kernelDistance(normalLatents(a, 4, 1), normalLatents(b, width, 2)),
      DigitFidError,
      message,
    );
  refused(3, 9, 4, "3 images are too few for KID");
  refused(9, 9, 5, "width 4 and 5");
});

Deno.test("KID: as many subsets as are asked for, as large as they can be", () => {
  const [a, b] = [normalLatents(100, 4, 1), normalLatents(120, 4, 2)];
  assertEquals(kernelDistance(a, b, { subsets: 10 }), kernelDistance(a, b)); // of 100 images that is the default
  assertNotEquals(kernelDistance(a, b, { subsets: 4 }).kid, kernelDistance(a, b).kid);
  assertEquals(kernelDistance(a, b, { subsets: 1 }).standardError, NaN);
  for (const subsets of [0, 51, 1.5]) {
    const message = `${subsets} subsets of 100 images: give a whole number from 1 to 50`;
    assertThrows(() => kernelDistance(a, b, { subsets }), DigitFidError, message);
  }
});

Deno.test("normality: numbers computed with SciPy", () => {
  const data = Float64Array.of(0.1, -1.3, 2.2, 0.4, 0.5, -0.7, 3.9, 0.0);
  const [latent] = normality({ count: 8, width: 1, data });
  assertAlmostEquals(latent.mean, 0.6375, 1e-14);
  assertAlmostEquals(latent.standardDeviation, 1.6647071814586492, 1e-14);
  assertAlmostEquals(latent.skewness, 0.9416258754406587, 1e-13);
  assertAlmostEquals(latent.excessKurtosis, -0.09182687542506818, 1e-13);
  assertAlmostEquals(latent.ksDistance, 0.28291404982302404, 1e-7); // the normal integral is good to 7.5e-8
});

Deno.test("normality: of 200 normal latents about 95 % pass at the 5 % level", () => {
  const latents = normality(normalLatents(500, 200, 1, { mean: 3, deviation: 2 }));
  const { normalLatents: passing } = summariseNormality(latents, 500);
  assertGreater(passing, 178); // 95 % less four standard errors
  assertGreater(200, passing);
});

Deno.test("normality: skewed latents are found to be, and constant ones are no trouble", () => {
  const random = new Random(1, 0);
  const draws = [() => random.normal(), () => -Math.log(1 - random.uniform()), () => 4];
  const data = Float32Array.from({ length: 3 * 20_000 }, (_, i) => draws[i % 3]());
  const latents = normality({ count: 20_000, width: 3, data });
  assertAlmostEquals(latents[1].skewness, 2, 0.2); // the exponential distribution's
  assertAlmostEquals(latents[1].excessKurtosis, 6, 1.5);
  assertAlmostEquals(latents[1].ksDistance, 0.1587, 0.01); // Φ(−1), at 0
  assertEquals(latents[2], {
    latent: 2,
    mean: 4,
    standardDeviation: 0,
    skewness: 0,
    excessKurtosis: 0,
    ksDistance: 0,
  });
  assertEquals(summariseNormality(latents, 20_000).worst.latent, 1);
});

Deno.test("normality: refuses infinity, by its place", () => {
  const data = Float64Array.of(1, 2, 3, Infinity);
  assertThrows(() => normality({ count: 2, width: 2, data }), DigitFidError, "latent 1 of image 1 is Infinity");
});

Deno.test("normality: the shape does not depend on the unit, from 1e-150 to 1e150", () => {
  const { count, width, data } = normalLatents(100, 1, 5);
  const [expected] = normality({ count, width, data });
  for (const unit of [1e-150, 1e150]) {
    const [actual] = normality({ count, width, data: Float64Array.from(data, (value) => value * unit) });
    for (const name of ["skewness", "excessKurtosis", "ksDistance"] as const) {
      assertAlmostEquals(actual[name], expected[name], 1e-9, `${name} at ${unit}`);
    }
  }
});

Deno.test("sliced Wasserstein: sets of different sizes on a line, by hand", () => {
  const a = { count: 2, width: 1, data: Float64Array.of(1, 0) };
  const b = { count: 3, width: 1, data: Float64Array.of(0, 3, 0) };
  // Half of a is at 0 and half at 1; of b two thirds at 0 and a third at 3: a sixth moves by 1, a third by 2.
  const { distance, normalDistance } = slicedWasserstein(a, b);
  assertAlmostEquals(distance, Math.sqrt(1 / 6 + 4 / 3), 1e-12);
  assertAlmostEquals(normalDistance, Math.hypot(0.5 - 1, 0.5 - Math.SQRT2), 1e-12);
});

Deno.test("sliced Wasserstein: a shift by v is |v| / √width, and the normal part sees all of it", () => {
  const set = normalLatents(400, 128, 1);
  const shifted = { ...set, data: set.data.map((value) => value + 3) };
  const { distance, normalDistance } = slicedWasserstein(set, shifted);
  assertAlmostEquals(distance, 3, 3 * 0.2); // random directions
  assertAlmostEquals(normalDistance, distance, 1e-9);
  assertEquals(slicedWasserstein(set, set).distance, 0);
});

Deno.test("sliced Wasserstein: sees a difference that means and covariances hide", () => {
  const random = new Random(2, 0);
  const twoPoints = {
    count: 2000,
    width: 2,
    data: Float64Array.from({ length: 4000 }, () => Math.sign(random.normal())),
  };
  const { distance, normalDistance } = slicedWasserstein(twoPoints, normalLatents(2000, 2, 3));
  assertLess(normalDistance, distance / 4);
});

Deno.test("sliced Wasserstein: the normal part is never larger", () => {
  for (let seed = 0; seed < 10; seed++) {
    const [a, b] = [normalLatents(30, 5, seed), normalLatents(20, 5, seed + 100, { deviation: 2 })];
    const { distance, normalDistance } = slicedWasserstein(a, b, { seed });
    assertLessOrEqual(normalDistance, distance);
  }
});

Deno.test("sliced Wasserstein: the same seed, the same directions; another seed, others", () => {
  const [a, b] = [normalLatents(50, 3, 1), normalLatents(50, 3, 2, { mean: 1 })];
  const first = slicedWasserstein(a, b, { seed: 1 });
  assertEquals(slicedWasserstein(a, b, { seed: 1 }), first);
  assertNotEquals(slicedWasserstein(a, b, { seed: 2 }).distance, first.distance);
});

Deno.test("sliced Wasserstein: refuses different widths", () => {
  const [a, b] = [normalLatents(9, 4, 1), normalLatents(9, 5, 1)];
  assertThrows(() => slicedWasserstein(a, b), DigitFidError, "width 4 and 5");
});
