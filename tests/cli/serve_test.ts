/** The page to draw on as its visitor meets it, and its server as an attacker does. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertMatch } from "@std/assert";
import { toMnist } from "../../lib/serve/page/preprocess.ts";
import { BrowserPage, CHROMIUM } from "../support/browser.ts";
import { digitFid, resultOf, startDigitFid, Workspace } from "../support/cli.ts";
import { writeRun } from "../support/run.ts";
import { mnist } from "../support/mnist.ts";

Deno.test("serve: a drawing fills a box of 20×20 wherever it is, its mass in the middle", () => {
  const side = 280;
  const drawing = (inked: (row: number, column: number) => boolean) =>
    Float32Array.from({ length: side * side }, (_, i) => Number(inked(Math.floor(i / side), i % side)));
  assertEquals(toMnist(drawing(() => false), side), undefined);

  const bar = toMnist(drawing((row, column) => row >= 170 && row < 270 && column >= 3 && column < 53), side)!;
  const pixel = (i: number) => ({ row: Math.floor(i / 28), column: i % 28 });
  assertEquals([...bar.keys()].filter((i) => bar[i] > 0.5).length, 200, "a bar of 100×50 becomes one of 20×10");

  const corner = toMnist(drawing((row, column) => row < 120 && column < 120 && (row < 30 || column < 30)), side)!;
  const mass = corner.reduce((a, b) => a + b);
  for (const axis of ["row", "column"] as const) {
    const middle = corner.reduce((sum, value, i) => sum + value * pixel(i)[axis], 0) / mass;
    assertAlmostEquals(middle, 14, 0.5, axis);
  }
});

Deno.test("serve: MNIST's own digits, drawn ten times as large, come out as they are", async () => {
  const { pixels } = await mnist("test");
  let fullSize = 0;
  for (let n = 0; n < 100; n++) {
    const image = Float32Array.from(pixels.subarray(784 * n, 784 * (n + 1)), (byte) => byte / 255);
    const large = Float32Array.from(
      { length: 280 * 280 },
      (_, i) => image[Math.floor(i / 2800) * 28 + Math.floor(i % 280 / 10)],
    );
    if (extent(image) !== 20) continue; // the faint rim of some was lost to rounding
    fullSize++;
    assertLess(Math.max(...toMnist(large, 280)!.map((value, i) => Math.abs(value - image[i]))), 1e-3, `image ${n}`);
  }
  assert(fullSize > 80);
});

/** Sides of the box around a digit of MNIST, the longer one. */
function extent(image: Float32Array): number {
  const inked = [...image.keys()].filter((i) => image[i] > 0);
  const spans = [inked.map((i) => i % 28), inked.map((i) => Math.floor(i / 28))];
  return Math.max(...spans.map((places) => Math.max(...places) - Math.min(...places) + 1));
}

Deno.test("serve: from start to end", async (t) => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  await writeRun(`${folder}/run`);
  Deno.writeTextFileSync(`${folder}/run/config.json`, JSON.stringify({ epochs: 5, images: 60000 }));

  const started = Promise.withResolvers<string>();
  const process = startDigitFid(["serve", "--port", "0", "--run", "run"], folder);
  const result = resultOf(process, (stdout) => stdout.includes("\n") && started.resolve(stdout));
  result.then(({ stderr }) => started.reject(new Error(stderr)));
  const [url] = /http:\S+/.exec(await started.promise) ?? [];
  assertMatch(url ?? "", /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const { port } = new URL(url!);

  await t.step("a port in use, a run that is not there and a host not allowed are told in a line", async () => {
    const [taken, missing, open] = await Promise.all([
      digitFid(["serve", "--port", port, "--run", "run"], folder),
      digitFid(["serve", "--port", "0", "--run", "none"], folder),
      digitFid(["serve", "--port", "0", "--run", "run", "--host", "0.0.0.0"], folder),
    ]);
    const busy = `cannot listen on 127.0.0.1, port ${port}: another program does; choose another by --port`;
    assertEquals(taken, { code: 1, stdout: "", stderr: `digit-fid: ${busy}\n` });
    assertEquals(missing.code, 1);
    assertMatch(missing.stderr, /^digit-fid: cannot read none\/\S+: no such file or folder\n$/);
    assertEquals(open.code, 1);
    assertMatch(
      open.stderr,
      /^digit-fid: cannot listen on 0\.0\.0\.0, port 0: not allowed; for that, run deno run .*\n$/,
    );
  });
  await t.step("what is not meant to be served is refused", () => refusals(Number(port)));
  await t.step({
    name: "a drawn 1 is read as 1 (needs Debian's chromium-headless-shell)",
    ignore: NO_BROWSER,
    fn: () => drawAndRead(url!, `${folder}/run/metrics.csv`),
  });
  await t.step("Ctrl-C ends it quietly", async () => {
    for (let i = 0; i < 2; i++) process.kill("SIGINT"); // twice, as somebody does who cannot wait
    const { code, stderr } = await result;
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  });
});

/** A machine without the browser skips what needs it, but never in CI. */
const NO_BROWSER = Deno.env.get("CI") === undefined && !await Deno.stat(CHROMIUM).then(() => true, () => false);

