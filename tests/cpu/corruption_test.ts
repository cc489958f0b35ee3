/** What gets worse by degrees scores so. */
import { assertLess } from "@std/assert";
import { corrupt, CORRUPTIONS } from "../../lib/data/corruption.ts";
import { limit } from "../../lib/data/images.ts";
import { frechetDistance } from "../../lib/fid.ts";
import { Moments } from "../../lib/metrics/moments.ts";
import { layerRows } from "../../lib/network/outputs.ts";
import { openArithmetic } from "../../lib/scoring/arithmetic.ts";
import { mnist } from "../support/mnist.ts";
import { referenceTensors, withNetwork } from "../support/support.ts";

const [noise] = CORRUPTIONS;

Deno.test("corruption: FID and KID rise with the noise", async () => {
  const some = limit(await mnist("test"), 4000); // of 2,000 the faintest noise is within two standard errors
  await using arithmetic = await openArithmetic(2);
  await withNetwork("mlp", "cpu", await referenceTensors("mlp", "step200"), async (network) => {
    const [clean] = await layerRows(network, some, ["latent"]);
    let [fid, kid] = [0, 0];
    for (const strength of noise.strengths) {
      const [noisy] = await layerRows(network, corrupt(some, noise, strength, 0), ["latent"]);
      const { kid: nextKid, standardError } = await arithmetic.kernelDistance(clean, noisy, { seed: 0 });
      const nextFid = frechetDistance(Moments.of(clean), Moments.of(noisy));
      assertLess(fid, nextFid, `FID at ${strength}`);
      assertLess(kid + 2 * standardError, nextKid, `KID at ${strength}`);
      [fid, kid] = [nextFid, nextKid];
    }
  });
});
