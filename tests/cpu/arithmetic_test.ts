/** The metrics by threads are the plain ones to the last bit, for any number of threads, on easy input and on odd. */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from "ml-matrix";
import { DigitFidError } from "../../lib/errors.ts";
import { drawAll, drawPieces, drawResamples, frechetDistance, partCount } from "../../lib/fid.ts";
import type { Latents } from "../../lib/metrics/latents.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { type Arithmetic, openArithmetic, PLAIN } from "../../lib/scoring/arithmetic.ts";
import { metricsOf } from "../../lib/scoring/metrics.ts";
import { normalLatents } from "../support/samples.ts";

/** Rows drawn with replacement, so that many distances are 0 and many radii are rims. */
function duplicated(latents: Latents, count: number, step: number): Latents {
  const { width } = latents;
  const data = new Float64Array(count * width);
  for (let i = 0; i < count; i++) {
    const row = (i * step) % latents.count;
    data.set(latents.data.subarray(row * width, (row + 1) * width), i * width);
  }
  return { count, width, data };
}

function single({ count, width, data }: Latents): Latents {
  return { count, width, data: Float32Array.from(data) };
}

function scaled({ count, width, data }: Latents, factor: number, shift = 0): Latents {
  return { count, width, data: data.map((value) => value * factor + shift) as typeof data };
}

/** Points of a small lattice: distances are exactly equal again and again, so every rim has points on it. */
function lattice(count: number, width: number, seed: number): Latents {
  const { data } = normalLatents(count, width, seed);
  return { count, width, data: data.map((value) => Math.round(value)) as typeof data };
}

/** Unit vectors, or their opposites: each is as far from all others of its set, and from all but one of the other's. */
function unitVectors(width: number, sign: number): Latents {
  return { count: width, width, data: Float64Array.from({ length: width ** 2 }, (_, i) => i % (width + 1) ? 0 : sign) };
}

function constant(count: number, width: number, value: number): Latents {
  return { count, width, data: new Float32Array(count * width).fill(value) };
}

const NORMAL = [normalLatents(300, 128, 1), normalLatents(260, 128, 2, { mean: 0.2, deviation: 0.9 })] as const;

/** What is compared: a name, real latents, generated latents. */
const CASES: readonly (readonly [name: string, real: Latents, fake: Latents])[] = [
  ["normal, double precision", ...NORMAL],
  ["normal, single precision", single(NORMAL[0]), single(NORMAL[1])],
  ["few wide axes, as latents have", ...NORMAL.map(stretched) as [Latents, Latents]],
  ...[1, 3, 5, 8, 13].map((width) =>
    [`width ${width}`, normalLatents(150, width, 3), normalLatents(171, width, 4, { mean: 0.5 })] as const
  ),
  ["a lattice, every ball's rim taken", lattice(200, 3, 5), lattice(230, 3, 6)],
  ["distances that are equal but for rounding", unitVectors(64, 1), unitVectors(64, -1)],
  ["rows many times over", duplicated(NORMAL[0], 200, 7), duplicated(NORMAL[0], 170, 11)],
  ["the same set twice", NORMAL[0], NORMAL[0]],
  ["a constant set against a normal one", NORMAL[0], constant(40, 128, 1)],
  ["a normal set against a constant one", constant(40, 128, 1), NORMAL[0]],
  ["two constant sets", constant(12, 6, 2), constant(13, 6, 3)],
  ["tiny numbers", scaled(NORMAL[0], 1e-30), scaled(NORMAL[1], 1e-30)],
  ["huge numbers", scaled(NORMAL[0], 1e30), scaled(NORMAL[1], 1e30)],
  ["sets of sizes far apart", NORMAL[0], scaled(NORMAL[1], 1e25)],
  ["far from zero", scaled(NORMAL[0], 1, 1e6), scaled(NORMAL[1], 1, 1e6)],
  ["2 rows and 3", normalLatents(2, 128, 7), normalLatents(3, 128, 8)],
  ["5 rows and 6", normalLatents(5, 20, 9), normalLatents(6, 20, 10)],
  ["17 rows and 16", normalLatents(17, 4, 11), normalLatents(16, 4, 12)],
];

function stretched({ count, width, data }: Latents): Latents {
  return { count, width, data: data.map((value, i) => value * 10 * 0.8 ** (i % width)) as Latents["data"] };
}

/** Everything that an arithmetic can do with two sets. */
async function everything(arithmetic: Arithmetic, real: Latents, fake: Latents) {
  const [a, b] = [partCount(real.count), partCount(fake.count)];
  const draws = [drawAll(a, b), ...drawResamples(a, b).slice(0, 2)];
  if (Math.min(a, b) >= 10) draws.push(...drawPieces(a, b).slice(-3));
  const statistics = Moments.of(real);
  return {
    distances: await arithmetic.distances(real, fake, draws),
    held: await arithmetic.distances(statistics, fake, draws.slice(-2).map(({ b }) => ({ a: Float64Array.of(1), b }))),
    scatter: (await arithmetic.moments(fake)).covariance(),
    neighbours: await arithmetic.neighbourScores(real, fake),
    nearer: await arithmetic.neighbourScores(real, fake, { neighbours: 1 }),
    farther: await arithmetic.neighbourScores(real, fake, { neighbours: 9 }),
    whole: Math.min(a, b) < 4 ? undefined : await arithmetic.kernelDistance(real, fake, { subsets: 1 }),
    kernel: Math.min(a, b) < 4 ? undefined : await arithmetic.kernelDistance(real, fake),
  };
}

