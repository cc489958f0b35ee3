/** Latents in the memory of the threads, and rows drawn from them in double precision. */
import type { Block, Phase, Threads } from "../../wasm/threads.ts";
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

/**
 * Does work that keeps things for as long as it lasts; the newest is disposed of first. It stands for `using`, which Node
 * before 24 does not know.
 */
export async function scope<Result>(
  work: (keep: <Item extends Disposable>(item: Item) => Item) => Promise<Result>,
): Promise<Result> {
  const kept: Disposable[] = [];
  try {
    return await work((item) => {
      kept.push(item);
      return item;
    });
  } finally {
    for (const item of kept.reverse()) item[Symbol.dispose]();
  }
}

/** Rows drawn from a set. */
export interface Taken extends Disposable {
  /** Where they are. */
  readonly address: number;
  /** What brings them there: the phase to run first. */
  readonly phase: Phase;
}

/** A set of latents that the threads see. */
export class SharedLatents implements Disposable {
  readonly #block: Block;

  /** Copies latents into the threads' memory, as they are. */
  constructor(
    /** The threads whose memory holds the copy. */
    readonly threads: Threads,
    /** What was copied. */
    readonly latents: Latents,
  ) {
    this.#block = threads.upload(latents.data);
  }

  /** The rows of the given numbers, in that order: `order.length` × stride doubles, there once the phase was done. */
  take(order: Uint32Array): Taken {
    const { threads, latents: { width, data } } = this, stride = strideOf(width);
    const rows = threads.reserve(order.length * stride * 8), numbers = threads.upload(order);
    const phase: Phase = {
      kernel: "gather_rows",
      tasks: tasksOf(order.length),
      args: [
        ...[this.#block.address, Number(data instanceof Float32Array), width],
        ...[numbers.address, order.length, rows.address, stride],
      ],
    };
    const dispose = () => [rows, numbers].forEach((block) => block.free());
    return { address: rows.address, phase, [Symbol.dispose]: dispose };
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.#block.free();
  }
}
