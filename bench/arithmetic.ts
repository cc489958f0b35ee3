/** How much arithmetic the network takes: an addition and a multiplication for each use of a weight. */
import { type Arch, operationsOf } from "../lib/model.ts";

/** Floating-point operations of each layer that has weights for one image, forward, by the layer's name. */
function layerOperations(arch: Arch): Record<string, number> {
  return Object.fromEntries(
    operationsOf(arch).flatMap((layer) => {
      if (!("index" in layer)) return [];
      const [, rows = 1, columns = 1] = layer.shape;
      const taps = layer.kind === "convolution" ? 9 : 1;
      return [[layer.name, 2 * taps * layer.inputs * layer.outputs * rows * columns]];
    }),
  );
}

/**
 * Floating-point operations of one kernel for one image, 0 for those outside of convolutions and linear layers.
 * Both gradients of a layer use each weight as often as its output does.
 *
 * @param kernel a layer's name, or one with what follows it, as `conv2 input gradient`
 */
export function kernelOperations(arch: Arch, kernel: string): number {
  return layerOperations(arch)[kernel.split(" ")[0]] ?? 0;
}

/** Floating-point operations of training on one image: every layer three times, the first without its input's gradient. */
export function trainingOperations(arch: Arch): number {
  const { conv1, ...others } = layerOperations(arch);
  return 2 * conv1 + 3 * Object.values(others).reduce((a, b) => a + b);
}
