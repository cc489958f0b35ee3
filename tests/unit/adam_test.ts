/** The constants of Adam stand once in TypeScript, and once in the source of the CPU kernels, which cannot read them. */
import { assertEquals } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { ADAM } from "../../lib/network/adam.ts";

Deno.test("adam: the CPU kernels have the constants of all others", () => {
  const text = Deno.readTextFileSync(checkoutPath("lib/wasm/assembly/adam.ts"));
  const found = Array.from(text.matchAll(/f32x4\.splat\(([\d.e-]+)\)/g), ([, number]) => Math.fround(Number(number)));
  const { beta1, beta2, epsilon } = ADAM;
  assertEquals(found, [beta1, 1 - beta1, 1 - beta2, beta2, epsilon].map(Math.fround));
});
