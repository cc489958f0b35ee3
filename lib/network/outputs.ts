/** Images through a network, a batch at a time: what eval, activations and scores all read. */
import type { Images } from "../data/images.ts";
import type { Network } from "./network.ts";

/** Images a batch: reading a batch's outputs costs Deno some 10 ms of waiting, so there are few. */
const BATCH = 1000;

/** Outputs of the layers asked for, for images `start` … `start + count - 1`. */
export interface OutputBatch {
  /** Index of the first image. */
  readonly start: number;
  /** Number of images. */
  readonly count: number;
  /** For each layer asked for `count` × its shape, channels first. */
  readonly outputs: readonly Float32Array[];
}

/**
 * Runs all images through the network, dropout off, and yields the named layers' outputs in order.
 *
 * @throws DigitFidError if there is no layer of a name
 */
export async function* layerOutputs(
  network: Network,
  images: Images,
  names: readonly string[],
): AsyncGenerator<OutputBatch> {
  const resident = network.upload(images);
  try {
    for (let start = 0; start < images.count; start += BATCH) {
      const count = Math.min(BATCH, images.count - start);
      yield { start, count, outputs: await network.outputs(resident, start, count, names) };
    }
  } finally {
    resident.dispose();
  }
}
