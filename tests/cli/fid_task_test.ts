/** Scores on the GPU, from the library and from the command line. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import type { Images } from "../../lib/data/images.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { frechetDistance } from "../../lib/fid.ts";
import { openImages } from "../../lib/data/image_files.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { parseSafetensors } from "../../lib/formats/safetensors.ts";
import { readStatistics } from "../../lib/scoring/statistics.ts";
import { type ImageSource, sourceOf, toImages } from "../../lib/data/sources.ts";
import { uploadImages } from "../../lib/network/webgpu/images.ts";
import { classifierScores } from "../../lib/metrics/classifier_score.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import type { Network } from "../../lib/network/network.ts";
import { score } from "../../lib/scoring/score.ts";
import { extractFeatures, statisticsOf } from "../../lib/scoring/features.ts";
import { openSet } from "../../lib/scoring/sets.ts";
import { LATENT_SIZE } from "../../lib/model.ts";
import { Random, STREAM } from "../../lib/random.ts";
import { digitFid, Workspace } from "../support/cli.ts";
import { COUNT, digits, padded, writeEveryKind } from "../support/image_files.ts";
import { mnist } from "../support/mnist.ts";
import { ARCHS, assertClose, reference, referencePath, referenceTensors, withNetwork } from "../support/support.ts";
import { TemporaryFolder } from "../support/folders.ts";

const WEIGHTS = ["--weights", referencePath("torch-mlp-step200.safetensors")];

/** Images `start` … `end - 1`. */
function part({ size, pixels }: Images, start: number, end: number): Images {
  return { count: end - start, size, pixels: pixels.subarray(start * size * size, end * size * size) };
}

async function withStep200(test: (network: Network) => Promise<void>): Promise<void> {
  await withNetwork("mlp", "webgpu", await referenceTensors("mlp", "step200"), test);
}

for (const arch of ARCHS) {
  Deno.test(`fid: ${arch}: the distances are PyTorch's`, async () => {
    const expected = await reference(arch);
    const test = await mnist("test");
    await withNetwork(arch, "webgpu", await referenceTensors(arch, "step200"), async (network) => {
      const moments = async (images: Images) => statisticsOf(await extractFeatures(network, sourceOf(images, "x")));
      const first = await moments(part(test, 0, 5000));
      const last = await moments(part(test, 5000, 10000));
      const inverted = padded(part(test, 0, 5000)).map((value) => 1 - value);
      const distances = [last, await moments(toImages(inverted, { size: 32 }))].map((m) => frechetDistance(first, m));
      const wanted = [
        expected.fid_test_first5000_vs_last5000,
        expected.fid_test_first5000_vs_same_inverted_1_minus_padded,
      ];
      for (const [i, distance] of distances.entries()) assertClose([distance], [wanted[i]], 1e-4, `distance ${i}`);
    });
  });
}

