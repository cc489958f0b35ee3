/** The page that scores: opened from a disk and from a host, given files as its visitor gives them. */
import { assert, assertEquals, assertGreater, assertLess, assertMatch } from "@std/assert";
import { pathToFileURL } from "node:url";
import { checkoutPath } from "../../lib/checkout.ts";
import { limit } from "../../lib/data/images.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { encodePng } from "../../lib/formats/png.ts";
import { loadNetwork } from "../../lib/network/load.ts";
import { SHOWN } from "../../lib/serve/page/protocol.ts";
import { BrowserPage, CHROMIUM } from "../support/browser.ts";
import { digitFid, resultOf, startDigitFid, startShell } from "../support/cli.ts";
import { TemporaryFolder } from "../support/folders.ts";
import { mnist } from "../support/mnist.ts";
import { zipOf } from "../support/zip_file.ts";

/** A machine without the browser skips what needs it, but never in CI. */
const NO_BROWSER = Deno.env.get("CI") === undefined && !await Deno.stat(CHROMIUM).then(() => true, () => false);

Deno.test("page: its scripts are what their sources give: run deno task bundle", async () => {
  using folder = new TemporaryFolder();
  const line = `cd "\${0%/*}" && exec "$DENO" task --quiet bundle '${folder.path}'`;
  const { code, stderr } = await resultOf(startShell(line, [], ".", { DENO: Deno.execPath() }));
  assertEquals(code, 0, stderr);
  for (const name of ["page.js", "worker.js"]) {
    const [fresh, kept] = [`${folder.path}/${name}`, checkoutPath(`lib/serve/built/${name}`)].map(
      Deno.readTextFileSync,
    );
    assert(fresh === kept, `${name} is older than its sources`);
  }
});

Deno.test("page: it is one file of less than 4 MB, and no other file is replaced by it", async () => {
  using folder = new TemporaryFolder();
  const { code, stdout } = await digitFid(["page", "--out", "score.html", "--json"], folder.path);
  assertEquals(code, 0);
  const { size } = Deno.statSync(`${folder.path}/score.html`);
  assertEquals(JSON.parse(stdout).bytes, size);
  assertLess(size, 4e6);
  assertGreater(size, 2e6, "the real digits are in it");
  const html = Deno.readTextFileSync(`${folder.path}/score.html`);
  assertMatch(html, /http-equiv="Content-Security-Policy" content="default-src 'none'; [^"]*connect-src 'none';/);
  assertEquals((await digitFid(["page", "--out", "score.html", "--force"], folder.path)).code, 0);
  Deno.writeTextFileSync(`${folder.path}/mine.html`, "<p>mine");
  const refused = await digitFid(["page", "--out", "mine.html", "--force"], folder.path);
  assertEquals([refused.code, refused.stderr], [
    1,
    "digit-fid: mine.html is there, but is no page of digit-fid: choose another name\n",
  ]);
});

