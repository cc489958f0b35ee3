import { layerOutputs } from "../network/outputs.ts";
import type { Images } from "../data/images.ts";
import type { Latents } from "../metrics/latents.ts";
import { layerNamed, sizeOf } from "../model.ts";
import type { Network } from "../network/network.ts";

/**
 * The outputs of some layers for all images, kept in memory: a row an image for each layer.
 *
 * @throws DigitFidError if there is no layer of a name
 */
export async function layerRows(network: Network, images: Images, names: readonly string[]): Promise<Latents[]> {
  const widths = names.map((name) => sizeOf(layerNamed(network.arch, name).shape));
  const rows = widths.map((width) => new Float32Array(images.count * width));
  for await (const { start, outputs } of layerOutputs(network, images, names)) {
    for (const [i, output] of outputs.entries()) rows[i].set(output, start * widths[i]);
  }
  return rows.map((data, i) => ({ count: images.count, width: widths[i], data }));
}
