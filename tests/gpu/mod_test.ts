/** The library as its users import it. */
import { assert, assertEquals } from "@std/assert";
import { exists } from "@std/fs";
import { referencePath as referenceNetwork } from "../../lib/network/reference.ts";
import { referencePath } from "../support/support.ts";
import { TemporaryFolder } from "../support/folders.ts";

const MODULE = new URL("../../mod.ts", import.meta.url);

/** The example in the documentation of `mod.ts`, as it stands there. */
async function example(): Promise<string> {
  const [, block] = /```ts\n(.*?)```/s.exec(await Deno.readTextFile(MODULE)) ?? [];
  assert(block);
  return block.replaceAll(/^ \* ?/gm, "");
}

Deno.test("library: the example scores images in five lines", async () => {
  let code = (await example()).replace("./mod.ts", MODULE.href);
  assertEquals(code.match(/\n(?=const|console)/g)?.length, 5);
  if (!await exists(referenceNetwork())) {
    code = code.replace(
      "loadNetwork()",
      `loadNetwork(${JSON.stringify(referencePath("torch-mlp-step200.safetensors"))})`,
    );
  }
  using folder = new TemporaryFolder();
  const file = `${folder.path}/example.ts`;
  // Exported instead of printed, for the test to look at.
  Deno.writeTextFileSync(file, code.replace("console.log(", "export default ("));
  const { default: scores } = await import(`file://${file}`);
  for (const name of ["fid", "kid", "precision", "recall"]) assert(Number.isFinite(scores[name]), name);
  assert(scores.fid > 0);
  assertEquals([scores.precision, scores.recall], [0, 0]); // grey squares are no digits
});
