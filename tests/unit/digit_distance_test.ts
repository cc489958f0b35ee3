/** The digit distance: its parts against their definitions, and the threads against plain TypeScript. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { cosineOfTurns, sineOfTurns } from "../../lib/metrics/circle.ts";
import { digitDistance, digitDistanceOfParts } from "../../lib/metrics/digit_distance.ts";
import { discriminant } from "../../lib/metrics/discriminant.ts";
import { DEFECTS, fitViews, type Outputs, projectionsOf, viewOf, VIEWS } from "../../lib/metrics/embedding.ts";
import { embedParts } from "../../lib/metrics/fast/embedding.ts";
import { SharedLatents } from "../../lib/metrics/fast/rows.ts";
import { MeanEmbedding } from "../../lib/metrics/mean_embedding.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { Random } from "../../lib/random.ts";
import { openThreads } from "../../lib/wasm/threads.ts";
import { normalLatents } from "../support/samples.ts";

/** Outputs as a network might have them. */
function outputs(count: number, seed: number, mean = 0, width = 6): Outputs {
  const latents = normalLatents(count, width, seed, { mean });
  const logits = Float32Array.from(normalLatents(count, 10, seed + 1000, { mean, deviation: 3 }).data);
  const defects = Float32Array.from(normalLatents(count, DEFECTS, seed + 2000, { mean }).data);
  return { latents, logits, defects };
}

const TRAINING = outputs(600, 1);
const PROJECTIONS = projectionsOf(fitViews(TRAINING));
const embed = (set: Outputs) => new MeanEmbedding(PROJECTIONS).add(set);

Deno.test("digit distance: sine and cosine of turns are those of Math to 1e-11", () => {
  const random = new Random(3, 0);
  for (let i = 0; i < 20_000; i++) {
    const turns = i < 9 ? (i - 4) / 4 : 40 * (random.uniform() - 0.5);
    assert(Math.abs(sineOfTurns(turns) - Math.sin(2 * Math.PI * turns)) < 1e-11, `sine of ${turns}`);
    assert(Math.abs(cosineOfTurns(turns) - Math.cos(2 * Math.PI * turns)) < 1e-11, `cosine of ${turns}`);
  }
});

Deno.test("digit distance: a view is centred and white, up to its ridge and the kernel's width", () => {
  for (const { name, width, centre, whitening } of fitViews(TRAINING)) {
    const { count, data } = viewOf(TRAINING, name);
    const white = new Float64Array(count * width);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < width; k++) {
        for (let j = 0; j < width; j++) {
          white[i * width + j] += (data[i * width + k] - centre[k]) * whitening[k * width + j];
        }
      }
    }
    const covariance = Moments.of({ count, width, data: white }).covariance();
    for (let j = 1; j < width; j++) {
      assert(Math.abs(covariance[j * width + j] / covariance[0] - 1) < 0.02, `${name}: variance ${j}`);
      assert(Math.abs(covariance[j * width]) < 0.01 * covariance[0], `${name}: covariance ${j}`);
    }
  }
});

Deno.test("digit distance: the kernel's mean is that of Gaussians on the views", () => {
  const [a, b] = [outputs(40, 5), outputs(30, 6, 0.5)];
  let exact = 0;
  for (const { name, width, whitening } of fitViews(TRAINING)) {
    const [x, y] = [viewOf(a, name), viewOf(b, name)];
    let sum = 0;
    for (let i = 0; i < x.count; i++) {
      for (let j = 0; j < y.count; j++) {
        let distance = 0;
        for (let l = 0; l < width; l++) {
          let difference = 0;
          for (let k = 0; k < width; k++) {
            difference += (x.data[i * width + k] - y.data[j * width + k]) * whitening[k * width + l];
          }
          distance += difference ** 2;
        }
        sum += Math.exp(-distance / 2);
      }
    }
    exact += VIEWS[name].share * sum / (x.count * y.count);
  }
  const sampled = embed(a).meanKernel(embed(b));
  assert(Math.abs(sampled - exact) < 0.01, `${sampled} instead of ${exact}`);
});

Deno.test("digit distance: about 0 for one distribution, larger the farther two are apart", () => {
  const real = embed(outputs(2000, 7));
  const [same, near, far] = [0, 0.2, 0.5].map((mean) => digitDistance(real, embed(outputs(2000, 8, mean))));
  assert(Math.abs(same) < 1, `${same}`);
  assert(near > 5 && far > 4 * near, `${near} and ${far}`);
});

Deno.test("digit distance: parts in any order give the same bits as the whole", () => {
  const whole = outputs(100, 9);
  const part = (from: number, to: number): Outputs => ({
    latents: { count: to - from, width: 6, data: whole.latents.data.slice(from * 6, to * 6) },
    logits: whole.logits.slice(from * 10, to * 10),
    defects: whole.defects.slice(from * DEFECTS, to * DEFECTS),
  });
  const [a, b, c] = [part(0, 7), part(7, 60), part(60, 100)].map(embed);
  const other = embed(outputs(50, 10));
  const merged = new MeanEmbedding(PROJECTIONS).merge(c).merge(a).merge(b);
  assertEquals(merged.sums, embed(whole).sums);
  assertEquals(digitDistance(merged, other), digitDistance(embed(whole), other));
});

