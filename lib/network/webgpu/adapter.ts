/** The GPU that there is, found without loading anything. */

/** An adapter, and what is known of it. */
export interface FoundAdapter {
  /** The adapter's own name, such as `llvmpipe (LLVM 15.0.6, 256 bits)`. */
  readonly name: string;
  /** Whether the adapter is a program on the CPU instead of hardware. */
  readonly software: boolean;
}

/** The adapter that tfjs gets too, if the machine has any. */
export async function findAdapter(): Promise<FoundAdapter | undefined> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return undefined;
  const { description, device, vendor, isFallbackAdapter } = adapter.info;
  const software = isFallbackAdapter ||
    /llvmpipe|lavapipe|swiftshader|warp|basic render/i.test(`${description} ${device}`);
  return { name: description || device || vendor || "unnamed adapter", software };
}

/** The adapter, if it is hardware. */
export async function findHardwareGpu(): Promise<FoundAdapter | undefined> {
  const adapter = await findAdapter();
  return adapter?.software ? undefined : adapter;
}
