/** Sets of images become features: of every kind of file, of any size, and the same each time. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Images } from "../../lib/data/images.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { frechetDistance } from "../../lib/fid.ts";
import { openImages } from "../../lib/data/image_files.ts";
import { type ImageSource, sourceOf } from "../../lib/data/sources.ts";
import { classifierScores } from "../../lib/metrics/classifier_score.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import type { Network } from "../../lib/network/network.ts";
import { score } from "../../lib/scoring/score.ts";
import { extractFeatures, statisticsOf } from "../../lib/scoring/features.ts";
import { LATENT_SIZE } from "../../lib/model.ts";
import { Random, STREAM } from "../../lib/random.ts";
import { COUNT, digits, writeEveryKind } from "../support/image_files.ts";
import { mnist } from "../support/mnist.ts";
import { assertClose, referenceTensors, withNetwork } from "../support/support.ts";
import { TemporaryFolder } from "../support/folders.ts";

/** Images `start` … `end - 1`. */
function part({ size, pixels }: Images, start: number, end: number): Images {
  return { count: end - start, size, pixels: pixels.subarray(start * size * size, end * size * size) };
}

async function withStep200(test: (network: Network) => Promise<void>): Promise<void> {
  await withNetwork("mlp", "cpu", await referenceTensors("mlp", "step200"), test);
}

Deno.test("fid: every kind of file scores the same", () =>
  withStep200(async (network) => {
    using folder = new TemporaryFolder();
    const real = statisticsOf(await extractFeatures(network, sourceOf(part(await mnist("test"), COUNT, 2000), "real")));
    const scores = async (source: ImageSource) => {
      const { features } = await extractFeatures(network, source);
      assert(!(features instanceof Moments));
      const { digitHistogram, ...digits } = classifierScores(features.logits);
      return [frechetDistance(real, Moments.of(features.latents)), digits.classifierScore, ...digitHistogram];
    };
    const expected = await scores(sourceOf(await digits(), "fake"));
    for (const [name, options] of await writeEveryKind(folder.path)) {
      const actual = await scores(await openImages(`${folder.path}/${name}`, options));
      for (const [i, value] of actual.entries()) assertClose([value], [expected[i]], 1e-6, name);
    }
  }));

Deno.test("fid: above 200,000 images only statistics are kept, and they are the same", async () => {
  const random = new Random(1, STREAM.bootstrap), count = 200_001;
  const pool = Float32Array.from({ length: 1000 * LATENT_SIZE }, () => random.normal());
  const given: Moments[] = [], known = new Map<number, Moments>();
  const momentsOf = (data: Float32Array<ArrayBuffer>) =>
    Moments.of({ count: data.length / LATENT_SIZE, width: LATENT_SIZE, data });
  const network = {
    arch: "mlp",
    upload: () => ({ [Symbol.dispose]() {} }),
    outputs(_: unknown, __: number, count: number, names: readonly string[]) {
      const rows = names.map((name) => {
        if (name !== "latent") return new Float32Array(count * 10);
        const data = pool.subarray(0, count * LATENT_SIZE);
        if (!known.has(count)) known.set(count, momentsOf(data));
        given.push(known.get(count)!);
        return data;
      });
      return Promise.resolve(rows);
    },
  } as unknown as Network;
  const blank = sourceOf({ count: 4096, size: 28, pixels: new Uint8Array(4096 * 784) }, "x");
  async function* chunks() {
    for (let left = count; left > 0; left -= 4096) {
      for await (const images of blank.chunks()) yield left >= 4096 ? images : part(images, 0, left);
    }
  }
  const { features, warnings } = await extractFeatures(network, { ...blank, count, chunks });
  assert(features instanceof Moments);
  assertEquals(features.count, count);
  assertClose(features.covariance(), Moments.merged(given).covariance(), 1e-12, "covariance");
  const { message } = warnings.find(({ code }) => code === "statistics-only")!;
  assertEquals(message, "x: more than 200000 images: only their statistics are kept");
  await assertRejects(() => extractFeatures(network, { ...blank, count: 5000 }), DigitFidError, "found 4096");
});

Deno.test("fid: the same seed gives the same score", () =>
  withStep200(async (network) => {
    const test = await mnist("test");
    const identity = { name: "step200", sha256: "0" };
    const [real, fake] = [part(test, 0, 400), part(test, 400, 800)];
    const scored = () => score(fake, { real, network: { network, identity }, seed: 1 });
    const first = await scored();
    assertEquals(await scored(), first);
    assertEquals(first.network, identity);
  }));

Deno.test("fid: inverted colours give a warning, and one image is too few", () =>
  withStep200(async (network) => {
    const images = part(await mnist("test"), 0, 64);
    const inverted = sourceOf({ ...images, pixels: images.pixels.map((byte) => 255 - byte) }, "x");
    assertEquals((await extractFeatures(network, inverted)).warnings.map(({ code }) => code), ["inverted"]);
    const one = () => extractFeatures(network, sourceOf(part(images, 0, 1), "x"));
    await assertRejects(one, DigitFidError, "x: 1 image, which is too few to score: give at least 2");
  }));
