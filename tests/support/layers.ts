/** Every layer has the output that follows from the layer before it. */
import { assertEquals } from "@std/assert";
import { limit } from "../../lib/data/images.ts";
import { type Arch, initialParameters, layersOf } from "../../lib/model.ts";
import type { Kernels } from "../../lib/network/network.ts";
import { mnist } from "./mnist.ts";
import { ARCHS, assertClose, withNetwork } from "./support.ts";

/** Elements an image of each layer's output, as the post prints the shapes. */
const BACKBONE = {
  conv1: 8 * 32 * 32,
  relu1: 8 * 32 * 32,
  pool1: 8 * 16 * 16,
  conv2: 16 * 16 * 16,
  relu2: 16 * 16 * 16,
  pool2: 16 * 8 * 8,
  conv3: 32 * 8 * 8,
  relu3: 32 * 8 * 8,
  pool3: 32 * 2 * 2,
  latent: 128,
  flatten: 128,
};
const SIZES: Record<Arch, Record<string, number>> = {
  mlp: { ...BACKBONE, fc1: 64, fc1_relu: 64, fc2: 32, fc2_relu: 32, logits: 10 },
  linear: { ...BACKBONE, logits: 10 },
};

/** Defines the tests. */
export function testLayers(kernels: Kernels): void {
  for (const arch of ARCHS) {
    Deno.test(`${kernels} ${arch}: every layer by name, channels first, and each follows from the one before`, async () => {
      assertEquals(layersOf(arch).map(({ name }) => name), Object.keys(SIZES[arch]));
      const images = limit(await mnist("test"), 3);
      await withNetwork(arch, kernels, initialParameters(arch, 0), async (network) => {
        const resident = network.upload(images);
        const names = Object.keys(SIZES[arch]);
        const outputs = await network.outputs(resident, 1, 2, names);
        resident.dispose();
        const layer = Object.fromEntries(names.map((name, i) => [name, outputs[i]]));
        for (const name of names) assertEquals(layer[name].length, 2 * SIZES[arch][name], name);
        for (const i of [1, 2, 3]) assertEquals(layer[`relu${i}`], layer[`conv${i}`].map((x) => Math.max(x, 0)));
        assertEquals(layer.pool1, pooled(layer.relu1, 32, 2, (window) => Math.max(...window)));
        assertEquals(layer.pool2, pooled(layer.relu2, 16, 2, (window) => Math.max(...window)));
        const mean = (window: number[]) => window.reduce((a, b) => a + b) / window.length;
        assertClose(layer.pool3, pooled(layer.relu3, 8, 4, mean), 1e-6, "pool3");
        assertClose(layer.latent, pooled(layer.conv3, 8, 4, mean), 1e-6, "latent");
        assertEquals(layer.flatten, layer.pool3);
      });
    });
  }
}

/** Pools maps of `size`×`size`, one after another, in windows of `side`×`side`. */
function pooled(maps: Float32Array, size: number, side: number, pool: (window: number[]) => number): Float32Array {
  const out = size / side;
  return Float32Array.from({ length: maps.length / side ** 2 }, (_, i) => {
    const [map, row, column] = [Math.floor(i / out ** 2), Math.floor(i / out) % out, i % out];
    const corner = map * size ** 2 + row * side * size + column * side;
    return pool(Array.from({ length: side ** 2 }, (_, k) => maps[corner + Math.floor(k / side) * size + k % side]));
  });
}
