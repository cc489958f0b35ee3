/** What the project's papers point to is there. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { checkoutPath } from "../../lib/checkout.ts";

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
