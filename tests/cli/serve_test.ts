/** The page to draw on as its visitor meets it, and its server as an attacker does. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertMatch } from "@std/assert";
import { toMnist } from "../../lib/serve/page/preprocess.ts";
import { BrowserPage, CHROMIUM } from "../support/browser.ts";
import { readRunState } from "../../lib/serve/state.ts";
import { digitFid, resultOf, startDigitFid, startShell, Workspace } from "../support/cli.ts";
import { formatConfig, newRun } from "../../lib/training/run.ts";
import { SETTINGS, writeRun } from "../support/run.ts";
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

Deno.test("serve: --host lets others in with a warning, by address but by no foreign name", async () => {
  using workspace = await Workspace.create();
  const started = Promise.withResolvers<string>();
  const process = startDigitFid(["serve", "--port", "0", "--host", "0.0.0.0"], workspace.folder);
  const result = resultOf(process, (stdout) => stdout.includes("\n") && started.resolve(stdout));
  result.then(({ stderr }) => started.reject(new Error(stderr)));
  const [, port] = /:(\d+)\//.exec(await started.promise) ?? [];
  const statusFor = async (host: string) => {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    await connection.write(new TextEncoder().encode(`HEAD / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`));
    return Number((await new Response(connection.readable).text()).split(" ")[1]);
  };
  assertEquals(await statusFor(`192.168.1.7:${port}`), 200);
  assertEquals(await statusFor("localhost"), 200);
  assertEquals(await statusFor("rebound.example"), 421);
  process.kill("SIGINT");
  const { code, stderr } = await result;
  assertEquals(code, 0);
  assertMatch(stderr, /^warning: whoever reaches this machine can see the page/);
});

Deno.test("serve: a run of 300,000 epochs is sent as what can be drawn of it, and its last epoch", async () => {
  using workspace = await Workspace.create();
  const run = `${workspace.folder}/run`;
  await writeRun(run);
  Deno.writeTextFileSync(`${run}/config.json`, formatConfig(newRun({ ...SETTINGS, epochs: 300_000 })));
  const lines = Array.from({ length: 300_000 }, (_, i) => `${i + 1},1,1,0.9,3`);
  Deno.writeTextFileSync(
    `${run}/metrics.csv`,
    ["epoch,train_loss,val_loss,val_accuracy,seconds", ...lines, ""].join("\n"),
  );
  const { metrics } = await readRunState(run);
  const sent = metrics.split("\n");
  assertEquals([sent[0], sent[1], sent.at(-1)], [
    "epoch,train_loss,val_loss,val_accuracy,seconds",
    lines[0],
    lines.at(-1),
  ]);
  assertLess(sent.length, 1010);
});

Deno.test("serve: from start to end", async (t) => {
  using workspace = await Workspace.create();
  const { folder } = workspace;
  await writeRun(`${folder}/run`);

  const started = Promise.withResolvers<string>();
  const process = startShell('ulimit -n 64; exec "$0" "$@"', ["serve", "--port", "0", "--run", "run"], folder);
  const result = resultOf(process, (stdout) => stdout.includes("\n") && started.resolve(stdout));
  result.then(({ stderr }) => started.reject(new Error(stderr)));
  const [url] = /http:\S+/.exec(await started.promise) ?? [];
  assertMatch(url ?? "", /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const { port } = new URL(url!);

  await t.step(
    "a port in use, a run that is not there and a host that is not this machine are told in a line",
    async () => {
      const [taken, missing, foreign] = await Promise.all([
        digitFid(["serve", "--port", port, "--run", "run"], folder),
        digitFid(["serve", "--port", "0", "--run", "none"], folder),
        digitFid(["serve", "--port", "0", "--run", "run", "--host", "example.com"], folder),
      ]);
      const busy = `cannot listen on 127.0.0.1, port ${port}: another program does; choose another by --port`;
      assertEquals(taken, { code: 1, stdout: "", stderr: `digit-fid: ${busy}\n` });
      assertEquals(missing.code, 1);
      assertMatch(missing.stderr, /^digit-fid: cannot read none\/\S+: no such file or folder\n$/);
      const wanted = "expected --host 127.0.0.1 for this machine alone, or 0.0.0.0";
      const stderr = `digit-fid: cannot listen on example.com, port 0: ${wanted}\n`;
      assertEquals(foreign, { code: 1, stdout: "", stderr });
    },
  );
  await t.step("a flood of connections beyond the file descriptors passes", () => flood(Number(port)));
  await t.step("what is not meant to be served is refused", () => refusals(Number(port)));
  await t.step({
    name: "a drawn 1 is read as 1 (needs Debian's chromium-headless-shell)",
    ignore: NO_BROWSER,
    fn: () => drawAndRead(url!, `${folder}/run/metrics.csv`),
  });
  await t.step("Ctrl-C ends it quietly", async () => {
    process.kill("SIGINT");
    const impatience = setInterval(() => isGone(() => process.kill("SIGINT")) && clearInterval(impatience), 1);
    const { code, stderr } = await result;
    clearInterval(impatience);
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  });
});

/** Whether a process can be sent no more signals. */
function isGone(kill: () => void): boolean {
  try {
    kill();
    return false;
  } catch {
    return true;
  }
}

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
    assert(!answer.includes("root:x:0:0:"), "the content of /etc/passwd");
    return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
  };
  assertEquals(await statusOf("GET", "/"), 200);
  assertEquals(await statusOf("HEAD", "/"), 200);
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
    "/model.ts",
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
  for (const host of ["a b", "[::", "%zz", `127.0.0.1:${port}, elsewhere.example`]) {
    assertEquals(await statusOf("GET", "/", `Host: ${host}`), 400, host);
  }
  // The server may hang up before all of that is sent, and its answer is lost then.
  const endless = statusOf("GET", "/", `Host: 127.0.0.1\r\nCookie: ${"a".repeat(500_000)}`);
  const refused = await endless.catch((error) => error instanceof Error ? error.name : error);
  assert([431, "ConnectionReset", "BrokenPipe"].includes(refused), refused);
  assertEquals(await statusOf("GET", "/"), 200, "it goes on serving");
}

/** Opens more connections than there are file descriptors, lets go of them, and asks for the page. */
async function flood(port: number): Promise<void> {
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
  const attempts = await Promise.allSettled(Array.from({ length: 100 }, connect));
  for (const attempt of attempts) if (attempt.status === "fulfilled") attempt.value.close();
  const response = await fetch(`http://127.0.0.1:${port}/`);
  await response.body?.cancel();
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("cross-origin-embedder-policy"), "require-corp");
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
  await until("network", /^run · mlp network of 16,554 parameters · WebAssembly, \d+ threads?, in this browser/);
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
  const own = requests.filter((address) => !address.startsWith("blob:"));
  assert(own.length > 2 && own.every((address) => address.startsWith(url)), own.join());
  const troubles = page.events.filter(({ method }) =>
    ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"].includes(method ?? "")
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
  await page.evaluate("(document.getElementById('pad').scrollIntoView({ block: 'center' }), true)");
  const { left, top, width } = Object(await page.evaluate("document.getElementById('pad').getBoundingClientRect()"));
  return places.map(([x, y]) => ({ x: left + x * width, y: top + y * width }));
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
