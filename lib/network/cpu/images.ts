/** Images in the memory of the WebAssembly kernels. */
import { checkSizes, type Images, type LabelledImages } from "../../data/images.ts";
import type { Block, Threads } from "../../wasm/threads.ts";
import type { DeviceImages } from "../network.ts";

/** Resident images, as they came in. */
export interface CpuImages extends DeviceImages {
  /** Pixels of all images. */
  readonly pixels: Block;
  /** Class of each image, bytes; null where it is not known. */
  readonly labels: Block | null;
}

/**
 * Copies images, and their labels if they have any, into the threads' memory.
 *
 * @throws DigitFidError if there are more or fewer pixels or labels than promised
 */
export function uploadImages(threads: Threads, images: Images | LabelledImages): CpuImages {
  checkSizes(images, "images");
  const { count, size, pixels } = images;
  const type = pixels instanceof Uint8Array ? "uint8" : "float32";
  const blocks = [pixels, ..."labels" in images ? [images.labels] : []].map((values) => threads.upload(values));
  const [resident, labels = null] = blocks;
  const dispose = () => blocks.forEach((block) => block.free());
  return { count, size, type, pixels: resident, labels, dispose, [Symbol.dispose]: dispose };
}
