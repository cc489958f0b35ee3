/** Where the way back begins: the loss of each image, and its gradient. */
import { CLASSES } from "../../../model.ts";
import { type Kernel, reads, writes } from "../kernel.ts";
import body from "./loss.wgsl" with { type: "text" };
import { padded } from "../layout.ts";

/** From logits, [capacity][12], to losses, [capacity], and the gradient of their mean, [capacity][12]. */
export function lossKernel(): Kernel<"order" | "labels" | "logits" | "gradient" | "losses"> {
  return {
    name: "loss",
    workgroupSize: 64,
    bindings: {
      order: reads("u32"),
      labels: reads("i32"),
      logits: reads("f32"),
      gradient: writes("f32"),
      losses: writes("f32"),
    },
    invocations: (count) => count,
    constants: { classes: CLASSES, rowLength: padded(CLASSES) },
    body,
  };
}