for (const threads of [1, 2, 3]) {
  Deno.test(`arithmetic: ${threads} threads give the bits of plain TypeScript`, async () => {
    await using arithmetic = await openArithmetic(threads);
    assert(arithmetic !== PLAIN, "this host has WebAssembly with SIMD");
    for (const [name, real, fake] of CASES) {
      assertEquals(await everything(arithmetic, real, fake), await expectedOf(real, fake), name);
    }
  });
}

const known = new Map<Latents, Map<Latents, Awaited<ReturnType<typeof everything>>>>();

async function expectedOf(real: Latents, fake: Latents) {
  const ofReal = known.get(real) ?? new Map();
  known.set(real, ofReal);
  if (!ofReal.has(fake)) ofReal.set(fake, await everything(PLAIN, real, fake));
  return ofReal.get(fake)!;
}

Deno.test("arithmetic: sets larger than a sample, and a set that is scored again and again", async () => {
  const real = normalLatents(10_200, 4, 1), fakes = [2, 3].map((seed) => normalLatents(700, 4, seed, { mean: 0.3 }));
  await using arithmetic = await openArithmetic(2);
  for (const fake of [...fakes, fakes[0]]) {
    const numbers = await arithmetic.neighbourScores(real, fake, { seed: 9 });
    assertEquals(numbers, await PLAIN.neighbourScores(real, fake, { seed: 9 }));
    arithmetic.forget(fake);
  }
  const twice = [1, 2].map(() => arithmetic.neighbourScores(fakes[0], real)); // at one time
  const expected = await PLAIN.neighbourScores(fakes[0], real);
  assertEquals(await Promise.all(twice), [expected, expected]);
  for (const options of [{ seed: 9 }, { seed: 9, subsets: 50 }]) { // more than are compared at once
    assertEquals(
      await arithmetic.kernelDistance(real, fakes[0], options),
      await PLAIN.kernelDistance(real, fakes[0], options),
    );
  }
});

Deno.test("arithmetic: a score is the same object whoever computes it", async () => {
  const [real, fake] = [normalLatents(400, 16, 1), normalLatents(350, 16, 2)];
  const features = { latents: fake, logits: Float32Array.from(normalLatents(350, 10, 3).data) };
  await using arithmetic = await openArithmetic(2);
  const expected = await metricsOf(real, features, { seed: 4, arithmetic: PLAIN });
  assertEquals(await metricsOf(real, features, { seed: 4, arithmetic }), expected);
  assertEquals(await metricsOf(real, features, { seed: 4 }), expected);
});

Deno.test("arithmetic: statistics that hold NaN are refused, not scored", async () => {
  const bad = new Moments(2).add({ count: 3, width: 2, data: Float32Array.of(1, 2, 3, NaN, 5, 6) });
  const good = Moments.of(normalLatents(9, 2, 1));
  for (const arithmetic of [await openArithmetic(2), PLAIN]) {
    await assertRejects(async () => await arithmetic.distances(good, bad, [drawAll(1, 1)]), DigitFidError, "NaN");
    await arithmetic[Symbol.asyncDispose]();
  }
});

/** The Fréchet distance from ml-matrix's symmetric eigen-decompositions and singular values. */
function byEigenvalues(a: Moments, b: Moments): number {
  const root = (moments: Moments) => {
    const matrix = Matrix.from1DArray(a.width, a.width, moments.covariance());
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
    const rounding = a.width * Number.EPSILON * Math.max(...realEigenvalues);
    return eigenvectorMatrix.mulRowVector(realEigenvalues.map((value) => value > rounding ? Math.sqrt(value) : 0));
  };
  const [rootA, rootB] = [root(a), root(b)];
  const { diagonal } = new SingularValueDecomposition(rootA.transpose().mmul(rootB));
  const traces = rootA.norm() ** 2 + rootB.norm() ** 2 - 2 * diagonal.reduce((sum, value) => sum + value, 0);
  return a.mean.reduce((sum, mean, j) => sum + (mean - b.mean[j]) ** 2, 0) + Math.max(0, traces);
}

Deno.test("arithmetic: Cholesky's roots give the distance that eigenvectors give, to 1e-9", async () => {
  await using arithmetic = await openArithmetic(2);
  for (const [name, real, fake] of CASES) {
    const [a, b] = [Moments.of(real), Moments.of(fake)];
    const expected = byEigenvalues(a, b);
    const traces = [a, b].map((m) => m.covariance().reduce((sum, v, k) => k % (m.width + 1) ? sum : sum + v, 0));
    // Of a set against itself the distance is rounding alone: that of the traces it is the difference of.
    const tolerance = 1e-9 * expected + 1e-12 * (traces[0] + traces[1]);
    const [threaded] = await arithmetic.distances(a, b, [drawAll(1, 1)]);
    for (const distance of [frechetDistance(a, b), threaded]) {
      assertLess(Math.abs(distance - expected), tolerance + Number.MIN_VALUE, `${name}: ${distance}, ${expected}`);
    }
  }
});
