import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { inverse, Matrix, QrDecomposition } from "ml-matrix";
import { DigitFidError } from "../../lib/errors.ts";
import { frechetDistance, frechetInfinity, frechetInterval, momentsOfParts } from "../../lib/fid.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { Random } from "../../lib/random.ts";
import { normalLatents } from "../support/samples.ts";

const WIDTH = 128;

/** Moments of a given covariance; the count is of no matter. */
function moments(mean: ArrayLike<number>, covariance: Matrix): Moments {
  return Moments.from(1000, Float64Array.from(mean), Float64Array.from(covariance.to1DArray()));
}

/** Columns of independent normal numbers. */
function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  return Matrix.from1DArray(rows, columns, normalLatents(rows, columns, seed).data);
}

const ZERO = new Float64Array(WIDTH);

Deno.test("Fréchet distance: closed form of diagonal covariances", () => {
  const random = new Random(1, 0);
  const draw = () => Float64Array.from({ length: WIDTH }, () => 5 * random.uniform());
  const [meanA, meanB, varianceA, varianceB] = [draw(), draw(), draw(), draw()];
  const expected = meanA.reduce(
    (sum, _, j) => sum + (meanA[j] - meanB[j]) ** 2 + (Math.sqrt(varianceA[j]) - Math.sqrt(varianceB[j])) ** 2,
    0,
  );
  const distance = frechetDistance(
    moments(meanA, Matrix.diag([...varianceA])),
    moments(meanB, Matrix.diag([...varianceB])),
  );
  assertAlmostEquals(distance, expected, 1e-12 * expected);
});

Deno.test("Fréchet distance: closed form of covariances that commute, over eight decades", () => {
  const axes = new QrDecomposition(randomMatrix(WIDTH, WIDTH, 2)).orthogonalMatrix;
  const deviations = [0, 1].map((seed) => {
    const random = new Random(seed, 0);
    return Array.from({ length: WIDTH }, () => 10 ** (-4 * random.uniform()));
  });
  const [a, b] = deviations.map((values) =>
    moments(ZERO, axes.mmul(Matrix.diag(values.map((value) => value ** 2))).mmul(axes.transpose()))
  );
  const expected = deviations[0].reduce((sum, value, j) => sum + (value - deviations[1][j]) ** 2, 0);
  assertAlmostEquals(frechetDistance(a, b), expected, 1e-11 * expected);
});

/** √M by the iteration of Denman & Beavers (1976), which shares nothing with eigen-decompositions. */
function denmanBeavers(matrix: Matrix): Matrix {
  let root = matrix, inverseRoot = Matrix.eye(matrix.rows);
  for (let i = 0; i < 25; i++) {
    [root, inverseRoot] = [
      Matrix.add(root, inverse(inverseRoot)).mul(0.5),
      Matrix.add(inverseRoot, inverse(root)).mul(0.5),
    ];
  }
  return root;
}

Deno.test("Fréchet distance: a root of Σ₁Σ₂ by another method gives the same", () => {
  const size = 24;
  const [a, b] = [3, 4].map((seed) => {
    const root = randomMatrix(size, 2 * size, seed);
    return root.mmul(root.transpose());
  });
  const expected = Matrix.add(a, b).trace() - 2 * denmanBeavers(a.mmul(b)).trace();
  const mean = new Float64Array(size);
  assertAlmostEquals(frechetDistance(moments(mean, a), moments(mean, b)), expected, 1e-9 * expected);
});

Deno.test("Fréchet distance: exact on singular covariances", () => {
  const [u, v] = [5, 6].map((seed) => randomMatrix(WIDTH, 1, seed));
  const [a, b] = [u, v].map((column) => moments(ZERO, column.mmul(column.transpose())));
  const expected = u.dot(u) + v.dot(v) - 2 * Math.abs(u.dot(v)); // rank one: √ of the product is |u·v|
  assertAlmostEquals(frechetDistance(a, b), expected, 1e-11 * expected);

  const constant = Moments.of({ count: 3, width: WIDTH, data: new Float64Array(3 * WIDTH).fill(2) });
  assertAlmostEquals(frechetDistance(constant, a), 4 * WIDTH + u.dot(u), 1e-11 * (4 * WIDTH + u.dot(u)));
  assertEquals(frechetDistance(constant, constant), 0);
});

Deno.test("Fréchet distance: 0 of a set against itself, and the same both ways, with few images or many", () => {
  for (const count of [2, 20, 127, 1000]) {
    const [a, b] = [1, 2].map((seed) => Moments.of(normalLatents(count, WIDTH, seed, { mean: 5, deviation: 3 })));
    assertLess(frechetDistance(a, a), 1e-6);
    const distance = frechetDistance(a, b);
    assertAlmostEquals(frechetDistance(b, a), distance, 1e-9 * distance);
  }
});

