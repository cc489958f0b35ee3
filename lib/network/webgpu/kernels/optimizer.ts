/** From partial gradients to new parameters: the sum over chunks in a fixed order, and Adam. */
import { ADAM } from "../../adam.ts";
import { type Kernel, reads, writes } from "../kernel.ts";
import adam from "./adam.wgsl" with { type: "text" };
import sum from "./sum.wgsl" with { type: "text" };
import type { Chunks } from "../layout.ts";

/** From partial gradients, [chunks][stride], and losses to the gradient, [stride], and the running loss, [1]. */
export function sumKernel(
  { chunks, stride }: Chunks,
): Kernel<"partial" | "losses" | "gradient" | "runningLoss"> {
  return {
    name: "sum",
    workgroupSize: 64,
    bindings: {
      partial: reads("vec4f"),
      losses: reads("f32"),
      gradient: writes("vec4f"),
      runningLoss: writes("f32"),
    },
    invocations: () => stride / 4 + 1,
    constants: { chunks, vectors: stride / 4 },
    body: sum,
  };
}

/** One step of Adam: parameters and both moments, [stride] each. */
export function adamKernel(stride: number): Kernel<"gradient" | "parameters" | "firstMoment" | "secondMoment"> {
  return {
    name: "adam",
    workgroupSize: 64,
    bindings: {
      gradient: reads("vec4f"),
      parameters: writes("vec4f"),
      firstMoment: writes("vec4f"),
      secondMoment: writes("vec4f"),
    },
    invocations: () => stride / 4,
    constants: { vectors: stride / 4, ...ADAM },
    body: adam,
  };
}
