/** The first kernel of a step: it gathers the batch's images. */
import { IMAGE_SIZE } from "../../../model.ts";
import { type ImageKind, pixelSnippet } from "../images.ts";
import { type Kernel, reads, writes } from "../kernel.ts";

const PIXELS = IMAGE_SIZE ** 2;

/** Images `order[start + i]` as `result`, [count][32][32] floats from 0 to 1. */
export function gatherKernel(images: ImageKind): Kernel<"order" | "pixels" | "result"> {
  return {
    name: "gather",
    workgroupSize: 256,
    bindings: {
      order: reads("u32"),
      pixels: reads(images.type === "uint8" ? "i32" : "f32"), // bytes are packed four to a word
      result: writes("f32"),
    },
    invocations: (count) => count * PIXELS,
    body: `${pixelSnippet(images)}

fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x / ${PIXELS}u;
  if (image >= batch.count) { return; }
  result[id.x] = pixel(order[batch.start + image], (id.x / ${IMAGE_SIZE}u) % ${IMAGE_SIZE}u, id.x % ${IMAGE_SIZE}u);
}`,
  };
}
