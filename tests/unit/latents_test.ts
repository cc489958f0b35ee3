/** Rows of latents: how they are split at random, and taken. */
import { assertEquals, assertGreater, assertLess, assertNotEquals } from "@std/assert";
import { randomParts, takeRows } from "../../lib/metrics/latents.ts";
import { Random } from "../../lib/random.ts";

Deno.test("random parts: every row once, in parts whose sizes differ by at most one", () => {
  for (const [count, parts] of [[10, 3], [100, 100], [1001, 100], [7, 1]]) {
    const split = randomParts(count, parts, new Random(1, 0));
    const sizes = split.map(({ length }) => length);
    assertEquals(split.length, parts);
    assertEquals(split.flatMap((rows) => [...rows]).sort((a, b) => a - b), Array.from({ length: count }, (_, i) => i));
    assertLess(Math.max(...sizes) - Math.min(...sizes), 2);
  }
});

Deno.test("random parts: of a set sorted by digit every part has all digits, each about equally often", () => {
  const digitOf = (row: number) => Math.floor(row / 1000);
  for (const part of randomParts(10_000, 20, new Random(2, 0))) {
    const digits = new Array<number>(10).fill(0);
    for (const row of part) digits[digitOf(row)]++;
    assertGreater(Math.min(...digits), 25, `${digits}`); // 50 expected, deviation 6.7
    assertLess(Math.max(...digits), 80, `${digits}`);
  }
});

Deno.test("random parts: the same seed, the same parts; another seed, others", () => {
  const parts = (seed: number) => randomParts(500, 4, new Random(seed, 0));
  assertEquals(parts(1), parts(1));
  assertNotEquals(parts(1), parts(2));
});

Deno.test("rows are taken in the order they are named, in double precision", () => {
  const taken = takeRows({ count: 3, width: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) }, Uint32Array.of(2, 0, 2));
  assertEquals(taken, { count: 3, width: 2, data: Float64Array.of(5, 6, 1, 2, 5, 6) });
});
