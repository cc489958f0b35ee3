/** Precision, recall, density and coverage of sets that are larger than a sample. */
import { assertAlmostEquals, assertNotEquals } from "@std/assert";
import { neighbourScores } from "../../lib/metrics/neighbours.ts";
import { normalLatents } from "../support/samples.ts";

Deno.test("neighbours: of more than 10,000 images the seed draws which are compared, from all of the set", () => {
  // A third of the real images is far off, at the end: without drawing, none of them would be compared.
  const near = normalLatents(10_000, 2, 8), far = normalLatents(5000, 2, 9, { mean: 100 });
  const real = { count: 15_000, width: 2, data: Float64Array.from([...near.data, ...far.data]) };
  const [one, other] = [1, 2].map((seed) => neighbourScores(real, normalLatents(300, 2, 10), { seed }));
  assertNotEquals(other.density, one.density);
  assertAlmostEquals(one.recall, 2 / 3, 0.03);
});
