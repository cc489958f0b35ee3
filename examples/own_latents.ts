/** Metrics on latents of your own network, of any width: `deno run examples/own_latents.ts`. Nothing else is needed. */
import { frechetDistance, kernelDistance, type Latents, Moments } from "@digit-fid/digit-fid/metrics";

/** 500 rows of 8 numbers that arithmetic makes; yours are the outputs of a layer, row after row. */
function latents(shift: number): Latents {
  const data = Float32Array.from({ length: 500 * 8 }, (_, i) => Math.sin(i * i) + shift);
  return { count: 500, width: 8, data };
}

const [real, same, shifted] = [latents(0), latents(0), latents(0.5)];
for (const [name, fake] of Object.entries({ same, shifted })) {
  const fid = frechetDistance(Moments.of(real), Moments.of(fake)); // shifted by 0.5 in 8 directions: 8 × 0.25 = 2
  console.log(`${name}: FID ${Math.abs(fid).toFixed(3)}, KID ${kernelDistance(real, fake).kid.toFixed(3)}`);
}
