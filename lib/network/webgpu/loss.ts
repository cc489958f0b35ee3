/** Whether the GPU was lost. It stands alone, so that what only asks need not load tfjs. */
import { DigitFidError } from "../../errors.ts";

let loss: string | undefined;

/** Notes that the device is gone, and why. */
export function noteLoss(message: string): void {
  loss = message;
}

/**
 * What it means that work on the GPU threw this: a device that is lost (its driver fell over, or was replaced) shows
 * first as some error of whatever was under way, and is reported a little later.
 *
 * @returns a {@linkcode DigitFidError} if the device is lost, the error itself otherwise
 */
export async function explainGpuError(error: unknown): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return loss === undefined ? error : new DigitFidError(`the GPU was lost: ${loss}`, { cause: error });
}
