/** The one place that knows which kernels there are. */
import { WebGpuNetwork } from "./webgpu/network.ts";
import type { Arch } from "../model.ts";
import type { Kernels, Network } from "./network.ts";
import { StockNetwork } from "./tfjs/stock_network.ts";

/**
 * A network on the GPU; needs `openGpu` first.
 *
 * @param parameters packed as `parametersOf(arch)` says
 */
export function createNetwork(arch: Arch, kernels: Kernels, parameters: Float32Array): Promise<Network> {
  switch (kernels) {
    case "stock":
      return Promise.resolve(new StockNetwork(arch, parameters));
    case "webgpu":
      return WebGpuNetwork.create(arch, parameters);
  }
}
