import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import type { Latents } from "../../lib/metrics/latents.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { normalLatents } from "../support/samples.ts";

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
