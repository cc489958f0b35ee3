/** The command that scores. */
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { parseSafetensors } from "../../lib/formats/safetensors.ts";
import { readStatistics } from "../../lib/scoring/statistics.ts";
import { openSet } from "../../lib/scoring/sets.ts";
import { digitFid, Workspace } from "../support/cli.ts";
import { mnist } from "../support/mnist.ts";
import { referencePath } from "../support/support.ts";

const WEIGHTS = ["--weights", referencePath("torch-mlp-step200.safetensors")];

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
