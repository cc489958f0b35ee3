/** The kernel distance by threads: the same bits as `kid.ts` one folder up, its plain twin. */
import { drawSubsets, type KernelDistance, kernelDistanceOf, type KernelOptions } from "../kid.ts";
import { scope, type SharedLatents, strideOf } from "./rows.ts";

/** Pairs of subsets that are in double precision at one time: 20 of 500 rows take 20 MB. */
const AT_ONCE = 20;
/** Bytes of scratch memory that a thread needs. */
const SCRATCH = 512;

/** {@linkcode kernelDistance} of the plain twin. */
export async function kernelDistance(
  real: SharedLatents,
  fake: SharedLatents,
  options: KernelOptions = {},
): Promise<KernelDistance> {
  const { subsets, size, ofReal, ofFake } = drawSubsets(real.latents, fake.latents, options);
  const { threads, latents: { width } } = real;
  return await scope(async (keep) => {
    const sums = keep(threads.allocate(subsets * 3 * 8));
    const scratch = keep(threads.allocate(threads.count * SCRATCH));
    for (let first = 0; first < subsets; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, subsets - first);
      await scope(async (keep) => {
        const x = keep(real.take(ofReal.subarray(first * size, (first + count) * size)));
        const y = keep(fake.take(ofFake.subarray(first * size, (first + count) * size)));
        await threads.run(x.phase, y.phase, {
          kernel: "kernel_sums",
          tasks: 3 * count,
          args: [x.address, y.address, size, width, strideOf(width), sums.address + first * 3 * 8, scratch.address],
        });
      });
    }
    return kernelDistanceOf(sums.view(Float64Array, subsets * 3), size);
  });
}