Deno.test("fid: an image's latent does not depend on the chunk it comes in", () =>
  withStep200(async (network) => {
    const test = await mnist("test");
    const { features } = await extractFeatures(network, sourceOf(test, "x"));
    assert(!(features instanceof Moments));
    const resident = uploadImages(test);
    for (const start of [0, 4096, 8192, 9800]) {
      const [latents] = await network.outputs(resident, start, 200, ["latent"]);
      assertEquals(features.latents.data.subarray(start * 128, (start + 200) * 128), new Float32Array(latents));
    }
    resident.dispose();
  }));

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
  const expected = new Moments(LATENT_SIZE);
  const network = {
    arch: "mlp",
    upload: () => ({ [Symbol.dispose]() {} }),
    outputs(_: unknown, __: number, count: number, names: readonly string[]) {
      return names.map((name) => {
        if (name !== "latent") return new Float32Array(count * 10);
        const data = pool.subarray(0, count * LATENT_SIZE);
        expected.add({ count, width: LATENT_SIZE, data });
        return data;
      });
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
  assertClose(features.covariance(), expected.covariance(), 1e-12, "covariance");
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

Deno.test("fid: the command", async (t) => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const fid = async (...args: string[]) => await digitFid(["fid", ...WEIGHTS, "--data", "data", ...args], folder);
  const all = await mnist("test");
  const floats = Float32Array.from(all.pixels.subarray(0, 300 * 784), (byte) => byte / 127.5 - 1);
  Deno.writeFileSync(`${folder}/fake.npy`, encodeNpy([300, 28, 28], floats));
  let distance = NaN;

  await t.step("prints a table, and says how it took the images", async () => {
    const { code, stdout, stderr } = await fid("--fake", "fake.npy");
    assertEquals(code, 0);
    assertStringIncludes(stdout, "\nfake.npy: 300 images, 300×28×28 <f4, values from -1 to 1 (inferred)\n");
    assertMatch(
      stdout,
      /\n300 images of fake.npy against 64 of mnist-test\nby torch-mlp-step200.safetensors \(SHA-256 \w{12}…\)\n/,
    );
    for (const name of ["FID", "FID∞", "KID", "precision", "recall", "density", "coverage", "classifier score"]) {
      assertMatch(stdout, new RegExp(`^  ${name} +-?\\d+\\.\\d{4}   \\S`, "m"));
    }
    assertMatch(stdout, /\n {2}digits 0 … 9 {4}(\d+ ){9}\d+\n$/);
    assertMatch(stderr, /^warning: 64 real images .*\nwarning: 300 generated images: .*\n$/);
  });

  await t.step("prints one JSON object, and keeps statistics", async () => {
    const { code, stdout, stderr } = await fid(
      "--fake",
      "fake.npy",
      "--json",
      "--save-stats",
      "both.stats.safetensors",
    );
    assertEquals(code, 0);
    assertMatch(
      stderr,
      /^cpu kernels .*\nmnist-test: 64 images, 28×28\nfake.npy: .*\n(warning: .*\n)*statistics saved in both.stats.safe/,
    );
    const { network, network_sha256, real, fake, ...score } = JSON.parse(stdout);
    const weights = Deno.readFileSync(WEIGHTS[1]);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", weights)).toHex();
    assertEquals([network, network_sha256], ["torch-mlp-step200.safetensors", hash]);
    assertEquals([real, fake, score.real_images, score.fake_images], ["mnist-test", "fake.npy", 64, 300]);
    assertEquals(score.digit_histogram.reduce((a: number, b: number) => a + b), 300);
    distance = score.fid;

    const file = `${folder}/both.stats.safetensors`;
    const { tensors } = parseSafetensors(Deno.readFileSync(file), file);
    const shapes = Object.fromEntries([...tensors].map(([name, { dtype, shape }]) => [name, [dtype, ...shape]]));
    assertEquals(shapes["test.covariance"], ["F64", 128, 128]);
    assertEquals(shapes["fake.mean"], ["F64", 128]);
    assertEquals(shapes["fake.count"], ["F64"]);
    assertEquals((await readStatistics(file)).sets.get("test")?.count, 64);
  });

  await t.step("takes statistics in place of images, and tells what is left out", async () => {
    const stats = "both.stats.safetensors";
    const { stdout } = await fid("--real", `${stats}#test`, "--fake", "fake.npy", "--json");
    assertAlmostEquals(JSON.parse(stdout).fid, distance, 1e-9 * distance);
    const alone = await fid("--real", `${stats}#test`, "--fake", `${stats}#fake`);
    assertMatch(alone.stdout, /^ {2}FID +\d+\.\d{4} {3}/m);
    assertEquals(alone.stdout.match(/– {3}left out$/gm)?.length, 11);
    assertMatch(alone.stderr, /warning: statistics hold no images: kid, /);
  });

  await t.step("refuses what cannot be scored", async () => {
    const stats = "both.stats.safetensors";
    const refused: [code: number, args: string[], message: RegExp][] = [
      [2, [], /--fake is missing: name the generated images/],
      [2, ["--fake", "x.png", "--grid", "10"], /--grid: expected two numbers, such as 10x10, found 10/],
      [2, ["--fake", "x", "--range", "0..1"], /--range: expected byte or unit or signed or .*, found 0..1/],
      [
        2,
        ["--fake", "a/x.npy", "--real", "b/x.npy", "--save-stats", "s.safetensors"],
        /--save-stats .* both are called x: rename/,
      ],
      [2, ["--fake", "fake.npy", "--save-stats", "s"], /--save-stats: expected a name that ends in .safetensors.*/],
      [
        1,
        ["--fake", "fake.npy", "--range", "unit"],
        /fake.npy: values from 0 to 1: .* they fit values from -1 to 1 \(--fake-range signed\)/,
      ],
      [2, ["--fake", "fake.npy", "--real-invert"], /--real-invert is for images in files, and mnist-test is none/],
      [1, ["--fake", "-"], /standard input is empty: pipe a file into it/],
      [1, ["--fake", stats], /both.stats.safetensors: several sets: give both.*#test or both.*#fake/],
    ];
    for (const [code, args, message] of refused) {
      const result = await fid(...args);
      assertMatch(result.stderr, new RegExp(`^digit-fid: ${message.source}.*\n$`));
      assertEquals(result.code, code);
    }
  });

  await t.step("refuses statistics that do not fit", async () => {
    const stats = `${folder}/both.stats.safetensors`;
    const { network } = await readStatistics(stats);
    const refused = async (input: string, sha256: string, message: string) => {
      const { message: found } = await assertRejects(
        () => openSet(input, input, { ...network, sha256 }),
        DigitFidError,
      );
      assert(found.includes(message), found);
    };
    await refused(`${stats}#x`, network.sha256, `no set x: give ${stats}#test or ${stats}#fake`);
    await refused(`${stats}#test`, "0".repeat(64), "do not compare with torch-mlp-step200.safetensors (SHA-256 0000");
    await refused(WEIGHTS[1], network.sha256, "torch-mlp-step200.safetensors: no array of images: give ");
  });
});