Deno.test({
  name: "page: from a disk, its scores are the command line's to the last bit (needs chromium-headless-shell)",
  ignore: NO_BROWSER,
  async fn(t) {
    using folder = new TemporaryFolder();
    await writeSets(folder.path);
    await digitFid(["page", "--out", "score.html"], folder.path);
    await using visitor = await Visitor.open(pathToFileURL(`${folder.path}/score.html`).href);
    const command = async (...args: string[]) => {
      const { code, stdout, stderr } = await digitFid(["fid", "--json", "--fake", ...args], folder.path);
      return code === 0 ? JSON.parse(stdout) : stderr.replace(/^.*digit-fid: |\n$/gs, "");
    };
    const give = (...files: string[]) => visitor.give(...files.map((file) => `${folder.path}/${file}`));

    for (const file of ["digits.npy", "digits.npz", "sheet.png", "grey"]) {
      await t.step(`${file} gives the command's JSON`, async () => {
        const [score, expected] = await Promise.all([give(file).then(Object), command(file, "--duplicates")]);
        assertEquals(score, expected);
        assertEquals(score.fake_images, file === "grey" ? 200 : 1000);
        assertEquals([score.asked !== undefined, score.causes !== undefined], [file === "grey", file === "grey"]);
      });
    }
    await t.step("labels dropped beside the digits, and after them, are held against what is seen", async () => {
      const [given, asked] = await Promise.all([
        give("digits.npy", "labels.txt"),
        command("digits.npy", "--labels", "labels.txt", "--duplicates"),
      ]);
      assertEquals(given, asked);
      assertEquals(Object(asked).asked.confusion.length, 10);
      await give("digits.npy.gz");
      assertEquals(Object(await give("labels.txt")).asked, Object(asked).asked);
      await visitor.reload();
      assertMatch(String(await give("labels.txt")), /^labels\.txt: these seem to be labels: give one set/);
    });
    await t.step("several sets are compared, and a name opens the score of one", async () => {
      const sets = ["grey.npy", "digits.npy", "digits.npz"];
      const [given, expected] = await Promise.all([give(...sets), command(...sets)]);
      assertEquals(given, expected);
      await visitor.press("#compared tr:last-child button");
      assertEquals(Object(await visitor.outcome()).fake, "grey.npy");
      assertEquals(await visitor.page.evaluate("document.getElementById('comparison').hidden"), false);
    });
    await t.step("a set that is dropped while another is scored takes its place", async () => {
      await visitor.drop(`${folder.path}/ten_thousand.npy`); // long enough for it not to end before the other comes
      assertEquals(Object(await give("digits.npz")).fake, "digits.npz");
    });
    await t.step("all of the score is shown", () => visitor.checkShown());
    await t.step("a wrong file gets the command's sentence, and what would help a button", async () => {
      assertEquals(await give("words.txt"), await command("words.txt"));
      const refused = String(await give("large.npy"));
      assertEquals(`${refused} (--fake-resize)`, await command("large.npy"));
      await visitor.press("#remedies button");
      assertEquals(await visitor.outcome(), await command("large.npy", "--fake-resize", "--duplicates"));
      assertMatch(String(await give("large.npy")), /: resize them/, "a remedy is for one file");
    });
    await t.step("of very many images it says what it will do before it does it", async () => {
      const question = String(await give("many.npy"));
      assertMatch(question, /^many\.npy.*200,001 images take about \d+ minutes? .* only the statistics are kept/);
      await visitor.press("#disagree");
      assertEquals(await visitor.page.evaluate("document.getElementById('many').hidden"), true);
    });
    await t.step("10,000 digits take less than 8 s of one thread, and a bar says how far they are", async () => {
      const before = visitor.page.processorSeconds(), shares: number[] = [];
      await visitor.drop(`${folder.path}/ten_thousand.npy`);
      const score = visitor.outcome();
      const watch = setInterval(async () => {
        shares.push(Number(await visitor.page.evaluate("document.getElementById('bar').value")));
      }, 200);
      assertEquals(Object(await score).fake_images, 10_000);
      clearInterval(watch);
      assertLess(visitor.page.processorSeconds() - before, 8);
      const steps = new Set(shares);
      assertGreater(steps.size, 5);
      assertEquals([...steps], [...steps].sort((a, b) => a - b), "it only grows");
    });
    await t.step("what a layer gives for a digit is the command line's to the last bit", () => visitor.checkOutputs());
    await t.step("it reaches no other host, and nothing goes wrong on the way", () => visitor.checkQuiet("file:"));
  },
});

Deno.test({
  name: "page: served, by several threads, the bits are the same (needs chromium-headless-shell)",
  ignore: NO_BROWSER,
  async fn() {
    using folder = new TemporaryFolder();
    await writeSets(folder.path);
    const started = Promise.withResolvers<string>();
    const process = startDigitFid(["serve", "--port", "0"], folder.path);
    const result = resultOf(process, (stdout) => stdout.includes("\n") && started.resolve(stdout));
    const [url] = /http:\S+/.exec(await started.promise) ?? [];
    {
      await using visitor = await Visitor.open(url!);
      assertEquals(await visitor.page.evaluate("crossOriginIsolated"), true);
      const { stdout } = await digitFid(["fid", "--json", "--duplicates", "--fake", "digits.npy"], folder.path);
      assertEquals(await visitor.give(`${folder.path}/digits.npy`), JSON.parse(stdout));
      visitor.checkQuiet(url!);
    }
    process.kill("SIGINT");
    await result;
  },
});

