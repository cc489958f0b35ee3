/** What a score means: floors, ladders, and the calibration that comes with the code. */
import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess } from "@std/assert";
import {
  calibrationOf,
  type Floor,
  FLOOR_METRICS,
  floorOf,
  type Ladder,
  meaningOf,
  type Spread,
  strengthAt,
} from "../../lib/scoring/calibration.ts";
import { REFERENCE_IDENTITY } from "../../lib/network/reference.ts";
import { CORRUPTIONS } from "../../lib/data/corruption.ts";
import { PixelHash } from "../../lib/data/pixel_hash.ts";
import { loadMnist } from "../../lib/data/mnist.ts";
import { checkoutPath } from "../../lib/checkout.ts";
import { likenessRows, scoreFields, scoreRows } from "../../lib/scoring/words.ts";

/** Floors whose means are 1 + 100 / N, and whose deviations are 10 / √N. */
const FLOORS = [100, 400, 1600].map((images) => {
  const spread: Spread = [1 + 100 / images, 10 / Math.sqrt(images)];
  return { images, ...Object.fromEntries(FLOOR_METRICS.map((metric) => [metric, spread])) } as Floor;
});
const rung = (strength: number, distance: number) => ({ strength, digitDistance: distance, fid: distance });

Deno.test("calibration: a floor lies on lines in 1/N and in logarithms, between sizes and beyond", () => {
  for (const images of [100, 225, 400, 900, 1600, 6400]) {
    const [mean, deviation] = floorOf(FLOORS, "fid", images)!;
    assertAlmostEquals(mean, 1 + 100 / images, 1e-12);
    assertAlmostEquals(deviation, 10 / Math.sqrt(images), 1e-12);
  }
  assertEquals(floorOf(FLOORS, "fid", 99), undefined);
  assertEquals(floorOf([], "fid", 500), undefined);
});

Deno.test("calibration: a distance is as far as the strength at which its root lies, at the first that reaches it", () => {
  const ladder: Ladder = { corruption: "noise", rungs: [rung(1, 4), rung(2, 16), rung(3, 9), rung(4, 36)] };
  for (const [beyond, strength] of [[-1, 0], [0, 0], [1, 0.5], [4, 1], [9, 1.5], [16, 2], [25, 3], [36, 4]]) {
    assertAlmostEquals(strengthAt(ladder, "fid", beyond), strength, 1e-12, `${beyond}`);
  }
  assertEquals(strengthAt(ladder, "fid", 37), Infinity);
});

Deno.test("calibration: the one that comes is of the reference network and of these very images of MNIST", async () => {
  const calibration = await calibrationOf(REFERENCE_IDENTITY);
  assert(calibration);
  assertEquals(calibration.network, REFERENCE_IDENTITY);
  for (const split of ["train", "test"] as const) {
    const images = await loadMnist(checkoutPath("data/mnist"), split);
    const third = Math.floor(images.count / 3);
    const part = (from: number, to: number) => {
      const pixels = images.pixels.subarray(from * 784, to * 784);
      return { count: to - from, size: 28 as const, pixels };
    };
    const hash = new PixelHash().add(part(third, images.count)).add(part(0, third)); // in another order
    assertEquals(await hash.digest(), calibration.images[split]);
    const floors = calibration.floors[split];
    for (const [a, b] of floors.slice(1).map((b, i) => [floors[i], b])) {
      assertGreater(b.images, a.images);
      assertGreater(a.fid[0], b.fid[0]);
      for (const metric of FLOOR_METRICS) assertGreater(b[metric][1], 0);
    }
    const [distance, deviation] = floorOf(floors, "digitDistance", 2000)!;
    assertLess(Math.abs(distance), 5 * deviation);
  }
  assertEquals(await calibrationOf({ name: "other", sha256: "0" }), undefined);
});

Deno.test("calibration: a score against a whole split has floors and likenesses, any other has none", async () => {
  const calibration = (await calibrationOf(REFERENCE_IDENTITY))!;
  const noise = calibration.ladders.find(({ corruption }) => corruption === "noise")!;
  const { strength, fid: beyond } = noise.rungs.at(-2)!;
  const [floor] = floorOf(calibration.floors.test, "fid", 1000)!;
  const score = { realImages: 10_000, fakeImages: 1000, fid: floor + beyond, warnings: [] };
  const meaning = meaningOf(score, calibration, calibration.images.test);
  assertEquals(Object.keys(meaning.floors), ["fid"]);
  assertAlmostEquals(meaning.like.fid!.noise, strength, 1e-9);
  assertEquals(meaningOf(score, calibration, "0"), { floors: {}, like: {} });

  const rows = scoreRows(score, meaning);
  assertAlmostEquals(parseFloat(rows.find(({ label }) => label === "FID")!.floor), floor, 0.051);
  const [titles, ...likeness] = likenessRows(meaning);
  assertEquals(titles, ["as far as real digits with", "by FID"]);
  assertEquals(likeness.map(([title]) => title), CORRUPTIONS.map(({ title }) => title));
  assertEquals(likeness[0], ["Gaussian noise, σ (white = 1)", "0.40"]);
  const far = likenessRows({
    floors: {},
    like: { fid: { noise: Infinity, blur: 0, shift: 1, occlusion: 1, classes: 1 } },
  });
  assertEquals(far.map(([, by]) => by), ["by FID", "more than 0.8", "none", "1.0", "1.0", "1.0"]);
  const fields = scoreFields(score, { identity: REFERENCE_IDENTITY, real: "a", fake: "b" }, { meaning });
  assertEquals(fields.fid_floor, meaning.floors.fid);
  assertEquals(Object.keys(fields.fid_like as object), calibration.ladders.map(({ corruption }) => corruption));
});

Deno.test("calibration: numbers have four decimals, floors two digits of their deviation, and what is zero no minus", () => {
  const score = { realImages: 10_000, fakeImages: 1000, fid: -0.00004, kid: -0.5, precision: 0.25, warnings: [] };
  const floors = { fid: [1.2345, 0.0567], kid: [-0.00001, 0.002], precision: [83.2, 12.3] } as const;
  const rows = scoreRows(score, { floors, like: {} });
  assertEquals(
    ["FID", "KID", "precision"].map((name) => rows.find(({ label }) => label === name)!).map((
      row,
    ) => [row.value, row.floor]),
    [
      ["0.0000", "1.234 ± 0.057"],
      ["-0.5000", "0.0000 ± 0.0020"],
      ["0.2500", "83 ± 12"],
    ],
  );
});
