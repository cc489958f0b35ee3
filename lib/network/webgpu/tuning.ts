/** The choices that depend on the adapter, each with its reason; the measurements are in docs/performance.md. */

/** What may differ between adapters. */
export interface Tuning {
  /**
   * Parts of a batch whose weight gradients are summed by separate invocations. Each part costs a write and a read of
   * all parameters; fewer parts leave cores without work.
   */
  readonly chunks: number;
}

/** A CPU's few cores are busy with 32 parts; a GPU needs thousands of invocations. */
export function tuningFor(software: boolean): Tuning {
  return software ? { chunks: 32 } : { chunks: 256 };
}
