/** Copies of training images: generators that copy are caught, and fresh digits are not. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { corrupt, CORRUPTIONS } from "../../lib/data/corruption.ts";
import type { Images, LabelledImages } from "../../lib/data/images.ts";
import { sourceOf } from "../../lib/data/sources.ts";
import { authenticPercent, countNear, rankTest } from "../../lib/metrics/copies.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { loadNetwork } from "../../lib/network/load.ts";
import { openArithmetic } from "../../lib/scoring/arithmetic.ts";
import { type Copies, findCopies } from "../../lib/scoring/copies.ts";
import { extractFeatures } from "../../lib/scoring/features.ts";
import type { Features } from "../../lib/scoring/metrics.ts";
import { mnist } from "../support/mnist.ts";

type ByteImages = Images & { readonly pixels: Uint8Array<ArrayBuffer> };
const AREA = 784;

function part({ pixels, labels }: LabelledImages, first: number, count: number): ByteImages & LabelledImages {
  const some = Uint8Array.from(pixels.subarray(first * AREA, (first + count) * AREA));
  return { count, size: 28, pixels: some, labels: labels.slice(first, first + count) };
}

/** The first images replaced by those of another set. */
function withFirst(images: ByteImages, others: ByteImages): ByteImages {
  const pixels = images.pixels.slice();
  pixels.set(others.pixels);
  return { ...images, pixels };
}

/** Every second test image, as the first half is easier than the second. */
async function halves(remainder: number): Promise<ByteImages> {
  const { pixels } = await mnist("test");
  const half = new Uint8Array(5000 * AREA);
  for (let i = 0; i < 5000; i++) {
    half.set(pixels.subarray((2 * i + remainder) * AREA, (2 * i + remainder + 1) * AREA), i * AREA);
  }
  return { count: 5000, size: 28, pixels: half };
}
const even = () => halves(0), odd = () => halves(1);

Deno.test("copies: sets of 5,000, where 5,000 training images could be copied and 5,000 test images are fresh", async (t) => {
  using loaded = await loadNetwork({ kernels: "cpu" });
  await using arithmetic = await openArithmetic();
  const featuresOf = async (images: Images) => {
    const { features } = await extractFeatures(loaded.network, sourceOf(images, "images"));
    assert(!(features instanceof Moments));
    return features as Features;
  };
  const digits = await even(), train = await mnist("train"), images = part(train, 0, 5000);
  const training = { images, features: await featuresOf(images) };
  const fresh = await featuresOf(await odd());
  const copiesOf = async (images: ByteImages): Promise<Copies> => {
    const fake = { features: await featuresOf(images), source: sourceOf(images, "generated") };
    const { copies, nearest, isDuplicate } = await findCopies({ fake, training, fresh }, { arithmetic });
    assertEquals([nearest.numbers.length, isDuplicate.length], [images.count, images.count]);
    return copies;
  };

  await t.step("fresh digits are no copies", async () => {
    const fresh = await copiesOf(digits);
    assertEquals(fresh.isCopying, false, JSON.stringify(fresh));
    assert(Math.abs(fresh.ratio - 1) < 0.05 && Math.abs(fresh.copyingTest!) < 2, JSON.stringify(fresh));
    assert(Math.abs(fresh.authenticPercent - fresh.freshAuthenticPercent) < 4);
    assertEquals([fresh.duplicates, fresh.nearDuplicates!.isMore, fresh.near.byChance], [0, false, 5]);
  });

  await t.step("a generator that copies 1 % or 10 % of its digits is caught, exactly or nearly", async () => {
    const noisy = (count: number) => corrupt(part(train, 3000, count), CORRUPTIONS[0], 0.005, 0);
    for (const copied of [part(train, 3000, 50), noisy(50), noisy(500)]) {
      const found = await copiesOf(withFirst(digits, copied));
      assertEquals(found.isCopying, true, JSON.stringify(found));
      assert(found.near.count > 0.7 * copied.count, `${found.near.count} of ${copied.count} copies are near`);
      assert(
        found.suspects.every(({ image, training }) => training === image + 3000),
        JSON.stringify(found.suspects),
      );
      assert(found.suspects.every(({ training, pixelTraining }) => training === pixelTraining));
    }
  });

  await t.step("digits generated twice are counted, equal ones and nearly equal ones", async () => {
    const twice = digits.pixels.slice();
    twice.copyWithin(100 * AREA, 0, 100 * AREA); // the second hundred is the first
    const found = await copiesOf({ ...digits, pixels: twice });
    assertEquals([found.duplicates, found.isCopying], [100, false]);
    assert(found.nearDuplicates!.isMore && found.nearDuplicates!.count >= 200, JSON.stringify(found.nearDuplicates));
    const nearly = await copiesOf({
      ...digits,
      pixels: twice.map((level, at) => at % AREA === 0 && at < 100 * AREA ? 1 : level),
    });
    assertEquals(nearly.duplicates, 0);
    assert(nearly.nearDuplicates!.count >= 150);
  });
});

Deno.test("copies: the rank test is SciPy's mannwhitneyu, standardised", () => {
  // u = scipy.stats.mannwhitneyu(x, y).statistic; (u - (n * m / 2 - 0.5)) / sqrt(n * m * (n + m + 1) / 12)
  const [x, y] = [Float64Array.of(1, 4, 4, 7, 9), Float64Array.of(2, 3, 4, 5)];
  assertAlmostEquals(rankTest(x, y), (13 - 9.5) / Math.sqrt(20 * 10 / 12), 1e-12);
  assertAlmostEquals(rankTest(y, x) + rankTest(x, y), 1 / Math.sqrt(20 * 10 / 12), 1e-12);
});

Deno.test("copies: authentic images are farther from a training image than that from its next", () => {
  assertEquals(authenticPercent(Float64Array.of(1, 2, 3, 0), Float64Array.of(2, 2, 2, 0)), 25);
});

Deno.test("copies: what is near is what 0.1 % of fresh images are, and chance has its share", () => {
  const fresh = Float64Array.from({ length: 10_000 }, (_, i) => i);
  const fake = Float64Array.of(0, 9.5, 10, 11, ...Array(996).fill(500));
  assertEquals(countNear(fake, fresh), { count: 2, byChance: 1, distance: 10, isMore: false });
  assertEquals(countNear(Float64Array.of(...Array(10).fill(1), ...fake), fresh).isMore, true);
});
