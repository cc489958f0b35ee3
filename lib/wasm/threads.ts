/** Threads that run the kernels of the module over one memory. See README.md for how kernels are written for them. */
import { type Crew, deferred, type Phase, startAlone, startWorkers, workersShareMemory } from "./crew.ts";
import { type Block, Heap } from "./memory.ts";
import { JOB, JOB_BYTES } from "./worker.ts";

export type { Phase } from "./crew.ts";
export { Block } from "./memory.ts";

/** More threads than this gain nothing: a batch of 256 has 16 parts. */
const MOST_THREADS = 16;

/** What waits for its turn: phases for the threads, or something that the host does when they are idle. */
interface Item {
  readonly phases: readonly Phase[];
  readonly action?: () => void;
  readonly done: ReturnType<typeof deferred>;
}

/**
 * A number of threads and the memory they share. Queued work is done in order, and no result depends on how many
 * threads there are, as a task writes only what is its own.
 *
 * @example Three rows of 128 numbers added up, 64 columns a task
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openThreads } from "./threads.ts";
 *
 * await using threads = await openThreads(2);
 * using rows = threads.upload(new Float32Array(3 * 128).fill(2));
 * using sum = threads.allocate(128 * 4);
 * await threads.run({ kernel: "sum_parts", tasks: 2, args: [rows.address, 3, 128, sum.address] });
 * assertEquals(sum.view(Float32Array)[127], 6);
 * ```
 */
export class Threads implements AsyncDisposable {
  #crew: Crew;
  #heap: Heap;
  #queue: Item[] = [];
  #working = false;
  #failure: unknown;
  #close: () => Promise<void>;

  /** @internal */
  constructor(
    crew: Crew,
    /** How many threads there are. */
    readonly count: number,
    close: () => Promise<void>,
  ) {
    this.#crew = crew;
    this.#heap = new Heap(crew.memory, JOB_BYTES);
    this.#close = close;
  }

  /**
   * A block of zeros in the memory that the kernels see.
   *
   * @throws DigitFidError if there is no memory left
   */
  allocate(bytes: number): Block {
    return this.#heap.allocate(bytes);
  }

  /**
   * A block of whatever was there before, which costs no time: for what is written whole before it is read.
   *
   * @throws DigitFidError if there is no memory left
   */
  reserve(bytes: number): Block {
    return this.#heap.reserve(bytes);
  }

  /** A block with a copy of the values, longer by zeros to the next multiple of 64 bytes. */
  upload(values: Uint8Array | Float32Array | Float64Array | Uint32Array | Int32Array): Block {
    const { byteLength } = values, block = this.reserve(byteLength), bytes = block.view(Uint8Array);
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, byteLength));
    bytes.fill(0, byteLength);
    return block;
  }

  /**
   * Queues phases; each begins when all tasks of the one before are done.
   *
   * @returns settles when the last is done
   * @throws DigitFidError (rejects) if a thread died, now or earlier
   */
  run(...phases: Phase[]): Promise<void> {
    return this.#enqueue({ phases, done: deferred() });
  }

  /** Queues something that the host does with the memory after all work queued before, and before all after it. */
  between(action: () => void): Promise<void> {
    return this.#enqueue({ phases: [], action, done: deferred() });
  }

  #enqueue(item: Item): Promise<void> {
    item.done.promise.catch(() => {}); // whoever waits for it, or for what is queued after it, hears of it
    this.#queue.push(item);
    if (!this.#working) {
      this.#working = true;
      this.#work(); // at once, as the host may have long work to do; what is queued meanwhile becomes one job
    }
    return item.done.promise;
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0) {
      const items = this.#nextJob();
      try {
        if (this.#failure) throw this.#failure;
        await this.#crew.run(items.flatMap(({ phases }) => phases).filter(({ tasks }) => tasks > 0));
        for (const { action } of items) action?.();
        for (const { done } of items) done.resolve();
      } catch (error) {
        this.#failure ??= error;
        for (const { done } of items) done.reject(error);
      }
    }
    this.#working = false;
  }

  /** The items that make the next job: as many phases as fit, and nothing after an action. */
  #nextJob(): Item[] {
    let [length, phases] = [0, 0];
    while (length < this.#queue.length) {
      phases += this.#queue[length].phases.length;
      if (length > 0 && phases > JOB.mostPhases) break;
      if (this.#queue[length++].action) break;
    }
    return this.#queue.splice(0, length);
  }

  /**
   * Keeps the workers until they are closed. Otherwise they end half a second after the last work, so that they keep no
   * program alive that forgot to close them, and start again with the next, which takes some 50 ms.
   */
  stay(): void {
    this.#crew.stay();
  }

  /** Ends the threads when the last user of them has closed them. */
  close(): Promise<void> {
    return this.#close();
  }

  /** {@linkcode close} at the end of the scope (`await using`). */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The threads that are open, by their number, and how many use them. */
const open = new Map<number, { threads: Promise<Threads>; users: number }>();

/**
 * Starts threads, or takes part in those already running; close them after use.
 *
 * @param count how many; unless given one for each processor, at most 16. It is 1 where the host has no threads or no
 * shared memory (a page that is not cross-origin isolated): the work is then done by the caller's own thread
 * @throws DigitFidError if the host has no WebAssembly with SIMD
 */
export function openThreads(count?: number): Promise<Threads> {
  const wanted = workersShareMemory() ? count ?? usualThreads() : 1;
  const entry = open.get(wanted) ?? { threads: start(wanted), users: 0 };
  open.set(wanted, entry);
  entry.users++;
  entry.threads.catch(() => open.delete(wanted));
  return entry.threads;
}

async function start(count: number): Promise<Threads> {
  const crew = count === 1 ? await startAlone() : await startWorkers(count);
  return new Threads(crew, count, async () => {
    const entry = open.get(count)!;
    if (--entry.users > 0) return;
    open.delete(count);
    await crew.close();
  });
}

/** Threads unless given: one for each processor, at most 16. Node 20 has no `navigator`. */
export function usualThreads(): number {
  const { navigator, process } = globalThis;
  const processors = navigator?.hardwareConcurrency ?? process?.getBuiltinModule?.("node:os").availableParallelism();
  return Math.min(processors ?? 1, MOST_THREADS);
}
