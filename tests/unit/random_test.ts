/** The generator that everything drawn at random comes from: its very bits, and that they are as good as chance. */
import { assertEquals, assertGreater, assertLess, assertNotEquals, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { pcg3d, Random, STREAM } from "../../lib/random.ts";

/**
 * Published formula (Jarzynski & Olano 2020, listing of `pcg3d`), computed with Python's unbounded integers, each
 * assignment followed by `& 0xffffffff`.
 */
const KNOWN: [counters: [number, number, number], words: [number, number, number]][] = [
  [[0, 0, 0], [0x9bafd7c6, 0xa8e88a6b, 0x3f15482c]],
  [[1, 2, 3], [0xfa9f79a6, 0x48f2f44c, 0x596f5ab1]],
  [[0xffffffff, 0x80000000, 0x12345678], [0x835177f7, 0x80d9f894, 0xfed61e69]],
  [[42, 0x10000000, 7], [0xde67ffb4, 0x2754b7cc, 0x571048ab]],
  [[0xdeadbeef, 0x30000005, 1_000_000], [0xc5242671, 0x95e6eea2, 0x5ff3b38d]],
];

/** Draws of one stream. */
function uniforms(count: number, seed: number, purpose = 1, index = 0): Float64Array {
  const random = new Random(seed, purpose, index);
  return Float64Array.from({ length: count }, () => random.uniform());
}

function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b) / values.length;
}

/** Pearson's correlation of two sets of draws. */
function correlation(a: Float64Array, b: Float64Array): number {
  const [centreA, centreB] = [meanOf(a), meanOf(b)];
  const product = (x: Float64Array, cx: number, y: Float64Array, cy: number) =>
    x.reduce((sum, value, i) => sum + (value - cx) * (y[i] - cy), 0);
  return product(a, centreA, b, centreB) /
    Math.sqrt(product(a, centreA, a, centreA) * product(b, centreB, b, centreB));
}

/** Σ (observed − expected)² / expected: about its degrees of freedom f, with a deviation of √2f, where all are equal. */
function chiSquare(observed: ArrayLike<number>, expected: number): number {
  return Array.from(observed, (n) => (n - expected) ** 2 / expected).reduce((a, b) => a + b);
}

function assertUniform(observed: ArrayLike<number>, expected: number, what: string, freedom = observed.length - 1) {
  assertLess(Math.abs(chiSquare(observed, expected) - freedom), 4.5 * Math.sqrt(2 * freedom), what);
}

Deno.test("random: pcg3d gives the published function's words", () => {
  for (const [counters, words] of KNOWN) assertEquals(pcg3d(...counters), words);
});

Deno.test("random: a stream's numbers are the first words of its counters: seed, purpose and index, number", () => {
  const random = new Random(42, STREAM.parameters);
  assertEquals(Array.from({ length: 8 }, () => random.uint32())[7], KNOWN[3][1][0]);
  assertEquals(new Random(0, 0).uniform(), KNOWN[0][1][0] / 2 ** 32);
  assertEquals(new Random(9, STREAM.dropout, 5).uint32(), pcg3d(9, 0x30000005, 0)[0]);
  assertEquals(new Random(9, STREAM.dropout, 5).below(1000), Math.floor(pcg3d(9, 0x30000005, 0)[0] / 2 ** 32 * 1000));
});

Deno.test("random: uniform numbers have the moments of the uniform distribution, and fill it evenly", () => {
  const count = 100_000;
  for (const seed of [0, 1, 0xffffffff]) {
    const values = uniforms(count, seed);
    for (const power of [1, 2, 3, 4]) {
      // E uᵏ = 1/(k+1), Var uᵏ = 1/(2k+1) − 1/(k+1)².
      const [expected, variance] = [1 / (power + 1), 1 / (2 * power + 1) - 1 / (power + 1) ** 2];
      const error = meanOf(values.map((value) => value ** power)) - expected;
      assertLess(Math.abs(error), 4 * Math.sqrt(variance / count), `moment ${power} of seed ${seed}`);
    }
    const bins = new Uint32Array(64);
    for (const value of values) bins[Math.floor(64 * value)]++;
    assertUniform(bins, count / 64, `64 bins of seed ${seed}`);
  }
});

Deno.test("random: normal numbers have the first four moments of the normal distribution", () => {
  const count = 100_000, random = new Random(3, 0);
  const values = Float64Array.from({ length: count }, () => random.normal());
  // E zᵏ = 0, 1, 0, 3; Var zᵏ = 1, 2, 15, 96.
  for (const [i, [expected, variance]] of [[0, 1], [1, 2], [0, 15], [3, 96]].entries()) {
    const error = meanOf(values.map((value) => value ** (i + 1))) - expected;
    assertLess(Math.abs(error), 4 * Math.sqrt(variance / count), `moment ${i + 1}`);
  }
});

Deno.test("random: streams of other seeds, purposes and indices are independent, and so are neighbours in one", () => {
  const count = 50_000;
  const streams: [string, Float64Array][] = [
    ["itself", uniforms(count, 7)],
    ["the next seed", uniforms(count, 8)],
    ["another purpose", uniforms(count, 7, 2)],
    ["the next index", uniforms(count, 7, 1, 1)],
    ["its own next numbers", uniforms(count + 1, 7).subarray(1)],
  ];
  for (const [i, [a, x]] of streams.entries()) {
    for (const [b, y] of streams.slice(i + 1)) {
      assertLess(Math.abs(correlation(x, y)), 4.5 / Math.sqrt(count), `${a} and ${b}`);
    }
  }
});

Deno.test("random: every purpose has a number of its own", () => {
  const numbers = Object.values(STREAM);
  assertGreater(numbers.length, 1);
  assertEquals(new Set(numbers).size, numbers.length);
});

Deno.test("random: a permutation has every number once, and the same seed gives the same one", () => {
  for (const length of [0, 1, 2, 3, 1000]) {
    const order = new Random(5, 0).permutation(length);
    assertEquals([...order].sort((a, b) => a - b), Array.from({ length }, (_, i) => i));
    assertEquals(new Random(5, 0).permutation(length), order);
  }
  assertNotEquals(new Random(6, 0).permutation(1000), new Random(5, 0).permutation(1000));
});

Deno.test("random: in permutations every element comes to every place, the last one too, equally often", () => {
  const length = 8, count = 8000;
  const places = new Uint32Array(length * length);
  for (let seed = 0; seed < count; seed++) {
    new Random(seed, 0).permutation(length).forEach((element, place) => places[element * length + place]++);
  }
  // Rows and columns each sum to the count, which leaves (length − 1)² degrees of freedom.
  assertUniform(places, count / length, "places of elements", (length - 1) ** 2);
  const stayed = Array.from({ length }, (_, i) => places[i * (length + 1)]);
  assertUniform(stayed, count / length, "elements that stay", length);
});

Deno.test("random: all orders of four come equally often", () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 12_000; seed++) {
    const order = new Random(seed, 9).permutation(4).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals(counts.size, 24);
  assertUniform([...counts.values()], 500, "orders of four");
});

Deno.test("random: a seed that 32 bits cannot hold is refused, not folded into another", () => {
  for (const seed of [-1, 0.5, 2 ** 32, NaN]) {
    assertThrows(() => new Random(seed, STREAM.shuffle), DigitFidError, `seed ${seed}: give a whole number from 0`);
  }
  assertEquals(new Random(2 ** 32 - 1, STREAM.shuffle).uniform() < 1, true);
});
