/** `deno task bundle`: the page's scripts, `lib/serve/built/`, of their sources in `lib/serve/page/`. */
import { join } from "node:path";
import config from "../deno.json" with { type: "json" };
import { checkoutPath } from "../lib/checkout.ts";
import { DigitFidError } from "../lib/errors.ts";
import { answerHelp } from "../cli/developers.ts";
import ownText from "./bundle.ts" with { type: "text" };

answerHelp(ownText);

/** Each script by the module that it begins with. A page from a disk can have a worker of its own text only as a script
 * of the old kind, without modules. */
const SCRIPTS = [
  { name: "page.js", entry: "lib/serve/page/main.ts", format: "esm" },
  { name: "worker.js", entry: "lib/serve/page/worker.ts", format: "iife" },
];
/** What browsers lack, by the module that stands for it. */
const HOST = {
  "node:fs": "lib/serve/page/host/fs.ts",
  "node:fs/promises": "lib/serve/page/host/fs.ts",
  "node:os": "lib/serve/page/host/fs.ts",
  "node:util": "lib/serve/page/host/fs.ts",
  "node:zlib": "lib/serve/page/host/zlib.ts",
  "node:path": "lib/serve/page/host/path.ts",
  "node:url": "lib/serve/page/host/url.ts",
};

const out = Deno.args[0] ?? checkoutPath("lib/serve/built");
const map = join(await Deno.makeTempDir(), "imports.json");
const url = (path: string) => new URL(`../${path}`, import.meta.url).href;
const host = Object.fromEntries(Object.entries(HOST).map(([name, path]) => [name, url(path)]));
await Deno.writeTextFile(map, JSON.stringify({ imports: { ...config.imports, ...host } }));
for (const { name, entry, format } of SCRIPTS) {
  const flags = [
    "--quiet",
    "--platform",
    "browser",
    "--format",
    format,
    "--minify",
    "--import-map",
    map,
    "--output",
    join(out, name),
  ];
  const { success, stderr } = await new Deno.Command("deno", {
    args: ["bundle", ...flags, entry],
    cwd: checkoutPath(),
    stdout: "null",
  }).output();
  if (!success) throw new DigitFidError(`deno bundle failed: ${new TextDecoder().decode(stderr)}`);
}
await Deno.remove(map);
