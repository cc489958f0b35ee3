/** The scores of samples, as the page's server reads them while another process adds to them. */
import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { FormatError } from "../../lib/errors.ts";
import { formatScores, type ScoreRecord } from "../../lib/scoring/score_log.ts";
import { readScores, readScoresOrTrouble } from "../../lib/serve/scores.ts";
import { TemporaryFolder } from "../support/folders.ts";

const record = (epoch: number, scores: ScoreRecord["scores"]): ScoreRecord => ({
  name: `epoch${epoch}.npy`,
  stamp: "0",
  by: "reference",
  images: 100,
  scores,
});

Deno.test("serve's scores: in the order of the samples, the newest of each, with the best", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/scores.csv`;
  assertEquals((await readScores(path)).samples, [], "the file may appear later");
  const records = [record(10, { digit_distance: 3, fid: 1 }), record(2, { digit_distance: 9, fid: 4 })];
  Deno.writeTextFileSync(path, formatScores([...records, record(2, { digit_distance: 2, fid: 5 })]));
  const { name, count, samples, measure, best } = await readScores(path);
  assertEquals([name, count, measure, best], [folder.path.split("/").at(-1), 2, "digit_distance", 0]);
  assertEquals(samples.map(({ name, scores }) => [name, scores.digit_distance]), [["epoch2.npy", 2], [
    "epoch10.npy",
    3,
  ]]);
});

Deno.test("serve's scores: a line that is half written is left for the next time, whatever is cut off", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/scores.csv`;
  const text = formatScores([record(1, { digit_distance: 3, fid: 1.25 }), record(2, { digit_distance: 2, fid: 4.75 })]);
  const ends = [...text].flatMap((character, i) => character === "\n" ? [i + 1] : []);
  for (let end = 0; end <= text.length; end += end < text.length - 4 ? 4 : 1) {
    Deno.writeTextFileSync(path, text.slice(0, end));
    const { count, samples } = await readScores(path);
    assertEquals(count, Math.max(0, ends.filter((at) => at <= end).length - 1), `cut after ${end}`);
    assertEquals(samples.map(({ scores }) => scores.fid), [1.25, 4.75].slice(0, count));
  }
});

Deno.test("serve's scores: what is no score is said, and nothing is shown in its place", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/scores.csv`;
  Deno.writeTextFileSync(path, "epoch,loss\n1,0.5\n");
  await assertRejects(() => readScores(path), FormatError, "line 1: expected name,stamp");
  const { samples, trouble } = await readScoresOrTrouble(path);
  assertEquals(samples, []);
  assert(trouble?.startsWith(`${path}: line 1: expected name,stamp`), trouble);
  Deno.removeSync(path);
  Deno.mkdirSync(path);
  assertEquals((await readScoresOrTrouble(path)).trouble, `cannot read ${path}: it is a folder, not a file`);
});

Deno.test("serve's scores: of 3,000 samples some are sent, among them the best and the last", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/scores.csv`;
  const records = Array.from({ length: 3000 }, (_, i) => record(i, { fid: i === 1777 ? 1 : 2 }));
  Deno.writeTextFileSync(path, formatScores(records));
  const { count, samples, best, measure } = await readScores(path);
  assertEquals([count, measure, samples[best].name, samples.at(-1)?.name], [
    3000,
    "fid",
    "epoch1777.npy",
    "epoch2999.npy",
  ]);
  assertLess(samples.length, 1010);
});

Deno.test("serve's scores: refused samples with their reasons, and each warning once", async () => {
  using folder = new TemporaryFolder();
  const path = `${folder.path}/scores.csv`;
  const warned = (epoch: number, ...warnings: string[]) => ({ ...record(epoch, { fid: epoch }), warnings });
  const no = (epoch: number) => ({ ...record(epoch, {}), images: 0, refused: "no images" });
  const records = [
    no(1),
    warned(2, "few", "epoch2.npy: dark"),
    no(3),
    warned(10, "epoch10.npy: dark"),
    record(1, { fid: 9 }),
  ];
  Deno.writeTextFileSync(path, formatScores(records));
  const { count, refused, warnings, best, samples } = await readScores(path);
  assertEquals([count, samples[best].name], [3, "epoch2.npy"]);
  assertEquals(refused, [{ name: "epoch3.npy", reason: "no images" }]);
  assertEquals(warnings, [
    { message: "few", count: 1, last: "epoch2.npy" },
    { message: "epoch10.npy: dark", count: 2, last: "epoch10.npy" },
  ]);
});
