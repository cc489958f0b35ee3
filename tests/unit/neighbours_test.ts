/** Precision, recall and the like by their definitions, and the nearest rows of another set. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import type { Latents } from "../../lib/metrics/latents.ts";
import { nearestOf } from "../../lib/metrics/nearest.ts";
import { type NeighbourScores, neighbourScores } from "../../lib/metrics/neighbours.ts";
import { openArithmetic, PLAIN } from "../../lib/scoring/arithmetic.ts";
import { normalLatents } from "../support/samples.ts";

/** The definitions word for word: all distances, sorted. */
function byDefinition(real: Latents, fake: Latents, [small, large] = [3, 5]): NeighbourScores {
  const points = ({ count, width, data }: Latents) =>
    Array.from({ length: count }, (_, i) => [...data.slice(i * width, (i + 1) * width)]);
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, j) => value - b[j]));
  const balls = (set: number[][], k: number) =>
    set.map((centre) => ({ centre, radius: set.map((p) => distance(p, centre)).sort((a, b) => a - b)[k] })); // [0] is itself
  const share = <T>(items: T[], test: (item: T) => boolean) => items.filter(test).length / items.length;
  const [r, f] = [points(real), points(fake)];
  const inside = (point: number[], { centre, radius }: { centre: number[]; radius: number }) =>
    distance(point, centre) <= radius;
  const [ofReal, ofFake, larger] = [balls(r, small), balls(f, small), balls(r, large)];
  return {
    precision: share(f, (point) => ofReal.some((ball) => inside(point, ball))),
    recall: share(r, (point) => ofFake.some((ball) => inside(point, ball))),
    density: f.reduce((sum, point) => sum + larger.filter((ball) => inside(point, ball)).length, 0) /
      (large * f.length),
    coverage: share(larger, (ball) => f.some((point) => inside(point, ball))),
  };
}

function assertScores(actual: NeighbourScores, expected: NeighbourScores): void {
  for (const key of ["precision", "recall", "density", "coverage"] as const) {
    assertAlmostEquals(actual[key], expected[key], 1e-12, key);
  }
}

Deno.test("neighbours: the same as by definition, also for widths that fill no block", () => {
  for (const [realCount, fakeCount, width] of [[300, 200, 3], [150, 270, 8], [140, 140, 13]]) {
    const real = normalLatents(realCount, width, 1),
      fake = normalLatents(fakeCount, width, 2, { mean: 0.5, deviation: 0.7 });
    assertScores(neighbourScores(real, fake), byDefinition(real, fake));
  }
});

Deno.test("neighbours: a set against itself is perfect, far sets share nothing", () => {
  const set = normalLatents(200, 6, 3);
  const { precision, recall, coverage } = neighbourScores(set, set);
  assertEquals([precision, recall, coverage], [1, 1, 1]);
  const far = normalLatents(200, 6, 4, { mean: 100 });
  assertScores(neighbourScores(set, far), { precision: 0, recall: 0, density: 0, coverage: 0 });
});

Deno.test("neighbours: a collapsed generator is precise and covers nothing", () => {
  const real = normalLatents(300, 2, 5);
  const fake = { count: 100, width: 2, data: Float64Array.from({ length: 200 }, (_, i) => real.data[i % 2]) };
  const { precision, recall, coverage } = neighbourScores(real, fake);
  assertEquals(precision, 1);
  assertLess(recall, 0.01);
  assertLess(coverage, 0.1);
});

Deno.test("neighbours: of fewer images the seed decides nothing", () => {
  const [one, other] = [1, 2].map((seed) =>
    neighbourScores(normalLatents(500, 2, 6), normalLatents(300, 2, 7, { deviation: 2 }), { seed })
  );
  assertEquals(other, one);
});

Deno.test("neighbours: two images are enough, and constant sets are no trouble", () => {
  const constant = { count: 2, width: 3, data: new Float32Array(6).fill(1) };
  assertScores(neighbourScores(constant, constant), {
    precision: 1,
    recall: 1,
    density: 2 / 5, // both real balls, of five that would be expected
    coverage: 1,
  });
});

Deno.test("neighbours: refuses NaN, by its place", () => {
  const bad = { count: 2, width: 3, data: Float32Array.of(0, 1, 2, 3, NaN, 5) };
  const message = "generated images: latent 1 of image 1 is NaN";
  assertThrows(() => neighbourScores(normalLatents(9, 3, 1), bad), DigitFidError, message);
});

Deno.test("neighbours: as many as are asked for make all balls", () => {
  const real = normalLatents(150, 3, 11), fake = normalLatents(130, 3, 12, { mean: 0.5 });
  for (const neighbours of [1, 3, 8]) {
    assertScores(neighbourScores(real, fake, { neighbours }), byDefinition(real, fake, [neighbours, neighbours]));
  }
  for (const neighbours of [0, 2.5, NaN]) {
    const message = `${neighbours} neighbours: give a whole number, at least 1`;
    assertThrows(() => neighbourScores(real, fake, { neighbours }), DigitFidError, message);
  }
});

Deno.test("nearest: threads give the plain twin's bits, ties and rows that are their own included", async () => {
  await using arithmetic = await openArithmetic();
  for (const [count, others, width] of [[2, 2, 3], [70, 300, 7], [333, 1000, 128], [500, 17, 130]]) {
    const x = normalLatents(count, width, 1), y = normalLatents(others, width, 2);
    y.data.copyWithin(width, 0, width); // two rows alike: the first is named
    x.data.set(y.data.subarray(0, width));
    const plain = await PLAIN.nearest(x, y);
    assertEquals(await arithmetic.nearest(x, y), plain, `${count} × ${others} × ${width}`);
    assertEquals([plain.distances[0], plain.numbers[0]], [0, 0]);
    const own = Uint32Array.from({ length: others }, (_, i) => i);
    assertEquals(
      await arithmetic.nearest(y, y, { own }),
      await PLAIN.nearest(y, y, { own }),
      `${others} among themselves`,
    );
  }
});

Deno.test("nearest: it is the nearest of all pairs", () => {
  const x = normalLatents(40, 5, 3), y = normalLatents(60, 5, 4);
  const { distances, numbers } = nearestOf(x, y);
  for (let i = 0; i < 40; i++) {
    const all = Array.from({ length: 60 }, (_, j) => {
      let sum = 0;
      for (let k = 0; k < 5; k++) sum += (x.data[i * 5 + k] - y.data[j * 5 + k]) ** 2;
      return Math.sqrt(sum);
    });
    assertEquals(numbers[i], all.indexOf(Math.min(...all)));
    assert(Math.abs(distances[i] - Math.min(...all)) < 1e-12);
  }
});
