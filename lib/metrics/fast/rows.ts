/** Latents in the memory of the threads, and rows drawn from them in double precision. */
import type { Block, Threads } from "../../wasm/threads.ts";
import type { Latents } from "../latents.ts";

/** Rows that the kernels take as one task. */
export const TASK_ROWS = 64;

/** How many numbers apart rows are: whole vectors, filled with zeros. */
export function strideOf(width: number): number {
  return Math.ceil(width / 4) * 4;
}

/** Tasks of 64 rows each. */
export function tasksOf(rows: number): number {
  return Math.ceil(rows / TASK_ROWS);
}

/** A set of latents that the threads see. */
export class SharedLatents implements Disposable {
  readonly #threads: Threads;
  readonly #block: Block;
  readonly #single: boolean;

  /** Copies latents into the threads' memory, as they are. */
  constructor(threads: Threads, readonly latents: Latents) {
    this.#threads = threads;
    this.#block = threads.upload(latents.data);
    this.#single = latents.data instanceof Float32Array;
  }

  /** The rows of the given numbers, in that order: a block of `order.length` × stride doubles. */
  async take(order: Uint32Array): Promise<Block> {
    const { width } = this.latents;
    const stride = strideOf(width);
    const rows = this.#threads.allocate(order.length * stride * 8);
    using numbers = this.#threads.upload(order);
    await this.#threads.run({
      kernel: "gather_rows",
      tasks: tasksOf(order.length),
      args: [
        this.#block.address,
        Number(this.#single),
        width,
        numbers.address,
        order.length,
        rows.address,
        stride,
      ],
    });
    return rows;
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.#block.free();
  }
}
