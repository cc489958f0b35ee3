/** The reference network is as good as it should be, and its statistics are those of MNIST under it. */
import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { evaluate } from "../../lib/training/evaluate.ts";
import { frechetDistance } from "../../lib/fid.ts";
import { referenceStatistics } from "../../lib/scoring/statistics.ts";
import { sourceOf } from "../../lib/data/sources.ts";
import { loadNetwork } from "../../lib/network/load.ts";
import { REFERENCE } from "../../lib/network/reference.ts";
import { extractFeatures, statisticsOf } from "../../lib/scoring/features.ts";
import { mnist } from "../support/mnist.ts";

Deno.test("reference network: 99.1 % of the test images are classified correctly", async () => {
  using loaded = await loadNetwork();
  const { network, identity } = loaded;
  assertEquals([identity.name, network.arch], [REFERENCE, "mlp"]);
  assertGreaterOrEqual((await evaluate(network, await mnist("test"))).accuracy, 0.991);
});

Deno.test("reference network: its statistics are those of MNIST's images", async () => {
  using loaded = await loadNetwork();
  const { network, identity } = loaded;
  const { network: of, sets } = await referenceStatistics();
  assertEquals(of, identity);
  assertEquals([...sets.keys()].sort(), ["test", "train"]);
  for (const split of ["train", "test"] as const) {
    const images = await mnist(split);
    const recomputed = statisticsOf(await extractFeatures(network, sourceOf(images, split)));
    const kept = sets.get(split);
    assert(kept);
    assertEquals(kept.count, images.count);
    const variance = recomputed.covariance().reduce((sum, value, i) => i % 129 === 0 ? sum + value : sum, 0);
    assertLess(frechetDistance(kept, recomputed), 1e-8 * variance); // float32 on another GPU rounds otherwise
  }
});
