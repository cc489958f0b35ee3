/** The one place that knows which kernels there are; each kind is loaded only when a network of it is made. */
import type { Arch } from "../model.ts";
import type { Kernels, Network } from "./network.ts";

/** How a network is computed. */
export interface NetworkOptions {
  /** Threads of the CPU kernels: one for each processor unless told. They change no bit of a result. */
  readonly threads?: number;
}

/**
 * A network, ready to compute.
 *
 * @param parameters packed as `parametersOf(arch)` says
 * @throws DigitFidError if what is to compute it is not there
 */
export async function createNetwork(
  arch: Arch,
  kernels: Kernels,
  parameters: Float32Array,
  { threads }: NetworkOptions = {},
): Promise<Network> {
  switch (kernels) {
    case "stock": {
      const [{ openGpu }, { StockNetwork }] = await Promise.all([
        import("./webgpu/gpu.ts"),
        import("./tfjs/network.ts"),
      ]);
      await openGpu();
      return new StockNetwork(arch, parameters);
    }
    case "cpu": {
      const { CpuNetwork } = await import("./cpu/network.ts");
      return await CpuNetwork.create(arch, parameters, threads);
    }
    case "webgpu": {
      const { WebGpuNetwork } = await import("./webgpu/network.ts");
      return await WebGpuNetwork.create(arch, parameters);
    }
  }
}
