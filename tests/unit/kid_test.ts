import { assertAlmostEquals, assertEquals, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { kernelDistance } from "../../lib/metrics/kid.ts";
import { normalLatents } from "../support/samples.ts";

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
