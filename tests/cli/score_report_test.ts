/** The report of a score as a reader meets it, in a browser. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { BrowserPage, CHROMIUM } from "../support/browser.ts";
import { digitFid, Workspace } from "../support/cli.ts";

/** A machine without the browser skips what needs it, but never in CI. */
const ignore = Deno.env.get("CI") === undefined && !await Deno.stat(CHROMIUM).then(() => true, () => false);

const DIGITS = checkoutPath("examples/digits/vae-epoch01.npz");

Deno.test("report: what is for a score is refused where none is asked for, and statistics are", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const refused = async (args: string[]) => (await digitFid(["report", "--data", "data", ...args], folder)).stderr;
  assertStringIncludes(await refused(["--labels", "x.npy"]), "--labels is for the report of a score");
  assertStringIncludes(await refused(["--fake-invert"]), "--fake-invert is for the report of a score");
  const saved = await digitFid(
    ["fid", "--data", "data", "--fake", DIGITS, "--save-stats", "s.safetensors", "--quiet"],
    folder,
  );
  assertEquals(saved.code, 0, saved.stderr);
  assertStringIncludes(
    await refused(["--fake", "s.safetensors#vae-epoch01"]),
    "--fake: a report shows the images, and statistics hold none",
  );
});

Deno.test("report: --limit draws as fid does; a limit beyond a set is said, and all of it taken", async () => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  const run = (command: string, ...args: string[]) =>
    digitFid([command, "--data", "data", ...args, "--json", "--quiet"], folder);
  const limited = ["--fake", DIGITS, "--limit", "80"];
  const [reported, scored, network, all] = [
    await run("report", ...limited, "--out", "score.html"),
    await run("fid", ...limited, "--no-cache"),
    await run("report", "--limit", "20", "--out", "network.html"),
    await run("fid", "--fake", DIGITS, "--limit", "600", "--no-cache", "--only", "fid"),
  ];
  const [report, score] = [reported, scored].map(({ stdout }) => JSON.parse(stdout));
  assertEquals([report.fake_images, report.fid, report.limit], [80, score.fid, 80]);
  const few = "warning: --limit 80: mnist-test has 64 images; all of them are taken";
  for (const { stderr } of [reported, scored]) assertStringIncludes(stderr, few);
  assertEquals(network.code, 0, network.stderr);
  assertStringIncludes(Deno.readTextFileSync(`${folder}/network.html`), "20 test images.");
  assertMatch(all.stderr, /^warning: --limit 600: \S+vae-epoch01\.npz#arr_0 has 500 images; all of them are taken$/m);
  assertEquals(JSON.parse(all.stdout).fake_images, 500);
});

Deno.test({
  name: "report: a score in a browser, wide and on a phone, light and dark (needs Debian's chromium-headless-shell)",
  ignore,
  async fn(t) {
    using workspace = await Workspace.create();
    const { folder } = workspace;
    const args = ["report", "--fake", DIGITS, "--real", "mnist-test", "--out", "score.html", "--json"];
    const { code, stdout, stderr } = await digitFid(args, folder);
    assertEquals(code, 0, stderr);
    const { verdict, ...fields } = JSON.parse(stdout);
    const scored = await digitFid(["fid", "--fake", DIGITS, "--json"], folder);

    await t.step("its numbers are those of fid", () => {
      const { digit_distance, fid, recall } = JSON.parse(scored.stdout);
      assertEquals([fields.digit_distance, fields.fid, fields.recall], [digit_distance, fid, recall]);
    });

    await using page = await BrowserPage.open();
    const url = `file://${folder}/score.html`;
    const count = (selector: string) => page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);

    for (const width of [1200, 390]) {
      for (const scheme of ["light", "dark"] as const) {
        await t.step(`${width} pixels, ${scheme}: nothing runs over the side, the console stays empty`, async () => {
          await page.look({ width, height: 900, scheme });
          await page.goto(url);
          const over = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth",
          );
          assertEquals(over, 0);
          const cut =
            `[...document.querySelectorAll(".scroll, .card")].filter((box) => box.scrollWidth > box.clientWidth)`;
          assertEquals(await page.evaluate(`${cut}.map((box) => box.ariaLabel)`), []);
          const filter = await page.evaluate(`getComputedStyle(document.querySelector(".plot")).filter`);
          assertEquals(filter !== "none", scheme === "dark");
          const background = "Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])";
          assertEquals(Number(await page.evaluate(background)) > 128, scheme === "light");
          const troubles = page.events.filter(({ method }) =>
            /^(Log.entryAdded|Runtime.(consoleAPICalled|exceptionThrown))$/.test(method ?? "")
          );
          assertEquals(troubles, []);
        });
      }
    }

    await t.step("it asks for nothing outside", () => {
      const requests = page.events.filter(({ method }) => method === "Network.requestWillBeSent")
        .map(({ params }) => String(Object(params?.request).url));
      assertEquals(requests.filter((request) => request !== url && !request.startsWith("data:")), []);
    });

    await t.step("its title is the name of the file, with the whole path below", async () => {
      const text = (selector: string) => page.evaluate(`document.querySelector("${selector}").textContent`);
      assertEquals([await text("h1"), await text(".path")], ["vae-epoch01.npz", DIGITS]);
    });

    await t.step("the verdict is three sentences, with the distance in the first", async () => {
      const sentences = await page.evaluate(`[...document.querySelectorAll(".verdict p")].map((p) => p.textContent)`);
      assertEquals(sentences, verdict);
      assertEquals(verdict.length, 3);
      assertStringIncludes(verdict[0], fields.digit_distance.toFixed(1));
      assertMatch(verdict[0], /as many real digits score/);
      assertMatch(verdict[1], /^The largest cause: /);
    });

    await t.step("every image is drawn, and has words for who does not see it", async () => {
      const undrawn = "[...document.images].filter((image) => !image.complete || image.naturalWidth === 0).length";
      assertEquals(await page.evaluate(undrawn), 0);
      assertEquals(await page.evaluate("[...document.images].filter(({ alt }) => alt.length < 15).length"), 0);
      assertEquals(await count(".sheet img"), 100);
      assertEquals(await count("#copies .pairs li"), 10);
      assertEquals(await count("#figure-map, #figure-overlay, #figure-asked"), 3);
      assertEquals(await count(".made-digits li"), 10);
      assert(Number(await count(".causes li")) > 2);
    });

    await t.step("the farthest digits are farther than the nearest ones", async () => {
      const distances = await page.evaluate(
        `[...document.querySelectorAll(".pairs")].slice(0, 2).map((list) =>
          [...list.querySelectorAll(".muted")].map(({ textContent }) => Number(textContent.split("· ")[1])))`,
      ) as number[][];
      assertEquals(distances[0], distances[0].toSorted((a, b) => b - a));
      assert(Math.min(...distances[0]) > Math.max(...distances[1]));
    });
  },
});
