/** The library as its users import it. */
import { assert, assertEquals } from "@std/assert";
import { TemporaryFolder } from "../support/folders.ts";

const MODULE = new URL("../../mod.ts", import.meta.url);

/** The example in the documentation of `mod.ts`, as it stands there. */
async function example(): Promise<string> {
  const [, block] = /```ts\n(.*?)```/s.exec(await Deno.readTextFile(MODULE)) ?? [];
  assert(block);
  return block.replaceAll(/^ \* ?/gm, "");
}

Deno.test("library: the example scores images in one call, and names the network", async () => {
  const code = (await example()).replace("@digit-fid/digit-fid", MODULE.href);
  assertEquals(code.match(/\n(?=const|console)/g)?.length, 3);
  using folder = new TemporaryFolder();
  const file = `${folder.path}/example.ts`;
  // Exported instead of printed, for the test to look at.
  Deno.writeTextFileSync(file, code.replace("console.log(", "export default ("));
  const { default: scores } = await import(`file://${file}`);
  for (const name of ["fid", "kid", "precision", "recall"]) assert(Number.isFinite(scores[name]), name);
  assert(scores.fid > 0);
  assertEquals([scores.precision, scores.recall], [0, 0]); // grey squares are no digits
  assertEquals(scores.network.sha256.length, 64);
});