/** Sends requests as they stand, which `fetch` would tidy up first. */
async function refusals(port: number): Promise<void> {
  const statusOf = async (method: string, path: string, headers = `Host: 127.0.0.1:${port}`, body = "") => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    const bytes = new TextEncoder().encode(
      `${method} ${path} HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n${body}`,
    );
    await new Blob([bytes]).stream().pipeTo(connection.writable, { preventClose: true });
    const answer = await new Response(connection.readable).text();
    assert(!answer.includes("root:"), "the content of /etc/passwd");
    return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
  };
  assertEquals(await statusOf("GET", "/"), 200);
  assertEquals(await statusOf("HEAD", "/model.ts"), 200);
  const outside = [
    "/../../../../../../etc/passwd",
    "/serve/page/../../../../../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2f..%2f..%2f..%2fetc/passwd",
    "/..\\..\\..\\etc\\passwd",
    "//etc/passwd",
    "/file:///etc/passwd",
    "/run/metrics.csv",
    "/main.ts",
    "/serve/server.ts",
    "/__proto__",
  ];
  for (const path of outside) assertEquals(await statusOf("GET", path), 404, path);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "BREW"]) {
    assertEquals(await statusOf(method, "/"), 405, method);
  }
  assertEquals(await statusOf("GET", "/", `Host: localhost:${port}\r\nContent-Length: 9`, "too much."), 413);
  assertEquals(await statusOf("GET", `/${"a".repeat(10_000)}`), 414);
  assertEquals(await statusOf("GET", "/", `Host: elsewhere.example:${port}`), 421);
  // The server may hang up before all of that is sent, and its answer is lost then.
  const endless = statusOf("GET", "/", `Host: 127.0.0.1\r\nCookie: ${"a".repeat(500_000)}`);
  const refused = await endless.catch((error) => error instanceof Error ? error.name : error);
  assert([431, "ConnectionReset", "BrokenPipe"].includes(refused), refused);
  assertEquals(await statusOf("GET", "/"), 200, "it goes on serving");
}

async function drawAndRead(url: string, metrics: string): Promise<void> {
  await using page = await BrowserPage.open();
  const text = (id: string) => page.evaluate(`document.getElementById("${id}").textContent`);
  const until = async (id: string, expected: RegExp) => {
    for (let tries = 0; tries < 100 && !expected.test(String(await text(id))); tries++) await sleep(100);
    assertMatch(String(await text(id)), expected);
  };

  await page.look({ width: 1200, height: 900, scheme: "light" });
  await page.goto(url);
  await until("network", /^run · mlp network of 16,554 parameters · tfjs on cpu, in this browser$/);
  await drag(page, [[0.54, 0.2], [0.5, 0.5], [0.47, 0.8]]);
  await until("digit", /^1$/);
  const bars = "document.getElementById('up').getAttribute('d') + document.getElementById('down').getAttribute('d')";
  assertEquals(String(await page.evaluate(bars)).match(/M/g)?.length, 128, "bars of the latent");
  assertEquals(await page.evaluate("document.querySelectorAll('.maps canvas').length"), 8 + 16 + 32);
  assertEquals(await page.evaluate("document.querySelector('.best th').textContent"), "1");

  await until("numbers", /Epoch2 of 5.*Accuracy76\.00\u00a0%Images a second6,667/);
  Deno.writeTextFileSync(metrics, "3,0.5,0.25,0.9,6\n", { append: true });
  await until(
    "numbers",
    /Epoch3 of 5Training loss0\.5000Validation loss0\.2500Accuracy90\.00\u00a0%Images a second10,000/,
  );

  const escape = { key: "Escape", code: "Escape" };
  for (const type of ["keyDown", "keyUp"]) await page.send("Input.dispatchKeyEvent", { type, ...escape });
  await until("certainty", /^nothing drawn yet$/);

  await page.look({ width: 390, height: 844, scheme: "dark" });
  await touch(page, [[0.5, 0.2], [0.5, 0.5], [0.5, 0.8]]);
  await until("digit", /^1$/);
  assert(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "too wide for a phone");

  const requests = page.events.filter(({ method }) => method === "Network.requestWillBeSent")
    .map(({ params }) => Object(params?.request).url);
  assert(requests.length > 10 && requests.every((address) => address.startsWith(url)), requests.join());
  const troubles = page.events.filter(({ method, params }) =>
    method === "Runtime.exceptionThrown" || method === "Runtime.consoleAPICalled" ||
    method === "Log.entryAdded" && Object(params?.entry).text !== "No available adapters." // of WebGPU
  );
  assertEquals(troubles, []);
}

type Place = [x: number, y: number];

/** Draws on the pad with the mouse; places are fractions of its side. */
async function drag(page: BrowserPage, places: Place[]): Promise<void> {
  const points = await onPad(page, places);
  const send = (type: string, point: { x: number; y: number }) =>
    page.send("Input.dispatchMouseEvent", { type, ...point, button: "left", buttons: 1, clickCount: 1 });
  await send("mousePressed", points[0]);
  for (const point of points) await send("mouseMoved", point);
  await send("mouseReleased", points[points.length - 1]);
}

/** Draws on the pad with a finger. */
async function touch(page: BrowserPage, places: Place[]): Promise<void> {
  const points = await onPad(page, places);
  const send = (type: string, touchPoints: { x: number; y: number }[]) =>
    page.send("Input.dispatchTouchEvent", { type, touchPoints });
  await send("touchStart", [points[0]]);
  for (const point of points) await send("touchMove", [point]);
  await send("touchEnd", []);
}

async function onPad(page: BrowserPage, places: Place[]): Promise<{ x: number; y: number }[]> {
  const { left, top, width } = Object(await page.evaluate("document.getElementById('pad').getBoundingClientRect()"));
  return places.map(([x, y]) => ({ x: left + x * width, y: top + y * width }));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
