/** The one place that knows which kernels there are; each kind is loaded only when a network of it is made. */
import { DigitFidError } from "../errors.ts";
import { type Arch, parameterCount } from "../model.ts";
import { checkOptionNames } from "../option_names.ts";
import type { Kernels, Network } from "./network.ts";

/** How a network is computed. */
export interface NetworkOptions {
  /** Threads of the CPU kernels: one for each processor unless given. They change no bit of a result. */
  readonly threads?: number;
}

/**
 * A network, ready to compute.
 *
 * @param parameters packed as `parametersOf(arch)` says
 * @throws DigitFidError if the parameters are not those of such a network, what is to compute it is not there, or
 * an option is unknown
 */
export async function createNetwork(
  arch: Arch,
  kernels: Kernels,
  parameters: Float32Array,
  options: NetworkOptions = {},
): Promise<Network> {
  checkOptionNames<NetworkOptions>(options, { threads: true }, "createNetwork");
  checkParameters(arch, parameters);
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
      return await CpuNetwork.create(arch, parameters, options.threads);
    }
    case "webgpu": {
      const { WebGpuNetwork } = await import("./webgpu/network.ts");
      return await WebGpuNetwork.create(arch, parameters);
    }
  }
}

function checkParameters(arch: Arch, parameters: Float32Array): void {
  const count = parameterCount(arch);
  if (parameters.length !== count) {
    throw new DigitFidError(`${parameters.length} parameters: a network with the head ${arch} has ${count}`);
  }
  const bad = parameters.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new DigitFidError(`parameter ${bad} is ${parameters[bad]}: give finite numbers`);
}
