/** The package: one version everywhere, the data set of its papers, and what they point to is there. */
import { assert, assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { Output } from "../../cli/output.ts";
import config from "../../deno.json" with { type: "json" };
import { checkoutPath } from "../../lib/checkout.ts";
import { printedBy } from "../support/stdout.ts";

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

const ROOT = checkoutPath();
const PAPERS = markdownIn(ROOT);

/** Every Markdown file below a folder, but for those of tools and dependencies. */
function markdownIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) => {
    const path = join(folder, name);
    if (isDirectory) return /^\.|^(node_modules|runs|dist|std|shared)$/.test(name) ? [] : markdownIn(path);
    return isFile && name.endsWith(".md") ? [path] : [];
  });
}

/** What a paper links to, pictures included, outside of its code. */
function linksOf(paper: string): string[] {
  const prose = Deno.readTextFileSync(paper).replaceAll(/^```.*?^```/gms, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
}

/** The anchors of a paper's headings, as GitHub makes them. */
function anchorsOf(paper: string): string[] {
  return [...Deno.readTextFileSync(paper).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}

Deno.test("README.md links to papers of the project, and shows a picture", () => {
  const links = linksOf(join(ROOT, "README.md"));
  assertGreater(links.filter((target) => /\.md(#|$)/.test(target)).length, 2);
  assertGreater(links.filter((target) => /\.(png|svg)$/.test(target)).length, 0);
});

Deno.test("every link in the project's papers leads to a file of it, to a heading that is there, or to the web", () => {
  assertGreater(PAPERS.length, 2);
  for (const paper of PAPERS) {
    for (const target of linksOf(paper)) {
      const name = `${relative(ROOT, paper)}: ${target}`;
      if (/^(https|mailto):/.test(target)) continue;
      assert(!/^[a-z]+:/.test(target), name);
      const [path, anchor] = target.split("#");
      const file = path === "" ? paper : join(dirname(paper), path);
      assert(file.startsWith(ROOT), name);
      Deno.statSync(file);
      if (anchor !== undefined) assertEquals(anchorsOf(file).filter((there) => there === anchor).length, 1, name);
    }
  }
});
