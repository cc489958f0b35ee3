/** `digit-fid serve --scores` as somebody meets it who watches a generator train. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { formatScores, type ScoreRecord } from "../../lib/scoring/score_log.ts";
import { BrowserPage, CHROMIUM } from "../support/browser.ts";
import { digitFid, resultOf, startDigitFid, Workspace } from "../support/cli.ts";

/** A machine without the browser skips what needs it, but never in CI. */
const NO_BROWSER = Deno.env.get("CI") === undefined && !await Deno.stat(CHROMIUM).then(() => true, () => false);

const record = (name: string, distance: number): ScoreRecord => ({
  name,
  stamp: "0",
  by: "reference",
  images: 1000,
  scores: { digit_distance: distance, fid: 2 * distance, precision: 0.5 },
});

Deno.test("serve: scores of a folder that is not there, or of a file of something else, are refused in a line", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  Deno.writeTextFileSync(`${folder}/notes.txt`, "no scores\n");
  const serve = (...args: string[]) => digitFid(["serve", "--port", "0", "--data", "data", ...args], folder);
  const [missing, other, noData] = await Promise.all([
    serve("--scores", "none"),
    serve("--scores", "notes.txt"),
    digitFid(["page", "--data", "none"], folder),
  ]);
  assertEquals(missing, { code: 1, stdout: "", stderr: "digit-fid: cannot read none: no such file or folder\n" });
  assertEquals([other.code, other.stdout], [1, ""]);
  assertMatch(other.stderr, /^digit-fid: notes\.txt: line 1: expected name,stamp\S+\n$/);
  assertMatch(
    noData.stderr,
    /^digit-fid: cannot read \S*none: .*: name the folder with the data set \(--data DIR\)\n$/,
  );
  assertEquals((await digitFid(["page", "--data", "data"], folder)).code, 0, "as advised");
});

Deno.test({
  name: "serve: the scores of samples are followed from before the first on (needs chromium-headless-shell)",
  ignore: NO_BROWSER,
  async fn() {
    using workspace = await Workspace.create();
    const { folder } = workspace, scores = `${folder}/samples/scores.csv`;
    Deno.mkdirSync(`${folder}/samples`);
    const started = Promise.withResolvers<string>();
    const process = startDigitFid(["serve", "--port", "0", "--scores", "samples", "--data", "data"], folder);
    const result = resultOf(process, (stdout) => stdout.includes("\n") && started.resolve(stdout));
    const [url] = /http:\S+/.exec(await started.promise) ?? [];
    {
      await using page = await BrowserPage.open();
      const until = async (id: string, expected: RegExp) => {
        const text = () => page.evaluate(`document.getElementById("${id}").textContent`);
        for (let tries = 0; tries < 100 && !expected.test(String(await text())); tries++) await delay(100);
        assertMatch(String(await text()), expected);
      };
      await page.look({ width: 390, height: 844, scheme: "dark" });
      await page.goto(url!);
      await until("scores-state", /^Nothing is scored yet/);

      const records = [record("epoch1.npy", 90), record("epoch2<b>\n.npy", 30), record("epoch3.npy", 40)];
      const text = formatScores(records);
      Deno.writeTextFileSync(scores, text.slice(0, -8));
      await until("scores-numbers", /^Best sampleepoch2<b>\\x0a\.npyIts digit distance30\.0.*Samples2$/);
      Deno.writeTextFileSync(scores, text);
      await until("scores-numbers", /Last sampleepoch3\.npySamples3$/);
      assertEquals(await page.evaluate("document.querySelectorAll('#scores-curve circle.train').length"), 3);
      const places =
        "['.ring', 'circle.train:nth-of-type(2)'].map((c) => document.querySelector('#scores-curve ' + c)" +
        ".getAttribute('cx'))";
      const [ring, second] = await page.evaluate(places) as string[];
      assertEquals(ring, second, "the best is marked");
      assertEquals(
        await page.evaluate("document.querySelector('#scores-table .best th').textContent"),
        "epoch2<b>\\x0a.npy",
      );

      const refused = {
        ...record("epoch2b.npy", 1),
        images: 0,
        scores: {},
        refused: "epoch2b.npy: <b>half</b> a file",
      };
      const warned = { ...record("epoch3.npy", 40), warnings: ["1000 generated images are few"] };
      Deno.writeTextFileSync(scores, formatScores([...records.slice(0, 2), refused, warned]));
      await until(
        "scores-notes",
        /^epoch2b\.npy is not scored: epoch2b\.npy: <b>half<\/b> a fileepoch3\.npy: 1000 .* few$/,
      );
      await until("scores-table", /epoch2b\.npynot scored: epoch2b\.npy: <b>half<\/b> a fileepoch3\.npy/);
      assertEquals(await page.evaluate("document.querySelectorAll('#scores-curve circle.train').length"), 3);
      Deno.writeTextFileSync(scores, `${text}epoch4.npy,0\n`);
      await until("scores-state", /scores\.csv: row 4: expected name,stamp/);
      await until("scores-numbers", /Samples3$/);
      Deno.writeTextFileSync(scores, formatScores([...records, record("epoch4.npy", 20)]));
      await until("scores-state", /^$/);
      await until("scores-numbers", /^Best sampleepoch4\.npy/);
      Deno.writeTextFileSync(scores, formatScores([record("a-generator-with-a-long-name-epoch0012.npz", 20)]));
      await until("scores-numbers", /^Best samplea-gen/);
      const cut =
        "[...document.querySelectorAll('#scores-numbers dd')].filter((dd) => dd.scrollWidth > dd.clientWidth)";
      assertEquals(await page.evaluate(`${cut}.length`), 0);
      assert(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "too wide for a phone");
      const troubles = ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"];
      assertEquals(page.events.filter(({ method = "" }) => troubles.includes(method)), []);
    }
    process.kill("SIGINT");
    assertEquals((await result).code, 0);
  },
});

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