/** Writes the same 1,000 digits in several forms, and files that cannot be scored as they are. */
async function writeSets(folder: string): Promise<void> {
  const { pixels, labels } = limit(await mnist("train"), 1000);
  const bytes = Uint8Array.from(pixels), npy = encodeNpy([1000, 28, 28], bytes);
  const sheet = new Uint8Array(bytes.length), across = 40;
  for (let i = 0; i < bytes.length; i++) {
    const image = Math.floor(i / 784), [row, column] = [Math.floor(i / 28) % 28, i % 28];
    sheet[(Math.floor(image / across) * 28 + row) * across * 28 + image % across * 28 + column] = bytes[i];
  }
  const large = Uint8Array.from({ length: 100 * 56 * 56 }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 3136), Math.floor(i / 112) % 28, Math.floor(i % 56 / 2)];
    return bytes[image * 784 + row * 28 + column];
  });
  const grey = bytes.slice(0, 200 * 784).map((level) => 40 + level * 0.8);
  for (let i = 0; i < 200; i++) {
    Deno.mkdirSync(`${folder}/grey/${labels[i]}`, { recursive: true });
    const picture = { width: 28, height: 28, channels: 1, data: grey.subarray(i * 784, (i + 1) * 784) } as const;
    Deno.writeFileSync(`${folder}/grey/${labels[i]}/${i}.png`, encodePng(picture));
  }
  const files: Record<string, Uint8Array> = {
    "grey.npy": encodeNpy([200, 28, 28], grey),
    "labels.txt": new TextEncoder().encode(labels.join("\n")),
    "digits.npy": npy,
    "digits.npy.gz": await gzip(npy),
    "digits.npz": zipOf([["arr_0.npy", npy]], true),
    "sheet.png": encodePng({ width: across * 28, height: 25 * 28, channels: 1, data: sheet }),
    "words.txt": new TextEncoder().encode("These are no digits.\n"),
    "large.npy": encodeNpy([100, 56, 56], large),
    "ten_thousand.npy": encodeNpy([10_000, 28, 28], Uint8Array.from(limit(await mnist("train"), 10_000).pixels)),
    "many.npy": encodeNpy([200_001, 28, 28], new Uint8Array(200_001 * 784)),
  };
  for (const [name, data] of Object.entries(files)) Deno.writeFileSync(`${folder}/${name}`, data);
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"))).bytes();
}

/** Somebody who looks at the page. */
class Visitor implements AsyncDisposable {
  private constructor(readonly page: BrowserPage) {}

  static async open(url: string): Promise<Visitor> {
    const page = await BrowserPage.open();
    await page.look({ width: 1200, height: 900, scheme: "light" });
    await page.goto(url);
    return new Visitor(page);
  }

  /** Drops files on the page. @returns the score's JSON, a refusal's sentence, or a question */
  async give(...files: string[]): Promise<unknown> {
    await this.drop(...files);
    return await this.outcome();
  }

  /** Drops files on the page. */
  async drop(...files: string[]): Promise<void> {
    const places = "['many', 'refusal', 'score', 'comparison'].map((id) => document.getElementById(id))";
    await this.page.evaluate(`${places}.map((place) => place.hidden = true)`); // what is shown then comes of these files
    const event = "addEventListener('drop', () => taken(true), { capture: true, once: true })";
    const taken = this.page.evaluate(`new Promise((taken) => ${event})`);
    const data = { items: [], files, dragOperationsMask: 1 };
    for (let tries = 0, isTaken: unknown = false; !isTaken && tries < 5; tries++) { // a busy browser loses some
      for (const type of ["dragEnter", "dragOver", "drop"]) {
        await this.page.send("Input.dispatchDragEvent", { type, x: 600, y: 300, data });
      }
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<false>((give) => timer = setTimeout(() => give(false), 10_000));
      isTaken = await Promise.race([taken, late]);
      clearTimeout(timer);
    }
  }

  /** Opens the page anew. */
  async reload(): Promise<void> {
    await this.page.goto(String(await this.page.evaluate("location.href")));
  }

