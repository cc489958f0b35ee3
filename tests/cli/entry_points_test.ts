/** The library where others run it: Node, a browser, and off the disk. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { exists } from "@std/fs";
import * as metrics from "../../entry/metrics.ts";
import config from "../../deno.json" with { type: "json" };
import { checkoutPath } from "../../lib/checkout.ts";
import { REFERENCE_IDENTITY } from "../../lib/network/reference.ts";
import { BrowserPage, CHROMIUM } from "../support/browser.ts";
import { type Result, resultOf } from "../support/cli.ts";
import { TemporaryFolder } from "../support/folders.ts";

const NODE = "/usr/bin/node";
/** A machine without a host skips what needs it, but never in CI. */
const without = async (path: string) => Deno.env.get("CI") === undefined && !await exists(path);

/** Every metric, on sets that arithmetic makes: a module that any host runs. */
const EVERY_METRIC = `
function latents(count, shift) {
  const data = Float32Array.from({ length: count * 4 }, (_, i) => Math.sin(i * i + shift) + (i % 4) * shift);
  return { count, width: 4, data };
}
export async function everyMetric(m) {
  const [real, fake] = [latents(60, 0), latents(50, 0.25)];
  const logits = Float32Array.from({ length: 500 }, (_, i) => Math.cos(i * i));
  const score = await m.metricsOf(real, { latents: fake, logits }, { seed: 2 });
  const [a, b] = [m.momentsOfParts(real), m.momentsOfParts(fake, { of: "fake" })];
  return {
    score: Object.values(score).flat().filter(Number.isFinite),
    fid: [m.frechetDistance(m.Moments.of(real), m.Moments.of(fake))],
    interval: m.frechetInterval(a, b, { seed: 3 }),
    infinity: [m.frechetInfinity(a, b)],
    kid: Object.values(m.kernelDistance(real, fake)),
    neighbours: Object.values(m.neighbourScores(real, fake)),
    digits: m.classifierScores(Float32Array.from({ length: 100 }, (_, i) => Math.cos(i * i))).digitHistogram,
    sliced: Object.values(m.slicedWasserstein(real, fake)),
    normality: m.normality(real).map(({ ksDistance }) => ksDistance),
  };
}`;

/** Runs a line of bash in a folder. */
function bash(line: string, cwd: string): Promise<Result> {
  const command = new Deno.Command("/bin/bash", {
    args: ["-c", line],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  return resultOf(command.spawn());
}

/** Writes the metrics as one module, and a module that prints or keeps what they give. */
async function bundleMetrics(folder: string): Promise<void> {
  const entry = checkoutPath("entry/metrics.ts");
  const { code, stderr } = await bash(
    `'${Deno.execPath()}' bundle -q -o '${folder}/metrics.mjs' '${entry}'`,
    checkoutPath(),
  );
  assertEquals(code, 0, stderr);
  Deno.writeTextFileSync(`${folder}/every.mjs`, EVERY_METRIC);
}

async function checkValues(actual: Record<string, number[]>): Promise<void> {
  const { everyMetric } = await import(`data:text/javascript,${encodeURIComponent(EVERY_METRIC)}`);
  const expected: Record<string, number[]> = await everyMetric(metrics);
  assertEquals(Object.keys(actual), Object.keys(expected));
  assertEquals(actual.score, expected.score, "a score is the same to the last bit");
  for (const [name, values] of Object.entries(expected)) {
    assertEquals(actual[name].length, values.length, name);
    assert(values.some((value) => value !== 0), name);
    for (const [i, value] of values.entries()) assertAlmostEquals(actual[name][i], value, 1e-12, name);
  }
}

Deno.test({ name: "entry points: the metrics run in Node as they are", ignore: await without(NODE) }, async () => {
  using folder = new TemporaryFolder();
  await bundleMetrics(folder.path);
  const program = `import * as metrics from "./metrics.mjs"; import { everyMetric } from "./every.mjs";
    console.log(JSON.stringify(await everyMetric(metrics)));`;
  Deno.writeTextFileSync(`${folder.path}/main.mjs`, program);
  const { code, stdout, stderr } = await bash(`${NODE} main.mjs`, folder.path);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  await checkValues(JSON.parse(stdout));
});

Deno.test(
  { name: "entry points: the metrics run in Chromium as they are", ignore: await without(CHROMIUM) },
  async () => {
    using folder = new TemporaryFolder();
    await bundleMetrics(folder.path);
    await using server = serveFolder(
      folder.path,
      "<script type=module>" +
        'import * as metrics from "./metrics.mjs"; import { everyMetric } from "./every.mjs";' +
        "window.result = everyMetric(metrics);</script>",
    );
    await using page = await BrowserPage.open();
    await page.goto(server.url);
    await checkValues(await page.evaluate("window.result ?? null") as Record<string, number[]>);
  },
);

Deno.test("entry points: off the disk, images are scored by the reference network on CPU kernels", async () => {
  await using server = serveFolder(checkoutPath());
  using folder = new TemporaryFolder();
  // The names of packages, which a registry puts into the modules that it delivers.
  Deno.writeTextFileSync(`${folder.path}/deno.json`, JSON.stringify({ imports: config.imports }));
  Deno.writeTextFileSync(
    `${folder.path}/main.ts`,
    `import { referenceStatistics, score, Scorer } from "${server.url}mod.ts";
     const fake = Uint8Array.from({ length: 40 * 784 }, (_, i) => (i * i) % 256);
     const refused = await score(fake, { kernels: "cpu" }).catch((error) => error.message);
     const real = await referenceStatistics("test");
     const result = await score(fake, { real, kernels: "cpu" });
     await using scorer = await Scorer.create({ real });
     await scorer.add(fake.subarray(0, 10 * 784));
     await scorer.add(fake.subarray(10 * 784));
     const { fid: added } = await scorer.compute();
     console.log(JSON.stringify({ refused, added, ...result }));`,
  );
  const { host } = new URL(server.url);
  const command =
    `'${Deno.execPath()}' run -q --no-lock --no-prompt --allow-import=${host} --reload=${server.url} main.ts`;
  const { code, stdout, stderr } = await bash(command, folder.path);
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const { refused, added, network, fid, realImages, fakeImages } = JSON.parse(stdout);
  assertEquals(network, REFERENCE_IDENTITY);
  assertEquals([realImages, fakeImages], [10_000, 40]);
  assert(fid > 100, `${fid}`);
  assertAlmostEquals(added, fid, 1e-4);
  assertEquals(refused, "MNIST's images lie on no disk here: name a folder with them, or score against statistics");
});

/** Serves the files of a folder, and maybe a page at its root. */
function serveFolder(folder: string, page = ""): { url: string } & AsyncDisposable {
  const types: Record<string, string> = {
    ts: "application/typescript",
    mjs: "text/javascript",
    json: "application/json",
  };
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response(page, { headers: { "content-type": "text/html" } });
    const body = await Deno.readFile(`${folder}${pathname}`).catch(() => null);
    if (body === null) return new Response(null, { status: 404 });
    return new Response(body, { headers: { "content-type": types[pathname.split(".").at(-1) ?? ""] ?? "text/plain" } });
  });
  return { url: `http://127.0.0.1:${server.addr.port}/`, [Symbol.asyncDispose]: () => server.shutdown() };
}
