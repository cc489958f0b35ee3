/** `digit-fid watch` as a user runs it. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { encodePng } from "../../lib/formats/png.ts";
import { parseScores } from "../../lib/scoring/score_log.ts";
import { digitFid, resultOf, startDigitFid, Workspace } from "../support/cli.ts";
import { mnist } from "../support/mnist.ts";

const DATA = ["--data", "data", "--kernels", "cpu", "--threads", "1"];
const ONCE = ["watch", "samples", "--once", "--interval", "0.1", ...DATA];

/** The bytes of an array of test images from `start` on. */
async function digits(start: number, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const { pixels, size } = await mnist("test");
  return encodeNpy(
    [count, size, size],
    Uint8Array.from(pixels.subarray(start * size ** 2, (start + count) * size ** 2)),
  );
}

async function withSamples(test: (folder: string) => Promise<void>): Promise<void> {
  using workspace = await Workspace.create();
  Deno.mkdirSync(`${workspace.folder}/samples`);
  await test(workspace.folder);
}

const scoresIn = (folder: string) => parseScores(Deno.readTextFileSync(`${folder}/samples/scores.csv`), "scores.csv");
const namesIn = (folder: string) => scoresIn(folder).filter(({ refused }) => !refused).map(({ name }) => name);

Deno.test("watch: each sample has the score that fid gives it, and none is scored twice", async () => {
  await withSamples(async (folder) => {
    Deno.writeFileSync(`${folder}/samples/epoch10.npy`, await digits(100, 40));
    Deno.mkdirSync(`${folder}/samples/epoch2`);
    const { pixels } = await mnist("test");
    for (let i = 0; i < 20; i++) {
      const picture = {
        width: 28,
        height: 28,
        channels: 1 as const,
        data: Uint8Array.from(pixels.subarray(784 * i, 784 * (i + 1))),
      };
      Deno.writeFileSync(`${folder}/samples/epoch2/${i}.png`, encodePng(picture));
    }
    Deno.writeTextFileSync(`${folder}/samples/notes.txt`, "no sample");
    const first = await digitFid([...ONCE, "--json"], folder);
    assertEquals(first.code, 0, first.stderr);
    const { scored, samples, best } = JSON.parse(first.stdout);
    assertEquals([scored, ...samples.map(({ name }: { name: string }) => name)], [2, "epoch2", "epoch10.npy"]);
    for (const { name, digit_distance, fid, kid } of samples) {
      const { stdout } = await digitFid(["fid", "--fake", `samples/${name}`, ...DATA, "--json"], folder);
      const expected = JSON.parse(stdout);
      assertEquals([digit_distance, fid, kid], [expected.digit_distance, expected.fid, expected.kid]);
    }
    assertEquals(best, samples[samples[0].digit_distance < samples[1].digit_distance ? 0 : 1]);

    const text = Deno.readTextFileSync(`${folder}/samples/scores.csv`);
    const second = await digitFid([...ONCE, "--json"], folder);
    assertEquals([second.code, JSON.parse(second.stdout).scored], [0, 0]);
    assertEquals(Deno.readTextFileSync(`${folder}/samples/scores.csv`), text);

    const other = await digitFid([...ONCE, "--seed", "1"], folder);
    assertEquals(other.code, 1);
    assertStringIncludes(other.stderr, "do not compare with scores by");
    assertEquals((await digitFid([...ONCE, "--seed", "1", "--out", "other.csv"], folder)).code, 0); // as advised
  });
});

Deno.test("watch: half a file is refused by name, and scored once it is whole", async () => {
  await withSamples(async (folder) => {
    const bytes = await digits(0, 30);
    Deno.writeFileSync(`${folder}/samples/a.npy`, bytes.subarray(0, bytes.length / 2));
    Deno.writeFileSync(`${folder}/samples/b.npy`, bytes);
    const half = await digitFid([...ONCE, "--json"], folder);
    const [refused, scored] = scoresIn(folder);
    assertEquals([half.code, refused.name, refused.images, scored.name], [1, "a.npy", 0, "b.npy"]);
    assertMatch(half.stderr, /warning: a\.npy is not scored: .*a\.npy/);
    assertMatch(refused.refused!, /a\.npy: /);
    const result = JSON.parse(half.stdout);
    assertEquals([result.scored, result.refused], [1, [{ name: "a.npy", reason: refused.refused }]]);
    assertMatch(scored.warnings!.join(), /30 generated images/);
    assertEquals(result.samples[0].warnings, scored.warnings);
    assertEquals([(await digitFid(ONCE, folder)).code, scoresIn(folder).length], [1, 2], "said once, tried again");
    Deno.writeFileSync(`${folder}/samples/a.npy`, bytes);
    const whole = await digitFid(ONCE, folder);
    assertEquals([whole.code, namesIn(folder)], [0, ["b.npy", "a.npy"]]);
    assertEquals(scoresIn(folder)[1].scores, scoresIn(folder)[2].scores);
  });
});

Deno.test("watch: a sample that grows is scored when it has settled; Ctrl-C ends in good order, and another waits", async () => {
  await withSamples(async (folder) => {
    const bytes = await digits(0, 60);
    const path = `${folder}/samples/a.npy`;
    Deno.writeFileSync(path, bytes.subarray(0, 1000));
    const watching = startDigitFid(["watch", "samples", "--interval", "0.5", ...DATA], folder);
    const limit = setTimeout(() => watching.kill("SIGKILL"), 60_000);
    let grown = false, ended = false;
    const result = await resultOf(watching, async (stdout) => {
      if (stdout.includes("watching samples") && !grown) {
        grown = true;
        const refused = await digitFid(ONCE, folder);
        assertMatch(refused.stderr, /samples is in use by process \d+/);
        for (let end = 2000; end < bytes.length + 4000; end += 4000) { // each time before half a second has passed
          Deno.writeFileSync(path, bytes.subarray(0, end));
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }
      if (stdout.includes("a.npy: 60 images") && !ended) {
        ended = true;
        watching.kill("SIGINT");
      }
    });
    clearTimeout(limit);
    assertEquals([result.code, namesIn(folder)], [0, ["a.npy"]]);
    assertStringIncludes(result.stdout, "best: a.npy");
    assertEquals([...Deno.readDirSync(`${folder}/samples`)].map(({ name }) => name).sort(), ["a.npy", "scores.csv"]);
  });
});

Deno.test("watch: without a folder, or with one that is not there, it says what is missing", async () => {
  const none = await digitFid(["watch", "--once"], checkoutPath());
  assertEquals(none.code, 2);
  assertStringIncludes(none.stderr, "digit-fid watch DIR");
  const missing = await digitFid(["watch", "no/such", "--once"], checkoutPath());
  assertEquals(missing.code, 1);
  assertStringIncludes(missing.stderr, "no/such");
});
