/** The package: one version everywhere, and the data set is the one that its papers describe. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { Output } from "../../cli/output.ts";
import { printedBy } from "../support/stdout.ts";
import config from "../../deno.json" with { type: "json" };
import { checkoutPath } from "../../lib/checkout.ts";

const read = (name: string) => Deno.readTextFileSync(checkoutPath(name));

Deno.test("package: deno.json, the changelog and the citation have one version", () => {
  assertMatch(config.version, /^\d+\.\d+\.\d+$/);
  assertEquals(/^## (\S+)/m.exec(read("CHANGELOG.md"))?.[1], config.version);
  assertEquals(/^version: (\S+)/m.exec(read("CITATION.cff"))?.[1], config.version);
  assertStringIncludes(read("LICENSE"), "the digit-fid authors");
});

Deno.test("package: every result in JSON has the version, and keeps its fields", async () => {
  const output = new Output({ json: true, quiet: false });
  const printed = await printedBy(() => output.result({ fid_interval: [1, 2] }, ""));
  assertEquals(JSON.parse(printed), { fid_interval: [1, 2], version: config.version });
});

Deno.test("package: the data set has the hashes that its README lists", async () => {
  const rows = read("data/mnist/README.md").matchAll(/^\| `(\S+)` +\| `([0-9a-f]{64})`/gm);
  const listed = [...rows].map(([, file, hash]) => ({ file, hash }));
  assertEquals(listed.length, 4);
  for (const { file, hash } of listed) {
    const bytes = new Uint8Array(gunzipSync(Deno.readFileSync(checkoutPath(`data/mnist/${file}.gz`))));
    assertEquals(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex(), hash, file);
  }
});
