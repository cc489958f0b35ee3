import { assertLess } from "@std/assert";
import { layerRows } from "../../lib/network/outputs.ts";
import { corrupt, CORRUPTIONS } from "../../lib/data/corruption.ts";
import { limit } from "../../lib/data/images.ts";
import { frechetDistance } from "../../lib/fid.ts";
import { kernelDistance } from "../../lib/metrics/kid.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { mnist } from "../support/mnist.ts";
import { referenceTensors, withNetwork } from "../support/support.ts";

const [noise] = CORRUPTIONS;

Deno.test("corruption: FID and KID rise with the noise", async () => {
  const some = limit(await mnist("test"), 2000);
  await withNetwork("mlp", "webgpu", await referenceTensors("mlp", "step200"), async (network) => {
    const [clean] = await layerRows(network, some, ["latent"]);
    let [fid, kid] = [0, 0];
    for (const strength of noise.strengths) {
      const noisy = (await layerRows(network, corrupt(some, noise, strength, 0), ["latent"]))[0];
      const { kid: nextKid, standardError } = kernelDistance(clean, noisy, { seed: 0 });
      const nextFid = frechetDistance(Moments.of(clean), Moments.of(noisy));
      assertLess(fid, nextFid, `FID at ${strength}`);
      const beyondChance = strength > noise.strengths[0] ? 2 * standardError : 0; // the faintest is within it
      assertLess(kid + beyondChance, nextKid, `KID at ${strength}`);
      [fid, kid] = [nextFid, nextKid];
    }
  });
});