  /** What comes after the work. */
  async outcome(): Promise<unknown> {
    const shown = (id: string) => `!document.getElementById("${id}").hidden`;
    const text = (id: string) => `document.getElementById("${id}").textContent.trim()`;
    for (let tries = 0; tries < 600; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const outcome = await this.page.evaluate(
        `${shown("progress")} ? null : ${shown("score")} ? document.getElementById("score").dataset.json
          : ${shown("comparison")} ? document.getElementById("comparison").dataset.json
          : ${shown("refusal")} ? ${text("refusal-message")}
          : ${shown("many")} ? ${text("many-name")} + ": " + ${text("many-what")} : null`,
      );
      if (typeof outcome === "string") return outcome.startsWith("{") ? JSON.parse(outcome) : outcome;
    }
    throw new Error("nothing comes of it within a minute");
  }

  /** Presses a button by the keyboard. */
  async press(selector: string): Promise<void> {
    await this.page.evaluate(`(document.querySelector("${selector}").focus(), true)`);
    for (const type of ["keyDown", "keyUp"]) {
      const key = {
        key: "Enter",
        code: "Enter",
        windowsVirtualKeyCode: 13,
        text: type === "keyDown" ? "\r" : undefined,
      };
      await this.page.send("Input.dispatchKeyEvent", { type, ...key });
    }
  }

  /** Checks that each part of the score is there, on a phone as well. */
  async checkShown(): Promise<void> {
    const count = (selector: string) => this.page.evaluate(`document.querySelectorAll("${selector}").length`);
    assertEquals(await count("#headline > div"), 2);
    assertEquals(await count("#shares > div"), 4);
    assertEquals(await count("#histogram .column"), 10);
    for (const scheme of ["light", "dark"] as const) {
      await this.page.look({ width: 390, height: 844, scheme });
      assert(await this.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "too wide for a phone");
    }
    assertEquals(await count("#likeness tr"), 6);
    await this.page.look({ width: 390, height: 844, scheme: "light" });
    const cut =
      `(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector(".scroll:has(#likeness)"))`;
    assertEquals(await this.page.evaluate(cut), 0);
    for (const id of ["worst", "best", "samples"]) {
      const ink = `(() => { const c = document.getElementById("${id}");
        return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.filter((v, i) => i % 4 === 0 && v > 200).length;
      })()`;
      assertGreater(Number(await this.page.evaluate(ink)), 1000, `${id} is empty`);
    }
    await this.page.look({ width: 1200, height: 900, scheme: "light" });
    await this.page.evaluate("(scrollTo(0, 0), true)");
  }

  /** Checks what the worker says of a test digit against the network of the command line. */
  async checkOutputs(): Promise<void> {
    const { pixels } = await mnist("test");
    const image = Float32Array.from(pixels.subarray(0, 784), (byte) => byte / 255);
    const read = await this.page.evaluate(`new Promise((give) => {
      const text = (id) => document.getElementById(id).textContent;
      const worker = new Worker(URL.createObjectURL(new Blob([text("worker")])));
      worker.onmessage = ({ data }) => data.answer === "read" && give(Object.values(data.outputs).map((v) => [...v]));
      const real = Uint8Array.from(atob(text("real")), (character) => character.charCodeAt(0));
      const { labels } = JSON.parse(text("setup"));
      worker.postMessage({ wish: "start", real: real.buffer, labels });
      worker.postMessage({ wish: "read", image: new Float32Array(${JSON.stringify([...image])}) });
    })`);
    using loaded = await loadNetwork();
    using images = loaded.network.upload({ count: 1, size: 28, pixels: image });
    const expected = await loaded.network.outputs(images, 0, 1, SHOWN);
    assertEquals(read, expected.map((values) => [...values]));
    assertEquals(expected.at(-1)?.length, 10);
  }

  /** Checks that only addresses of a beginning were asked for, and nothing was complained about. */
  checkQuiet(own: string): void {
    const addresses = this.page.events.filter(({ method }) => method === "Network.requestWillBeSent")
      .map(({ params }) => String(Object(params?.request).url));
    assertEquals(addresses.filter((address) => !/^(blob|data):/.test(address) && !address.startsWith(own)), []);
    const troubles = this.page.events.filter(({ method }) =>
      ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"].includes(method ?? "")
    );
    assertEquals(troubles, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page[Symbol.asyncDispose]();
  }
}
