/** The kernels that are committed are those of the sources. */
import { assertEquals } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { resultOf, startShell } from "../support/cli.ts";
import { inFolder } from "../support/folders.ts";

Deno.test("the committed module is what its sources compile to", () =>
  inFolder(async (folder) => {
    const script = 'exec "$DENO" run --quiet -A "${0%/*}/tasks/wasm/build.ts" "$@"';
    const { code, stderr } = await resultOf(startShell(script, [`${folder}/built`], folder, { DENO: Deno.execPath() }));
    assertEquals(code, 0, stderr);
    const [built, committed] = [`${folder}/built`, checkoutPath("lib/wasm/module_base64.ts")].map((path) =>
      Deno.readTextFileSync(path)
    );
    assertEquals(built === committed, true, "run `deno task wasm`");
  }));