Deno.test("Fréchet distance: refuses one image, and latents of different widths", () => {
  const [one, two] = [1, 2].map((count) => Moments.of(normalLatents(count, 4, 0)));
  assertThrows(() => frechetDistance(one, two), DigitFidError, "give at least 2");
  assertThrows(() => frechetDistance(two, Moments.of(normalLatents(9, 5, 0))), DigitFidError, "width 4 and 5");
});

Deno.test("FID interval: 95 % of the intervals hold the mean distance of sets of that size", () => {
  for (const mean of [0.1, 1]) {
    const draws = Array.from({ length: 60 }, (_, i) => {
      const parts = [normalLatents(300, 3, 2 * i), normalLatents(300, 3, 2 * i + 1, { mean })]
        .map((set, s) => momentsOfParts(set, { seed: i, of: s === 0 ? "real" : "fake" }));
      return {
        distance: frechetDistance(Moments.merged(parts[0]), Moments.merged(parts[1])),
        interval: frechetInterval(parts[0], parts[1], { seed: i }),
      };
    });
    const expected = draws.reduce((sum, { distance }) => sum + distance, 0) / draws.length;
    const holding = draws.filter(({ interval: [low, high] }) => low <= expected && expected <= high).length;
    assertGreater(holding / draws.length, 0.86); // 3.2 standard errors below 0.95
    assertLess(holding / draws.length, 1); // all of them would be too wide
  }
});

Deno.test("FID interval: whole statistics are held fixed, and the seed decides", () => {
  const parts = momentsOfParts(normalLatents(500, 4, 1), { seed: 1 });
  const fixed = [Moments.of(normalLatents(500, 4, 2))];
  const [low, high] = frechetInterval(parts, fixed, { seed: 3 });
  assert(low < high);
  assertEquals(frechetInterval(parts, fixed, { seed: 3 }), [low, high]);
  assertNotEquals(frechetInterval(parts, fixed, { seed: 4 }), [low, high]);
  const [only, same] = frechetInterval(fixed, [Moments.merged(parts)], { seed: 3 });
  assertAlmostEquals(only, same, 1e-12);
});

Deno.test("FID∞: takes most of the bias away", () => {
  let bias = 0, left = 0;
  for (let i = 0; i < 5; i++) {
    const parts = [normalLatents(2000, 16, 2 * i), normalLatents(2000, 16, 2 * i + 1, { mean: 0.1 })]
      .map((set) => momentsOfParts(set, { seed: i }));
    bias += (frechetDistance(Moments.merged(parts[0]), Moments.merged(parts[1])) - 0.16) / 5; // 16 latents 0.1 apart
    left += (frechetInfinity(parts[0], parts[1], { seed: i }) - 0.16) / 5;
  }
  assertGreater(bias, 0.05);
  assertLess(Math.abs(left), bias / 4);
});

Deno.test("FID∞: the same seed, the same value; another seed, another value, and other parts", () => {
  const [a, b] = [normalLatents(500, 4, 1), normalLatents(500, 4, 2)];
  const parts = momentsOfParts(a, { seed: 1 }), others = momentsOfParts(b, { seed: 2 });
  const infinity = frechetInfinity(parts, others, { seed: 3 });
  assertEquals(frechetInfinity(parts, others, { seed: 3 }), infinity);
  assertNotEquals(frechetInfinity(parts, others, { seed: 4 }), infinity);
  assertNotEquals(momentsOfParts(a, { seed: 2 })[0].mean, parts[0].mean);
});

Deno.test("FID∞: refuses fewer than 10 images", () => {
  const parts = momentsOfParts(normalLatents(9, 4, 1), { seed: 1 });
  assertThrows(() => frechetInfinity(parts, parts, { seed: 1 }), DigitFidError, "9 images are too few");
});

Deno.test("Fréchet distance: goes with the square of the unit from 1e-150 to 1e150, beyond that it is refused", () => {
  const scaled = (seed: number, unit: number) => {
    const { count, width, data } = normalLatents(50, WIDTH, seed);
    return Moments.of({ count, width, data: Float64Array.from(data, (value) => value * unit) });
  };
  const distance = (unit: number) => frechetDistance(scaled(1, unit), scaled(2, unit));
  const expected = distance(1);
  for (const unit of [1e-150, 1e-100, 1e-9, 1e9, 1e100, 1e150]) {
    assertAlmostEquals(distance(unit) / unit / unit, expected, 1e-9 * expected, `${unit}`);
  }
  for (const unit of [1e-160, 1e160]) assertThrows(() => distance(unit), DigitFidError, "scale them");
  assertEquals(frechetDistance(scaled(1, 0), scaled(2, 0)), 0);
});
