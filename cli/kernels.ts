/** What computes the network: the flags that say so, and the choice where they leave it open. */
import { KERNELS, type Kernels, kernelsNamed } from "../lib/network/network.ts";
import { findHardwareGpu } from "../lib/network/webgpu/adapter.ts";
import { usualThreads } from "../lib/wasm/threads.ts";
import { choice, type Flag, integer, type Values } from "./flags.ts";
import type { Output } from "./output.ts";

/** Kernels by name, or whichever suit the command and the machine. */
type Choice = Kernels | "auto";

/** What computes the network, and on how many threads. */
export const KERNELS_FLAGS: { kernels: Flag<Choice>; threads: Flag<number | undefined> } = {
  kernels: {
    ...choice<Choice>("what computes: WebAssembly, our own WGSL, or tfjs's operations", "auto", ["auto", ...KERNELS]),
    read: (text) => text === "auto" ? text : kernelsNamed(text),
  },
  threads: integer("threads of the cpu kernels (one a processor, at most 16)", undefined, { min: 1, max: 16 }),
};

/** What a command wants of its kernels: the quickest there are, or the same bits on every machine. */
export type Wish = "speed" | "sameness";

/** What computes a command's network. */
export interface Computing {
  /** The kernels. */
  readonly kernels: Kernels;
  /** Threads of the CPU kernels; one a processor if not given. */
  readonly threads?: number;
}

/** Settles what computes, and says it with the reason: the first line of every command that computes. */
export async function chooseKernels(
  { kernels, threads }: Values<typeof KERNELS_FLAGS>,
  output: Output,
  wish: Wish,
): Promise<Computing> {
  const [chosen, reason] = kernels === "auto" ? await automatic(wish) : [kernels, "as asked for"];
  output.note(`${await describe(chosen, threads)}: ${reason}`);
  return { kernels: chosen, threads };
}

async function automatic(wish: Wish): Promise<[Kernels, reason: string]> {
  if (wish === "sameness") return ["cpu", "a score is the same number on every machine"];
  return await findHardwareGpu() ? ["webgpu", "there is a GPU"] : ["cpu", "there is no GPU"];
}

async function describe(kernels: Kernels, threads = usualThreads()): Promise<string> {
  if (kernels === "cpu") return `cpu kernels (WebAssembly, ${threads} thread${threads === 1 ? "" : "s"})`;
  const { openGpu } = await import("../lib/network/webgpu/gpu.ts"); // tfjs takes half a second to load
  return `${kernels} kernels (${(await openGpu()).description})`;
}
