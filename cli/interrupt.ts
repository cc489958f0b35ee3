/** Ctrl-C and its like. */
import { DigitFidError } from "../lib/errors.ts";

/** The user ended the command before it was done; its exit code is 130. */
export class InterruptedError extends DigitFidError {
  override name = "InterruptedError";
}

/**
 * Waits for work that nobody may have to wait for, such as the reading of a pipe that nobody writes to.
 *
 * @throws InterruptedError as soon as the signal is aborted
 */
export function unlessInterrupted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  const interrupted = new Promise<never>((_, reject) => {
    const end = () => reject(new InterruptedError("interrupted"));
    if (signal.aborted) end();
    signal.addEventListener("abort", end);
  });
  return Promise.race([work, interrupted]);
}

/** Says that the command was started to outlive its terminal; the launcher sees that SIGHUP is ignored, Deno cannot. */
const NOHUP = "DIGIT_FID_NOHUP";

/** What batch systems send before they kill. At SIGUSR1 Deno may open a debugger's port too, and say so. */
const WARNINGS = Deno.build.os === "windows" ? [] : ["SIGUSR1", "SIGUSR2", "SIGXCPU"] as const;

/**
 * A signal that is aborted by SIGINT, SIGTERM, a batch system's warning or a terminal that goes away, so that a task can
 * end in good order.
 * Repeats change nothing: by `deno task` a Ctrl-C comes twice, once from the terminal and once from there.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const { state } = Deno.permissions.querySync({ name: "env", variable: NOHUP });
  const outlives = state === "granted" && Deno.env.get(NOHUP) !== undefined;
  const abort = () => controller.abort();
  for (const name of ["SIGINT", "SIGTERM", ...WARNINGS] as const) Deno.addSignalListener(name, abort);
  Deno.addSignalListener("SIGHUP", outlives ? () => {} : abort); // which Deno itself would end at, ignored or not
  return controller.signal;
}
