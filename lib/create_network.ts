/** The one place that knows which kernels there are. */
import { DigitFidError } from "./errors.ts";
import type { Arch } from "./model.ts";
import type { Kernels, Network } from "./network.ts";
import { StockNetwork } from "./stock_network.ts";

/**
 * A network on the GPU; needs `openGpu` first.
 *
 * @param parameters packed as `parametersOf(arch)` says
 */
export function createNetwork(arch: Arch, kernels: Kernels, parameters: Float32Array): Network {
  switch (kernels) {
    case "stock":
      return new StockNetwork(arch, parameters);
    case "fused":
      throw new DigitFidError("the fused kernels are not built in yet: use --kernels stock");
  }
}
