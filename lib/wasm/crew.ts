/** Who does the phases of a job: workers over a shared memory, or the caller's own thread. */
import { DigitFidError } from "../errors.ts";
import { compileModule } from "./module.ts";
import { JOB, type Setup, worker } from "./worker.ts";

/** Pages of memory to begin with, and the most there can be. */
const PAGES = { initial: 64, maximum: 65536 };
/** Milliseconds after which workers without work are ended: they would keep a program alive that forgot to close them. */
const IDLE = 500;

/** A kernel called once for each of a number of tasks, which may run at the same time and in any order. */
export interface Phase {
  /** Name of the exported function `kernel(task, thread, ...args)`. */
  readonly kernel: string;
  /** How many tasks: the kernel is called with each `task` from 0 to `tasks - 1`, once. */
  readonly tasks: number;
  /** Further arguments, the same for each task: addresses and numbers, at most 14. */
  readonly args?: readonly number[];
}

/** Does the phases of a job one after the other, each when the one before is finished. */
export interface Crew {
  /** Where the kernels compute. */
  readonly memory: WebAssembly.Memory;
  /** Does a job; the next may be given when it is done. */
  run(phases: readonly Phase[]): Promise<void>;
  /** Keeps the workers where there is no work, too. */
  stay(): void;
  /** Ends the workers. */
  close(): void;
}

/** A promise and what settles it: `Promise.withResolvers`, which Node before 22 does not know. */
export function deferred() {
  let resolve = () => {}, reject = (_reason: unknown) => {};
  const promise = new Promise<void>((yes, no) => [resolve, reject] = [yes, no]);
  return { promise, resolve, reject };
}

function stopped(cause: unknown): DigitFidError {
  return new DigitFidError(`a thread of the CPU kernels stopped: ${cause}`, { cause });
}

/** Kernels on the caller's own thread, which gets a breath every 50 ms. */
export async function startAlone(): Promise<Crew> {
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
    stay() {},
    close() {},
  };
}

/** Kernels on worker threads, which start with the first job and end when there has been none for a while. */
export async function startWorkers(count: number): Promise<Crew> {
  const module = await compileModule(true);
  const memory = new WebAssembly.Memory({ ...PAGES, shared: true });
  const kernels = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function").map(({ name }) => name);
  const control = new Int32Array(memory.buffer, 0, JOB.phases + 4 * JOB.mostPhases);
  const numbers = new Float64Array(memory.buffer, 8 * JOB.arguments, JOB.mostArguments * JOB.mostPhases);
  let workers: AnyWorker[] = [];
  let working = 0;
  let job = deferred();
  let idle: ReturnType<typeof setTimeout> | undefined;
  let stays = false;
  let death: DigitFidError | undefined;

  function begin(): void {
    if (workers.length > 0) return;
    try {
      for (let thread = 0; thread < count; thread++) {
        workers.push(startWorker(answer, die));
        workers[thread].send({ module, memory, kernels, thread, layout: JOB } satisfies Setup);
      }
    } catch (cause) {
      die(cause);
    }
  }
  function close(): void {
    clearTimeout(idle);
    for (const each of workers) each.stop();
    workers = [];
  }
  function die(cause: unknown): void {
    death = stopped(cause);
    job.reject(death);
    close();
  }
  function answer(failure: unknown): void {
    if (failure) return die(failure);
    if (--working > 0) return;
    if (!stays) idle = setTimeout(close, IDLE);
    job.resolve();
  }
  function run(phases: readonly Phase[]): Promise<void> {
    if (phases.length === 0) return Promise.resolve();
    clearTimeout(idle);
    if (!death) begin();
    if (death) return Promise.reject(death);
    job = deferred();
    control.fill(0);
    for (const [i, { kernel, tasks, args = [] }] of phases.entries()) {
      control.set([kernels.indexOf(kernel), tasks], JOB.phases + 4 * i);
      const first = JOB.mostArguments * i;
      numbers.subarray(first, first + JOB.mostArguments).set(args); // refuses more than there is room for
    }
    working = count;
    for (const each of workers) each.send(phases.length);
    return job.promise;
  }
  function stay(): void {
    stays = true;
    clearTimeout(idle);
  }
  job.promise.catch(() => {}); // a death before the first job is reported to the job
  begin();
  idle = setTimeout(close, IDLE);
  return { memory, run, stay, close };
}

/** A worker in Deno, Node or a browser. */
interface AnyWorker {
  send(message: unknown): void;
  stop(): void;
}

/** Whether workers can be had and share memory with this thread: a page must be isolated from other origins. */
export function workersShareMemory(): boolean {
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated ?? true;
  return typeof SharedArrayBuffer !== "undefined" && isolated && (hasWorker() || workerThreads() !== undefined);
}

/** Whether the host has the web's workers: browsers and Deno, in which Node's take three times as long to start. */
function hasWorker(): boolean {
  return typeof Worker !== "undefined";
}

/** Node's module of workers. */
function workerThreads(): typeof import("node:worker_threads") | undefined {
  return globalThis.process?.getBuiltinModule?.("node:worker_threads");
}

/** Starts a worker from its function's text: no file is read, and none of the program's permissions is asked for. */
function startWorker(answer: (message: unknown) => void, die: (cause: unknown) => void): AnyWorker {
  if (hasWorker()) {
    const text = `(${worker})((handle) => onmessage = ({ data }) => handle(data), (message) => postMessage(message))`;
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    const started = new Worker(url, { type: "module" });
    started.onmessage = ({ data }) => answer(data);
    started.onerror = (event) => {
      event.preventDefault();
      die(event.message);
    };
    const stop = () => {
      started.terminate();
      URL.revokeObjectURL(url);
    };
    return { send: (message) => started.postMessage(message), stop };
  }
  const port = `process.getBuiltinModule("node:worker_threads").parentPort`;
  const text = `(${worker})((handle) => ${port}.on("message", handle), (message) => ${port}.postMessage(message))`;
  const started = new (workerThreads()!).Worker(text, { eval: true });
  started.on("message", answer).on("error", die);
  return { send: (message) => started.postMessage(message), stop: () => void started.terminate() };
}
