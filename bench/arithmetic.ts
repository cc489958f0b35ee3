/** How much arithmetic the network takes: an addition and a multiplication for each use of a weight. */
import { type Arch, CONVOLUTIONS, HEAD } from "../lib/model.ts";

/** Floating-point operations of each layer for one image, forward; the layers are called `conv1`, `fc1` and so on. */
function layerOperations(arch: Arch): Record<string, number> {
  const widths = HEAD[arch];
  return Object.fromEntries([
    ...CONVOLUTIONS.map(({ inputs, outputs, size }, i) => [`conv${i + 1}`, 2 * 9 * inputs * outputs * size ** 2]),
    ...widths.slice(1).map((outputs, i) => [`fc${i + 1}`, 2 * widths[i] * outputs]),
  ]);
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
