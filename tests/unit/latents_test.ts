/** Rows of latents: how they are split at random, their mean and covariance, and the axes along which they spread. */
import {
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { DigitFidError } from "../../lib/errors.ts";
import { spreadAxes } from "../../lib/metrics/axes.ts";
import { type Latents, randomParts, takeRows } from "../../lib/metrics/latents.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { Random } from "../../lib/random.ts";
import { normalLatents } from "../support/samples.ts";

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

function rows({ width, data }: Latents, from: number, to: number): Latents {
  return { count: to - from, width, data: data.slice(from * width, to * width) };
}

/** Mean and covariance from their definitions, in two passes over all rows. */
function twoPass({ count, width, data }: Latents): { mean: number[]; covariance: number[] } {
  const column = (j: number) => Array.from({ length: count }, (_, i) => data[i * width + j]);
  const mean = Array.from({ length: width }, (_, j) => column(j).reduce((a, b) => a + b) / count);
  const deviations = mean.map((m, j) => column(j).map((value) => value - m));
  const covariance = deviations.flatMap((a) =>
    deviations.map((b) => a.reduce((sum, value, i) => sum + value * b[i], 0) / (count - 1))
  );
  return { mean, covariance };
}

Deno.test("moments: any chunking gives what two passes give, far from zero too", () => {
  const latents = normalLatents(1000, 6, 1, { mean: 1e4, deviation: 0.5 });
  const expected = twoPass(latents);
  for (const size of [1, 7, 256, 999, 1000]) {
    const moments = new Moments(6);
    for (let from = 0; from < 1000; from += size) moments.add(rows(latents, from, Math.min(1000, from + size)));
    assertEquals(moments.count, 1000);
    moments.mean.forEach((mean, j) => assertAlmostEquals(mean, expected.mean[j], 1e-10 * 1e4));
    moments.covariance().forEach((value, k) => assertAlmostEquals(value, expected.covariance[k], 1e-10 * 0.25));
  }
});

Deno.test("moments: merging is adding, in any order, and nothing is added by nothing", () => {
  const latents = normalLatents(300, 4, 2);
  const [a, b] = [Moments.of(rows(latents, 0, 50)), Moments.of(rows(latents, 50, 300))];
  const whole = Moments.of(latents).covariance();
  const merged = new Moments(4).merge(b).merge(new Moments(4)).merge(a);
  merged.covariance().forEach((value, k) => assertAlmostEquals(value, whole[k], 1e-13));
  assertEquals(a.count, 50);
});

Deno.test("moments: what was kept comes back", () => {
  const moments = Moments.of(normalLatents(20, 3, 3));
  const back = Moments.from(moments.count, moments.mean, moments.covariance());
  assertEquals([back.count, [...back.mean]], [20, [...moments.mean]]);
  back.covariance().forEach((value, k) => assertAlmostEquals(value, moments.covariance()[k], 1e-15));
});

Deno.test("moments: refused are too few rows and statistics that cannot be", () => {
  const refused = (action: () => unknown, message: string) => assertThrows(action, DigitFidError, message);
  refused(() => Moments.of(normalLatents(1, 2, 0)).covariance(), "1 images have no covariance: give at least 2");
  const bad = { count: 2, width: 1, data: Float32Array.of(1, NaN) };
  refused(() => Moments.of(bad).covariance(), "hold NaN");
  refused(() => new Moments(2).add(bad), "width 2 and 1");
  refused(() => new Moments(1).add({ ...bad, count: 3 }), "2 values are not 3 rows of 1");
  for (const width of [0, -1, 1.5, NaN, 16385]) refused(() => new Moments(width), `moments of ${width} numbers a row`);
  refused(() => Moments.merged([]), "moments of no parts");
  refused(() => Moments.fromScatter(9, new Float64Array(2), new Float64Array(3)), "3 sums of products, expected 2 × 2");
  refused(() => Moments.from(1, Float64Array.of(0), Float64Array.of(1)), "of 1 images");
  refused(() => Moments.from(9, Float64Array.of(0), Float64Array.of(1, 2)), "2 covariances, expected 1 × 1");
  refused(() => Moments.from(9, Float64Array.of(NaN), Float64Array.of(1)), "NaN");
  refused(() => Moments.from(9, Float64Array.of(0), Float64Array.of(-1)), "variance of latent 0 is negative");
});

Deno.test("moments: statistics are held to what those of images are", () => {
  const refused = (count: number, covariance: number[], message: string) =>
    assertThrows(() => Moments.from(count, new Float64Array(2), Float64Array.from(covariance)), DigitFidError, message);
  refused(9, [1, 0.5, 0.4, 1], "the covariances of latents 1 and 0 differ by their order");
  refused(9, [1, 2, 2, 1], "it has negative eigenvalues");
  refused(9, [0, 1, 1, 0], "it has negative eigenvalues");
  refused(2, [1, 0, 0, 1], "2 images cannot have a covariance of rank 2");
  const taken = (count: number, ...covariance: number[]) =>
    assertEquals(Moments.from(count, new Float64Array(2), Float64Array.from(covariance)).count, count);
  taken(3, 1, 0, 0, 1);
  taken(2, 1, 1, 1, 1); // one direction, as two images have
  taken(9, 1, 1 + 1e-9, 1, 1); // rounding
  taken(9, 0, 0, 0, 0);
  taken(9, 1e300, 0, 0, 1e290);
});

/** Covariance of normal numbers whose deviations fall by a tenth from one to the next, turned by a mixture. */
function covariance(count: number, width: number): Float64Array {
  const { data } = normalLatents(count, width, 1), { data: mixture } = normalLatents(width, width, 2);
  const fallen = Matrix.from1DArray(count, width, data.map((value, i) => value * 0.9 ** (i % width)));
  const mixed = fallen.mmul(Matrix.from1DArray(width, width, mixture));
  return Moments.of({ count, width, data: Float64Array.from(mixed.to1DArray()) }).covariance();
}

Deno.test("axes: perpendicular and of length 1, for singular covariances and zeros too", () => {
  for (const matrix of [covariance(300, 24), covariance(9, 24), new Float64Array(49), Float64Array.of(2)]) {
    const size = Math.sqrt(matrix.length), axes = Matrix.from1DArray(size, size, spreadAxes(matrix));
    const products = axes.mmul(axes.transpose()).to2DArray();
    products.forEach((row, i) => row.forEach((value, j) => assertAlmostEquals(value, i === j ? 1 : 0, 1e-13)));
  }
});

Deno.test("axes: the first 8 hold nearly as much as the first 8 principal axes", () => {
  const matrix = covariance(300, 24), size = 24;
  const axes = Matrix.from1DArray(size, size, spreadAxes(matrix));
  const variances = axes.mmul(Matrix.from1DArray(size, size, matrix)).mmul(axes.transpose()).diagonal();
  const { realEigenvalues } = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix));
  const sum = (values: number[]) => values.slice(0, 8).reduce((a, b) => a + b);
  assertGreater(sum(variances), 0.98 * sum(realEigenvalues.toSorted((a, b) => b - a)));
});
