/** The reference network as modules: the same bytes as its files. */
import { assertEquals } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { decodeBase64 } from "../../lib/base64.ts";
import { identifyWeights } from "../../lib/network/load.ts";
import { REFERENCE_IDENTITY, referenceWeights } from "../../lib/network/reference.ts";
import { readStatistics, referenceStatistics } from "../../lib/scoring/statistics.ts";
import { modulesOf } from "../../weights/embed.ts";

const { name } = REFERENCE_IDENTITY;

Deno.test("reference network: its modules are what deno task embed makes of its files", async () => {
  for (const [file, text] of await modulesOf(name)) {
    assertEquals(Deno.readTextFileSync(checkoutPath(`weights/${file}`)) === text, true, file);
  }
});

Deno.test("reference network: modules and files hold the same numbers, and are known by the same hash", async () => {
  const read = await identifyWeights(checkoutPath(`weights/${name}.safetensors`));
  assertEquals(await referenceWeights(), { ...read, identity: { ...read.identity, name } });
  const statistics = await referenceStatistics();
  assertEquals(statistics.network, REFERENCE_IDENTITY);
  assertEquals([...statistics.sets.keys()].sort(), ["test", "train"]);
  const kept = await readStatistics(checkoutPath(`weights/${name}.stats.safetensors`));
  for (const [set, moments] of statistics.sets) assertEquals(moments.covariance(), kept.sets.get(set)?.covariance());
});

Deno.test("reference network: base64 is read as it was written, whatever the length", () => {
  const { fromBase64 } = Uint8Array;
  for (const length of [0, 1, 2, 3, 400]) {
    const bytes = Uint8Array.from({ length }, (_, i) => 255 - i);
    const text = bytes.toBase64().replaceAll(/(.{7})/g, "$1\n");
    assertEquals(decodeBase64(text), bytes);
    Object.assign(Uint8Array, { fromBase64: undefined }); // as in Node before 25
    try {
      assertEquals(decodeBase64(text), bytes);
    } finally {
      Object.assign(Uint8Array, { fromBase64 });
    }
  }
});
