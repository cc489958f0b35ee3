/** From the last convolution's tile sums to the 128 units of the latent. */
import { LATENT_SIZE } from "../../../model.ts";
import { STREAM } from "../../../random.ts";
import { type Kernel, reads, writes } from "../kernel.ts";
import body from "./flatten.wgsl" with { type: "text" };

/** From sums after the ReLU and before it to units, with dropout, and the latent: [capacity][128] each. */
export function flattenKernel(): Kernel<"pooled" | "linear" | "units" | "latent"> {
  return {
    name: "flatten",
    workgroupSize: 64,
    bindings: { pooled: reads("f32"), linear: reads("f32"), units: writes("f32"), latent: writes("f32") },
    invocations: (count) => count * LATENT_SIZE,
    constants: { latentSize: LATENT_SIZE, dropoutStream: (STREAM.dropout << 28) >>> 0 },
    body,
  };
}
