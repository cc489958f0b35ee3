import { assertAlmostEquals, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { normality, summariseNormality } from "../../lib/metrics/normality.ts";
import { Random } from "../../lib/random.ts";
import { normalLatents } from "../support/samples.ts";

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
