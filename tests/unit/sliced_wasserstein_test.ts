import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { slicedWasserstein } from "../../lib/metrics/sliced_wasserstein.ts";
import { Random } from "../../lib/random.ts";
import { normalLatents } from "../support/samples.ts";

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
