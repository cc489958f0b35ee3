/** Threads that run the kernels of the module over one memory. See README.md for how kernels are written for them. */
import { DigitFidError } from "../errors.ts";
import { type Block, Heap } from "./memory.ts";
import { compileModule } from "./module.ts";
import { JOB, JOB_BYTES, type Setup, worker } from "./worker.ts";

export { Block } from "./memory.ts";

/** More threads than this gain nothing: a batch of 256 has 16 parts. */
const MOST_THREADS = 16;
/** Pages of memory to begin with, and the most there can be. */
const PAGES = { initial: 64, maximum: 65536 };

/** A kernel called once for each of a number of tasks, which may run at the same time and in any order. */
export interface Phase {
  /** Name of the exported function `kernel(task, thread, ...args)`. */
  readonly kernel: string;
  /** How many tasks: the kernel is called with each `task` from 0 to `tasks - 1`, once. */
  readonly tasks: number;
  /** Further arguments, the same for each task: addresses and numbers, at most 12. */
  readonly args?: readonly number[];
}

/** A promise and what settles it: `Promise.withResolvers`, which Node before 22 does not know. */
function deferred() {
  let resolve = () => {}, reject = (_reason: unknown) => {};
  const promise = new Promise<void>((yes, no) => [resolve, reject] = [yes, no]);
  return { promise, resolve, reject };
}

/** What waits for its turn: phases for the threads, or something that the host does when they are idle. */
interface Item {
  readonly phases: readonly Phase[];
  readonly action?: () => void;
  readonly done: ReturnType<typeof deferred>;
}

/** Does the phases of a job one after the other, each when the one before is finished. */
interface Crew {
  readonly memory: WebAssembly.Memory;
  run(phases: readonly Phase[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * A number of threads and the memory they share. Queued work is done in order, and no result depends on how many
 * threads there are, as a task writes only what is its own.
 *
 * @example Sixteen tasks of a kernel, and then one that reads what they wrote
 * ```ts ignore
 * await using threads = await openThreads();
 * using sums = threads.allocate(16 * 4);
 * await threads.run(
 *   { kernel: "sum_part", tasks: 16, args: [sums.address, 1000] },
 *   { kernel: "sum_all", tasks: 1, args: [sums.address] },
 * );
 * console.log(sums.view(Float32Array)[0]);
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

  /** A block with a copy of the values, longer by zeros to the next multiple of 64 bytes. */
  upload(values: Uint8Array | Float32Array | Float64Array | Uint32Array | Int32Array): Block {
    const block = this.allocate(values.byteLength);
    block.view(Uint8Array).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
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
      queueMicrotask(() => this.#work()); // what is queued in one go becomes one job
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
 * @param count how many; unless told one for each processor, at most 16. It is 1 where the host has no threads or no
 * shared memory (a page that is not cross-origin isolated): the work is then done by the caller's own thread
 * @throws DigitFidError if the host has no WebAssembly with SIMD
 */
export function openThreads(count?: number): Promise<Threads> {
  const wanted = canShare() ? count ?? Math.min(processors(), MOST_THREADS) : 1;
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

/** Whether workers can be had and share memory. */
function canShare(): boolean {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated ?? true;
  return typeof SharedArrayBuffer !== "undefined" && (workerThreads() !== undefined || isolated);
}

/** How many threads can run at once; Node 20 has no `navigator`. */
function processors(): number {
  const { navigator, process } = globalThis;
  return navigator?.hardwareConcurrency ?? process?.getBuiltinModule?.("node:os").availableParallelism() ?? 1;
}

/** Node's and Deno's module of workers; browsers have workers of their own. */
function workerThreads(): typeof import("node:worker_threads") | undefined {
  return globalThis.process?.getBuiltinModule?.("node:worker_threads");
}

/** Kernels on the caller's own thread, which gets a breath every 50 ms. */
async function startAlone(): Promise<Crew> {
  const module = await compileModule(false);
  const memory = new WebAssembly.Memory(PAGES);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return {
    memory,
    async run(phases) {
      let since = performance.now();
      for (const { kernel, tasks, args = [] } of phases) {
        const call = exports[kernel] as (...numbers: number[]) => void;
        for (let task = 0; task < tasks; task++) {
          try {
            call(task, 0, ...args);
          } catch (cause) {
            throw stopped(cause);
          }
          if (performance.now() - since < 50) continue;
          await new Promise((wake) => setTimeout(wake, 0));
          since = performance.now();
        }
      }
    },
    close: () => Promise.resolve(),
  };
}

function stopped(cause: unknown): DigitFidError {
  return new DigitFidError(`a thread of the CPU kernels stopped: ${cause}`, { cause });
}

async function startWorkers(count: number): Promise<Crew> {
  const module = await compileModule(true);
  const memory = new WebAssembly.Memory({ ...PAGES, shared: true });
  const kernels = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function").map(({ name }) => name);
  const control = new Int32Array(memory.buffer, 0, JOB.phases + 4 * JOB.mostPhases);
  const numbers = new Float64Array(memory.buffer, 8 * JOB.arguments, JOB.mostArguments * JOB.mostPhases);
  let job = deferred();
  let working = 0;
  const die = (cause: unknown) => job.reject(stopped(cause));
  const answer = (failure: unknown) => {
    if (failure) die(failure);
    if (--working > 0) return;
    for (const each of workers) each.hold(false); // idle threads keep no program alive
    job.resolve();
  };
  const workers = Array.from({ length: count }, (_, thread) => {
    const each = startWorker(answer, die);
    each.send({ module, memory, kernels, thread, layout: JOB } satisfies Setup);
    each.hold(false);
    return each;
  });

  function run(phases: readonly Phase[]): Promise<void> {
    job = deferred();
    if (phases.length === 0) return Promise.resolve();
    control.fill(0);
    for (const [i, { kernel, tasks, args = [] }] of phases.entries()) {
      control.set([kernels.indexOf(kernel), tasks], JOB.phases + 4 * i);
      numbers.set(args, JOB.mostArguments * i);
    }
    working = count;
    for (const each of workers) each.hold(true), each.send(phases.length);
    return job.promise;
  }
  return { memory, run, close: async () => void await Promise.all(workers.map((each) => each.stop())) };
}

/** A worker in Deno, Node or a browser. */
interface AnyWorker {
  send(message: unknown): void;
  /** Whether the program stays alive for it. */
  hold(held: boolean): void;
  stop(): Promise<unknown>;
}

/** Starts a worker from its function's text: no file is read, and none of the program's permissions is asked for. */
function startWorker(answer: (message: unknown) => void, die: (cause: unknown) => void): AnyWorker {
  const node = workerThreads();
  if (node) {
    const port = `process.getBuiltinModule("node:worker_threads").parentPort`;
    const text = `(${worker})((handle) => ${port}.on("message", handle), (message) => ${port}.postMessage(message))`;
    const started = new node.Worker(text, { eval: true });
    started.on("message", answer).on("error", die);
    return {
      send: (message) => started.postMessage(message),
      hold: (held) => held ? started.ref() : started.unref(),
      stop: () => started.terminate(),
    };
  }
  const text = `(${worker})((handle) => onmessage = ({ data }) => handle(data), (message) => postMessage(message))`;
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const started = new Worker(url);
  started.onmessage = ({ data }) => answer(data);
  started.onerror = ({ message }) => die(message);
  return {
    send: (message) => started.postMessage(message),
    hold: () => {}, // a page lives as long as it is open
    stop: () => Promise.resolve(started.terminate()),
  };
}
