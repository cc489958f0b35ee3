/** What the bench measures in processes of their own. */
import { assert, assertEquals } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { resultOf, startShell } from "../support/cli.ts";

Deno.test("bench: the memory of a training is that of its own process, however large the one that measures is", async () => {
  const code = `const ballast = new Uint8Array(700e6).fill(1);
    const { startup } = await import("${checkoutPath("bench/processes.ts")}");
    const { peak_memory_bytes } = await startup("cpu", 512, 256);
    console.log(JSON.stringify([peak_memory_bytes, ballast.length]));`;
  const script = 'PATH="${DENO%/*}:$PATH" exec "$DENO" eval --config "${0%/*}/deno.json" "$1"';
  const { code: status, stdout, stderr } = await resultOf(
    startShell(script, [code], checkoutPath(), { DENO: Deno.execPath() }),
  );
  assertEquals(status, 0, stderr);
  const [peak] = JSON.parse(stdout);
  assert(peak > 50e6 && peak < 400e6, `${peak / 1e6} MB`);
});
