/** What runs in each worker thread. Its text is handed to the worker: it uses nothing from outside. */

/** Bytes of the memory below the heap: the job that the threads work on. */
export const JOB_BYTES = 9216;

/**
 * A job in the memory, from address 0: a header and up to 64 phases, done one after the other.
 *
 * ```text
 * int32   0          phases finished so far; threads wait here for the next one
 *         1          1 once a kernel failed: what is left is skipped
 *         16 + 4 p   phase p: index of its kernel, its tasks, tasks handed out, tasks done
 * float64 192 + 14 p phase p: the arguments of its kernel after `task` and `thread`
 * ```
 */
export const JOB = { finished: 0, failed: 1, phases: 16, arguments: 192, mostPhases: 64, mostArguments: 14 } as const;

/** First message to a worker. */
export interface Setup {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  /** The memory that all threads share. */
  readonly memory: WebAssembly.Memory;
  /** Names of the kernels, by index. */
  readonly kernels: readonly string[];
  /** Index of this worker's thread. */
  readonly thread: number;
  /** {@linkcode JOB}. */
  readonly layout: typeof JOB;
}

/** Message that begins a job: its number of phases. The worker answers with `null`, or with what a kernel threw. */
export type Begin = number;

/**
 * The body of a worker: sets up, then does its share of every job.
 *
 * @param receive calls back for each message
 * @param send answers
 */
export function worker(receive: (handle: (message: unknown) => void) => void, send: (message: unknown) => void): void {
  let job: ((phases: number) => string | null) | undefined;
  receive((message) => {
    if (job) return send(job(message as Begin));
    job = prepare(message as Setup);
  });

  function prepare({ module, memory, kernels, thread, layout }: Setup) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const functions = kernels.map((name) => exports[name] as (...numbers: number[]) => void);
    const control = new Int32Array(memory.buffer, 0, layout.phases + 4 * layout.mostPhases);
    const numbers = new Float64Array(memory.buffer, 8 * layout.arguments, layout.mostArguments * layout.mostPhases);
    return (phases: number): string | null => {
      let failure: string | null = null;
      for (let phase = 0; phase < phases; phase++) {
        const place = layout.phases + 4 * phase;
        const tasks = control[place + 1];
        const first = layout.mostArguments * phase;
        const values = numbers.subarray(first, first + layout.mostArguments);
        for (let task = Atomics.add(control, place + 2, 1); task < tasks; task = Atomics.add(control, place + 2, 1)) {
          try {
            if (!Atomics.load(control, layout.failed)) functions[control[place]](task, thread, ...values);
          } catch (error) {
            failure = String(error);
            Atomics.store(control, layout.failed, 1);
          }
          if (Atomics.add(control, place + 3, 1) + 1 < tasks) continue;
          Atomics.store(control, layout.finished, phase + 1);
          Atomics.notify(control, layout.finished);
        }
        waitFor(control, layout.finished, phase + 1);
      }
      return failure;
    };
  }

  /** Until the word has reached the value: a moment awake, as the others are about to finish, then asleep. */
  function waitFor(control: Int32Array, word: number, value: number) {
    for (let turn = 0; turn < 500; turn++) if (Atomics.load(control, word) >= value) return;
    for (;;) {
      const now = Atomics.load(control, word);
      if (now >= value) return;
      Atomics.wait(control, word, now);
    }
  }
}
