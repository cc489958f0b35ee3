/** Training by the CPU kernels gives the same bytes in Node and Chromium as in Deno, and asks for no permission. */
import { assertEquals } from "@std/assert";
import { exists } from "@std/fs";
import { checkoutPath } from "../../lib/checkout.ts";
import { BrowserPage, CHROMIUM } from "../support/browser.ts";
import { resultOf } from "../support/cli.ts";
import { TemporaryFolder } from "../support/folders.ts";
import { WEIGHTS_SHA256 } from "../support/twenty_steps.ts";

const NODE = "/usr/bin/node";
/** A machine without a host skips what needs it, but never in CI. */
const without = async (path: string) => Deno.env.get("CI") === undefined && !await exists(path);

/** Runs a line of bash, which must succeed, and gives what it prints. */
async function bash(line: string): Promise<string> {
  const command = new Deno.Command("/bin/bash", {
    args: ["-c", line],
    cwd: checkoutPath(),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = await resultOf(command.spawn());
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout.trim();
}

/** Writes the twenty steps as one module. */
async function bundle(folder: string): Promise<void> {
  await bash(`'${Deno.execPath()}' bundle -q -o '${folder}/steps.mjs' tests/support/twenty_steps.ts`);
}

/** Prints the hash for a number of threads. */
const program = (threads?: number) =>
  `import { twentySteps } from "./steps.mjs"; console.log(await twentySteps(${threads}));`;

Deno.test("same bits: twenty steps in Deno without any permission", async () => {
  using folder = new TemporaryFolder();
  await bundle(folder.path);
  await Deno.writeTextFile(`${folder.path}/main.mjs`, program());
  assertEquals(await bash(`'${Deno.execPath()}' run --no-prompt '${folder.path}/main.mjs'`), WEIGHTS_SHA256);
});

Deno.test({ name: "same bits: twenty steps in Node", ignore: await without(NODE) }, async () => {
  using folder = new TemporaryFolder();
  await bundle(folder.path);
  for (const threads of [undefined, 1]) {
    await Deno.writeTextFile(`${folder.path}/main.mjs`, program(threads));
    assertEquals(await bash(`${NODE} '${folder.path}/main.mjs'`), WEIGHTS_SHA256, `${threads ?? "all"} threads`);
  }
});

Deno.test(
  { name: "same bits: twenty steps in Chromium, with shared memory and without", ignore: await without(CHROMIUM) },
  async () => {
    using folder = new TemporaryFolder();
    await bundle(folder.path);
    for (const isolated of [true, false]) {
      await using server = servePage(`${folder.path}/steps.mjs`, isolated);
      await using page = await BrowserPage.open();
      await page.goto(server.url);
      assertEquals(await page.evaluate("crossOriginIsolated"), isolated);
      const expression = 'import("./steps.mjs").then(({ twentySteps }) => twentySteps(2))';
      const { result } = await page.send("Runtime.evaluate", { expression, awaitPromise: true });
      assertEquals(Object(result).value, WEIGHTS_SHA256);
    }
  },
);

/** A page that has the module beside it; isolated from other origins, it may share memory among threads. */
function servePage(module: string, isolated: boolean): { url: string } & AsyncDisposable {
  const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  const headers = isolated ? isolation : {};
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/") return new Response("", { headers: { ...headers, "content-type": "text/html" } });
    if (pathname !== "/steps.mjs") return new Response(null, { status: 404 });
    return new Response(await Deno.readFile(module), { headers: { ...headers, "content-type": "text/javascript" } });
  });
  return { url: `http://127.0.0.1:${server.addr.port}/`, [Symbol.asyncDispose]: () => server.shutdown() };
}
