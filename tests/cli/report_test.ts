/** The report as a reader meets it, in a browser. */
import { assert, assertEquals, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { FormatError } from "../../lib/errors.ts";
import { html } from "../../lib/report/html.ts";
import { parseMetrics } from "../../lib/training/record.ts";
import { fixed, percent, significant } from "../../lib/numerals.ts";
import { BrowserPage, CHROMIUM } from "../support/browser.ts";
import { digitFid, Workspace } from "../support/cli.ts";
import { FIGURES, writeRun } from "../support/run.ts";

Deno.test("report: values are escaped in text and attributes, pieces of HTML are not", () => {
  const value = `"><script>alert('&')</script>`;
  const escaped = "&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;";
  assertEquals(html`<p title="${value}">${value}</p>`.markup, `<p title="${escaped}">${escaped}</p>`);
  assertEquals(html`<b>${[html`<i>${1}</i>`, "<", []]}</b>`.markup, "<b><i>1</i>&lt;</b>");
});

Deno.test("report: numbers keep the digits that count", () => {
  const printed = [0, 0.000862, 0.0334, 1.748, 12.64, 599.6, 2025.8, -0.5].map(significant);
  assertEquals(printed, ["0.00", "0.000862", "0.0334", "1.75", "12.6", "600", "2026", "−0.500"]);
  assertEquals([fixed(-0.001, 2), fixed(-1.5, 1), percent(0.9975)], ["0.00", "−1.5", "99.75\u00a0%"]);
});

Deno.test("report: metrics are read by their columns, and what is no number is refused", () => {
  const header = "epoch,train_loss,val_loss,val_accuracy,seconds";
  assertEquals(parseMetrics(`${header}\n1,0.5,,,3.1\n2,0.25,0.2,0.9,3\n`, "m.csv"), [
    { epoch: 1, train_loss: 0.5, val_loss: null, val_accuracy: null, seconds: 3.1 },
    { epoch: 2, train_loss: 0.25, val_loss: 0.2, val_accuracy: 0.9, seconds: 3 },
  ]);
  assertEquals(parseMetrics(`${header}\n`, "m.csv"), []);
  const refused = (text: string, message: string) =>
    assertThrows(() => parseMetrics(text, "m.csv"), FormatError, message);
  refused("", "m.csv: line 1: expected a column epoch");
  refused(`${header}\n1,0.5,,,3\n2,x,,,3\n`, `m.csv: line 3: expected ${header}, found 2,x,,,3`);
  refused(`${header}\n1\n`, "m.csv: line 2");
  for (const line of ["2,1,,,1", "3.5,1,,,1", "3,-1,,,1", "3,1,1,-0.5,1"]) {
    refused(`${header}\n2,1,,,1\n${line}\n`, "m.csv: line 3: its epoch does not follow, or a number is below 0");
  }
});

/** A machine without the browser skips what needs it, but never in CI. */
const ignore = Deno.env.get("CI") === undefined && !await Deno.stat(CHROMIUM).then(() => true, () => false);

Deno.test({
  name: "report: a browser draws every figure, on a phone and in the dark (needs Debian's chromium-headless-shell)",
  ignore,
  async fn(t) {
    using workspace = await Workspace.create();
    const { folder } = workspace;
    await writeRun(`${folder}/run`);
    const { code, stderr } = await digitFid(["report", "--data", "data", "--run", "run", "--quiet"], folder);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const bytes = Deno.statSync(`${folder}/report.html`).size;
    assertLess(bytes, 3e6);

    await using page = await BrowserPage.open();
    const url = `file://${folder}/report.html`;
    const troubles = () =>
      page.events.filter(({ method }) =>
        /^(Log.entryAdded|Runtime.(consoleAPICalled|exceptionThrown))$/.test(method ?? "")
      );
    const open = async (width: number, scheme: "light" | "dark") => {
      await page.look({ width, height: 800, scheme });
      await page.goto(url);
    };

    await t.step("every figure is drawn", async () => {
      await open(1280, "light");
      const figures = await page.evaluate(
        `[...document.images].map(({ parentElement, complete, naturalWidth, height }) =>
        [parentElement.parentElement.id, complete && naturalWidth > 100 && height > 100])`,
      );
      assertEquals(figures, FIGURES.map((name) => [`figure-${name}`, true]));
    });

    await t.step("it asks for nothing outside and the console stays empty", () => {
      const requests = page.events.filter(({ method }) => method === "Network.requestWillBeSent")
        .map(({ params }) => Object(params?.request).url);
      assert(requests.includes(url));
      assertEquals(requests.filter((request) => request !== url && !request.startsWith("data:")), []);
      assertEquals(troubles(), []);
    });

    await t.step("a phone shows it without scrolling sideways, in the dark too", async () => {
      const brightness = async () =>
        await page.evaluate("Number(/\\d+/.exec(getComputedStyle(document.body).backgroundColor)[0])");
      await open(390, "light");
      assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 390);
      assert(Number(await brightness()) > 200);
      await open(390, "dark");
      assert(Number(await brightness()) < 50);
      const dark =
        `atob(document.querySelector("#figure-digits img").src.split(",")[1]).includes("(prefers-color-scheme: dark)")`;
      assertEquals(await page.evaluate(dark), true);
      assertEquals(await page.evaluate(`document.querySelector("#figure-confusion img").className`), "plot");
    });

    await t.step("it can be heard: headings in order, words for figures, heads for cells", async () => {
      const headings = await page.evaluate(
        `[...document.querySelectorAll("h1, h2, h3")].map((h) => h.tagName).join(" ")`,
      );
      assertEquals(headings, "H1 H2 H2 H3 H2 H2 H2 H3");
      assertEquals(await page.evaluate(`[...document.images].filter((image) => image.alt.length < 20).length`), 0);
      assertEquals(await page.evaluate(`document.querySelectorAll("table th:not([scope])").length`), 0);
      assertEquals(await page.evaluate(`document.querySelectorAll("#latents tbody tr").length`), 128);
    });

    await t.step("were something asked for outside, the page would refuse it, and this test would see it", async () => {
      const page = Deno.readTextFileSync(`${folder}/report.html`);
      Deno.writeTextFileSync(`${folder}/report.html`, page.replace("<main>", '<main><img src="https://example.com/">'));
      await open(1280, "light");
      assertEquals(troubles().length, 1);
      assertStringIncludes(JSON.stringify(troubles()), "Content Security Policy");
    });
  },
});
