/** The GPU: tfjs's WebGPU backend, and the device under it for kernels of our own. */
import * as tf from "@tensorflow/tfjs";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { DigitFidError } from "../../errors.ts";
import { findAdapter } from "./adapter.ts";
import { noteLoss } from "./loss.ts";

/** What computes, in words for a person and fields for a program. */
export interface GpuInfo {
  /** Always the same, as there is no other. */
  readonly backend: "webgpu";
  /** The adapter's own name, such as `llvmpipe (LLVM 15.0.6, 256 bits)`. */
  readonly adapter: string;
  /** Whether the adapter is a program on the CPU instead of hardware. */
  readonly software: boolean;
  /** One line with all of it. */
  readonly description: string;
}

let opened: Promise<GpuInfo> | undefined;
let fault: string | undefined;

/**
 * Makes tfjs's WebGPU backend the current one; the second call and later ones return the first one's answer.
 *
 * @throws {DigitFidError} if the machine has no WebGPU adapter
 */
export function openGpu(): Promise<GpuInfo> {
  return opened ??= open();
}

async function open(): Promise<GpuInfo> {
  const adapter = await findAdapter();
  if (!adapter) {
    throw new DigitFidError(
      "no WebGPU adapter: on Debian, a driver that needs no GPU is installed, as root, by " +
        "apt-get update && apt-get install mesa-vulkan-drivers; other kernels need no driver",
      { remedy: { kernels: "cpu" } },
    );
  }
  // Small tensors would otherwise be computed on the CPU, by other code than the one under test.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  await tf.setBackend("webgpu");
  const gpu = webgpuBackend().device;
  gpu.addEventListener("uncapturederror", (event) => {
    if (event instanceof GPUUncapturedErrorEvent) fault ??= event.error.message;
  });
  gpu.lost.then(({ message }) => noteLoss(message));
  const { name, software } = adapter;
  return {
    backend: "webgpu",
    adapter: name,
    software,
    description: `webgpu on ${name} (${software ? "software" : "hardware"})`,
  };
}

/** The tfjs backend in use. @throws {DigitFidError} before `openGpu` */
export function webgpuBackend(): WebGPUBackend {
  const backend = tf.backend();
  if (!(backend instanceof WebGPUBackend)) throw new DigitFidError("the GPU is not open yet: call openGpu() first");
  return backend;
}

/**
 * To be called after reading from the GPU: work that the GPU refused leaves zeros, and says so only in an event.
 *
 * @throws {DigitFidError} with the first thing that the GPU refused since the last call
 */
export function checkGpu(): void {
  const message = fault;
  fault = undefined;
  if (message !== undefined) throw new DigitFidError(`the GPU refused some of the work: ${message}`);
}
