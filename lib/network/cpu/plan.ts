/** What the kernels are given once about a network and its images: the `Plan` of `lib/wasm/assembly/plan.ts`. */
import { type Arch, HEAD } from "../../model.ts";
import type { Block, Threads } from "../../wasm/threads.ts";
import type { CpuImages } from "./images.ts";

/** What a network holds in the threads' memory. */
export interface CpuState {
  /** The threads that compute it. */
  readonly threads: Threads;
  /** Parameters, first and second moments of Adam, each packed and padded to `stride` floats. */
  readonly parameters: Block;
  /** Transformed filters: made anew from the parameters before they are used. */
  readonly filters: Block;
  /** Scratch memory of all threads. */
  readonly scratch: Block;
}

/** What a plan needs to know; what is left out is zero, and no kernel that needs it may be run. */
export interface PlanParts extends Omit<CpuState, "threads"> {
  /** The images. */
  readonly images: CpuImages;
  /** Indices of the images in the order to take them. */
  readonly order?: Block;
  /** Room for the parts' gradients, a stride each, and losses. */
  readonly partials?: Block;
  /** Float64 each. */
  readonly losses?: Block;
}

/** Writes a plan into memory. */
export function writePlan(threads: Threads, arch: Arch, parts: PlanParts): Block {
  const { parameters, filters, scratch, images, order, partials, losses } = parts;
  return threads.upload(Uint32Array.of(
    parameters.address,
    filters.address,
    images.pixels.address,
    images.size,
    images.type === "float32" ? 1 : 0,
    images.labels?.address ?? 0,
    order?.address ?? 0,
    scratch.address,
    partials?.address ?? 0,
    strideOf(parameters),
    losses?.address ?? 0,
    HEAD[arch].length - 1,
    ...HEAD[arch],
  ));
}

/** Floats from one part's gradients to the next: those that the block of parameters has room for. */
export function strideOf(parameters: Block): number {
  return parameters.bytes / 4;
}