Deno.test("digit distance: its standard error is as wide as fresh sets scatter", () => {
  const real = embed(outputs(4000, 11));
  const partsOf = (set: Outputs, size: number) =>
    Array.from({ length: set.latents.count / size }, (_, p) =>
      embed({
        latents: { count: size, width: 6, data: set.latents.data.slice(p * size * 6, (p + 1) * size * 6) },
        logits: set.logits.slice(p * size * 10, (p + 1) * size * 10),
        defects: set.defects.slice(p * size * DEFECTS, (p + 1) * size * DEFECTS),
      }));
  const distances = Array.from({ length: 20 }, (_, k) => digitDistance(real, embed(outputs(200, 50 + k, 0.4))));
  const mean = distances.reduce((a, b) => a + b) / 20;
  const spread = Math.sqrt(distances.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19);
  const { standardError } = digitDistanceOfParts([real], partsOf(outputs(200, 99, 0.4), 10));
  assert(standardError > spread / 2 && standardError < 2 * spread, `${standardError} for ${spread}`);
  const seeded = (seed: number) => digitDistanceOfParts([real], partsOf(outputs(200, 99, 0.4), 10), { seed });
  assertEquals(seeded(1), seeded(1));
  assert(seeded(1).standardError !== seeded(2).standardError);
});

for (const count of [1, 2, 3]) {
  Deno.test(`digit distance: ${count} threads give the plain bits, parts of odd sizes too`, async () => {
    await using threads = await openThreads(count);
    const set = outputs(53, 12);
    const rows = new Random(4, 0).permutation(53);
    const parts = Array.from(
      { length: 5 },
      (_, p) => rows.subarray(Math.floor(p * 53 / 5), Math.floor((p + 1) * 53 / 5)),
    );
    using latents = new SharedLatents(threads, set.latents);
    const embedded = await embedParts(latents, PROJECTIONS, set, parts);
    assertEquals(embedded.map((part) => part.count), parts.map((part) => part.length));
    const merged = embedded.reduce((all, part) => all.merge(part), new MeanEmbedding(PROJECTIONS));
    assertEquals(merged.sums, embed(set).sums);
  });
}

Deno.test("digit distance: sums that cannot be are refused", () => {
  const set = new MeanEmbedding(PROJECTIONS),
    sums = PROJECTIONS.map(({ frequencies }) => new Float64Array(2 * frequencies));
  const refused = (call: () => void, message: string) => assertThrows(call, DigitFidError, message);
  refused(() => set.addSums(2, sums.slice(1)), "sums of another embedding");
  refused(() => set.addSums(0.5, sums), "cannot be of 0.5 images");
  sums[0][3] = 3 * 2 ** 28;
  refused(() => set.addSums(2, sums), "cannot be of 2 images");
  sums[0][3] = NaN;
  refused(() => set.addSums(2, sums), "cannot be of 2 images");
  refused(() => digitDistance(embed(outputs(5, 1)), embed(outputs(1, 1))), "1 images are too few");
});

Deno.test("discriminant: points from the one set to the other, and leaves out columns that do not vary", () => {
  const cloud = (seed: number, shift: number) => {
    const { data } = normalLatents(400, 3, seed);
    for (let i = 0; i < 400; i++) {
      data[3 * i] += shift, data[3 * i + 1] = 5 * data[3 * i + 1] + data[3 * i], data[3 * i + 2] = 7;
    }
    return Moments.of({ count: 400, width: 3, data });
  };
  const [first, second, constant] = discriminant(cloud(1, 0), cloud(2, 2));
  assert(first > 1 && Math.abs(second) < 0.15 * first, `${first} ${second}`);
  assertEquals(constant, 0);
});

Deno.test("discriminant: goes across the way to sets that count as alike", () => {
  const cloud = (seed: number, shifts: readonly number[]) => {
    const { data } = normalLatents(400, 3, seed);
    return Moments.of({ count: 400, width: 3, data: data.map((value, k) => value + shifts[k % 3]) });
  };
  const [clean, faint, bad] = [cloud(1, [0, 0, 0]), cloud(1, [0.5, 0, 0]), cloud(2, [2, 2, 0])];
  const along = (weights: Float64Array, to: Moments) =>
    weights.reduce((sum, weight, j) => sum + weight * (to.mean[j] - clean.mean[j]), 0);
  assert(along(discriminant(clean, bad), faint) > 0.5);
  const across = discriminant(clean, bad, [faint]);
  assert(Math.abs(along(across, faint)) < 1e-3 && along(across, bad) > 1.5, `${across}`);
});
