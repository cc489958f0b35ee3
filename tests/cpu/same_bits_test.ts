/** Training on the CPU gives the same bytes for any number of threads, whenever it is done. */
import { assertEquals } from "@std/assert";
import { twentySteps, WEIGHTS_SHA256 } from "../support/twenty_steps.ts";

for (const threads of [1, 2, 3, 1, 2, 3]) {
  Deno.test(`same bits: twenty steps by ${threads} threads`, async () => {
    assertEquals(await twentySteps(threads), WEIGHTS_SHA256);
  });
}
