/** Scores that say what they mean: floors, several sets, a part of the metrics, and scores computed again. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { limit } from "../../lib/data/images.ts";
import { encodeIdx } from "../../lib/idx.ts";
import { digitFid } from "../support/cli.ts";
import { TemporaryFolder } from "../support/folders.ts";
import { mnist } from "../support/mnist.ts";

const NAMES = ["vae-epoch30", "gan-epoch12"];

/** Writes one of the two splits of a data set. */
function writeMnist(folder: string, split: string, data: Uint8Array<ArrayBuffer>, labels: Uint8Array<ArrayBuffer>) {
  Deno.mkdirSync(folder, { recursive: true });
  const images = encodeIdx({ shape: [labels.length, 28, 28], data });
  Deno.writeFileSync(`${folder}/${split}-images-idx3-ubyte`, images);
  Deno.writeFileSync(`${folder}/${split}-labels-idx1-ubyte`, encodeIdx({ shape: [labels.length], data: labels }));
}

Deno.test("scores: a set, several sets, and the same again", async (t) => {
  using folder = new TemporaryFolder();
  const { path } = folder;
  for (const name of NAMES) Deno.copyFileSync(checkoutPath(`examples/digits/${name}.npz`), `${path}/${name}.npz`);
  const run = (...args: string[]) => digitFid(args, path);

  await t.step("beside each number stands what real digits have", async () => {
    const { stdout, stderr, code } = await run("fid", "--quiet", "--fake", "vae-epoch30.npz");
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /^ {2}FID +\d\d\.\d{4} {3}\d\.\d+ ± 0\.\d+ +95 % interval/m);
    assertMatch(stdout, /^ {2}made of {11}of 500 of the digits \(digit distance \d+\.\d, FID \d+\.\d\), one/m);
    assertMatch(
      stdout,
      /^ {2}as far as real digits with +by digit distance +by FID\n {2}Gaussian noise.* +0\.\d{3} +0\.\d{3}$/m,
    );
    assertEquals(stdout.split("\n").filter((line) => line.length > 80), []);
  });

  await t.step("several are sorted and compared; what the shell spreads out counts as given", async () => {
    const args = ["--quiet", "--fake", ...NAMES.map((name) => `${name}.npz`), "--only", "digit-distance,fid"];
    const { stdout, stderr, code } = await run("fid", ...args, "--csv", "scores.csv");
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /real digits, 500 of them.*\n {2}gan-epoch12.npz.*\n {2}vae-epoch30.npz.*\n/);
    assertMatch(stdout, /gan-epoch12.npz is nearer than vae-epoch30.npz\n {4}by \d+\.\d{4} \(95 %: \d+\.\d{4} to/);
    assertEquals(stdout.split("\n").filter((line) => line.length > 80), []);
    const [head, ...rows] = Deno.readTextFileSync(`${path}/scores.csv`).trim().split("\n");
    assertMatch(head, /^fake,fake_sha256,digit_distance,digit_distance_standard_error,real_images,fake_images,fid$/);
    assertEquals(rows.map((row) => row.split(",")[0]), NAMES.map((name) => `${name}.npz`));
    assertMatch((await run("fid", ...args, "--csv", "scores.csv")).stderr, /there already: replace it \(--force\)/);
    assertMatch((await run("fid", "--fake", "a", "a")).stderr, /--fake: the same images are given twice/);
  });

  await t.step("each image stands in a table of its own, and the inside ones are precision", async () => {
    for (const [split, file] of [["train", "train"], ["test", "t10k"]] as const) {
      const { pixels, labels } = limit(await mnist(split), 2000);
      writeMnist(`${path}/some`, file, Uint8Array.from(pixels), labels);
    }
    const data = ["--data", "some"];
    const args = [...data, "--json", "--fake", "vae-epoch30.npz", "--only", "precision", "--limit", "100"];
    const { stdout, stderr, code } = await run("fid", ...args, "--images", "images.csv");
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "table of the images written to images.csv");
    const [head, ...lines] = Deno.readTextFileSync(`${path}/images.csv`).trim().split("\n");
    const names = head.split(","), rows = lines.map((line) => line.split(","));
    const column = (name: string) => rows.map((row) => row[names.indexOf(name)]);
    assertEquals(
      head,
      "index,file,digit,confidence,realism,inside,real,real_distance,training,training_distance,flags",
    );
    const numbers = column("index").map(Number);
    assertEquals(numbers, [...new Set(numbers)].sort((a, b) => a - b));
    assert(numbers.length === 100 && numbers[99] > 400 && numbers[99] < 500);
    assertEquals(new Set(column("file")), new Set(["vae-epoch30.npz#arr_0"]));
    assert(column("real").some((number) => Number(number) > 1000)); // of the 2,000, not of the 100 drawn
    assert(column("training").some((number) => Number(number) > 1000));
    assertEquals(column("inside").filter((inside) => inside === "1").length / 100, JSON.parse(stdout).precision);
    const many = await run("fid", "--fake", "a", "b", "--images", "x.csv");
    for (const flag of ["by-digit", "train-on-fake"]) {
      const { stderr } = await run("fid", "--fake", "a", "b", `--${flag}`);
      assertMatch(stderr, new RegExp(`--${flag} is of one set: give a single --fake`));
    }
    const asked = await run("fid", ...args, "--quiet", "--by-digit");
    const { asked: { accuracy }, by_digit } = JSON.parse(asked.stdout);
    assert(accuracy > 0.8 && by_digit.length === 10, asked.stdout);
    assertMatch(many.stderr, /--images describes one set: give a single --fake/);
  });

  await t.step("verify computes a score again, and sees a changed digit and a changed image", async () => {
    const args = ["--fake", "gan-epoch12.npz", "--only", "fid,kid", "--limit", "300", "--seed", "5", "--range", "byte"];
    const { stdout } = await run("fid", "--json", "--quiet", ...args);
    const score = JSON.parse(stdout);
    assertEquals([score.seed, score.kernels, score.real_images], [5, "cpu", 300]);
    assertEquals(score.options, { range: "byte", only: "fid,kid", limit: 300 });
    Deno.writeTextFileSync(`${path}/score.json`, stdout);
    const same = await run("verify", "score.json");
    assertStringIncludes(same.stdout, "score.json holds: all");
    assertEquals(same.code, 0, same.stderr);
    Deno.writeTextFileSync(`${path}/score.json`, JSON.stringify({ ...score, kid: score.kid * (1 + 1e-15) }));
    const changed = await run("verify", "score.json");
    assertEquals(changed.code, 1);
    assertMatch(changed.stdout, /^ {2}kid: /m);
    Deno.copyFileSync(`${path}/vae-epoch30.npz`, `${path}/gan-epoch12.npz`);
    assertMatch((await run("verify", "score.json")).stdout, /^ {2}fake_sha256: /m);
    assertMatch((await run("verify", "scores.csv")).stderr, /scores.csv: expected a score, as fid prints it in JSON/);
  });

  await t.step(
    "neighbours and subsets stand in the score, which real digits scored otherwise are no floor of",
    async () => {
      const args = ["--fake", "vae-epoch30.npz", "--only", "fid,kid,precision", "--neighbours", "5", "--subsets", "5"];
      const { stdout, stderr } = await run("fid", "--json", "--quiet", ...args);
      const score = JSON.parse(stdout);
      assertEquals(score.options, { only: "fid,kid,precision", neighbours: 5, subsets: 5 }, stderr);
      assertEquals([score.kid_floor, score.precision_floor, score.fid_floor.length], [undefined, undefined, 2]);
      Deno.writeTextFileSync(`${path}/other.json`, stdout);
      assertStringIncludes((await run("verify", "other.json")).stdout, "other.json holds: all");
      const usual = JSON.parse((await run("fid", "--json", "--quiet", ...args.slice(0, 4))).stdout);
      assert(score.precision > usual.precision && score.kid !== usual.kid && score.fid === usual.fid);
      assertEquals([usual.kid_floor.length, usual.precision_floor.length], [2, 2]);
      assertMatch((await run("fid", ...args, "--subsets", "0")).stderr, /--subsets: expected an integer of at least 1/);
    },
  );

  await t.step("another data set is noticed: its labels are not what the network sees", async () => {
    const count = 200, labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    const pixels = Uint8Array.from({ length: count * 784 }, (_, k) => (k * 7919 >> 3) % 256);
    for (const split of ["train", "t10k"]) writeMnist(`${path}/data`, split, pixels, labels);
    const { stderr, stdout } = await run(
      "fid",
      "--json",
      "--data",
      "data",
      "--fake",
      "vae-epoch30.npz",
      "--only",
      "fid",
    );
    assertMatch(stderr, /mnist-test: the network takes \d+ % of them .* score by its weights$/m);
    const score = JSON.parse(stdout);
    assert(score.warning_codes.includes("other-images"));
    assertEquals([score.fid_floor, score.fid_like], [undefined, undefined]);
  });
});
