/** Features by the WebGPU kernels. */
import { assert, assertEquals } from "@std/assert";
import { limit } from "../../lib/data/images.ts";
import { sourceOf } from "../../lib/data/sources.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { uploadImages } from "../../lib/network/webgpu/images.ts";
import { extractFeatures } from "../../lib/scoring/features.ts";
import { mnist } from "../support/mnist.ts";
import { referenceTensors, withNetwork } from "../support/support.ts";

Deno.test("fid: an image's latent does not depend on the chunk it comes in", async () => {
  const some = limit(await mnist("test"), 4400); // chunks have 4,096
  await withNetwork("mlp", "webgpu", await referenceTensors("mlp", "step200"), async (network) => {
    const { features } = await extractFeatures(network, sourceOf(some, "x"));
    assert(!(features instanceof Moments));
    const { latents: { data }, order } = features, rows = new Map([...order!].map((image, row) => [image, row]));
    const resident = uploadImages(some);
    for (const start of [0, 3950, 4096, 4200]) {
      const [latents] = await network.outputs(resident, start, 200, ["latent"]);
      const other = latents.findIndex((value, i) => {
        return value !== data[rows.get(start + Math.floor(i / 128))! * 128 + i % 128];
      });
      assertEquals(other, -1, `chunk from ${start} on`);
    }
    resident.dispose();
  });
});
