/** Ctrl-C and its like. */
import { DigitFidError } from "../lib/errors.ts";

/** The user ended the command before it was done; its exit code is 130. */
export class InterruptedError extends DigitFidError {
  override name = "InterruptedError";
}

/**
 * A signal that is aborted by SIGINT or SIGTERM, so that a task can end in good order.
 * Repeats change nothing: by `deno task` a Ctrl-C comes twice, once from the terminal and once from there.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, () => controller.abort());
  return controller.signal;
}
