/** Training that went wrong: which step did it, and on which images. */
import { DigitFidError } from "../errors.ts";
import type { Network, Trainer } from "../network/network.ts";
import { isFiniteState, readState, restoreState, type TrainState } from "./state.ts";

/** A step made the loss, or what Adam keeps, infinite or no number at all. */
export class DivergenceError extends DigitFidError {
  /** Name of the class. */
  override name = "DivergenceError";

  /**
   * Says where training went wrong.
   *
   * @param step the step, from 1
   * @param images indices of its batch in the training images
   * @param loss mean loss of the epoch up to this step
   */
  constructor(readonly step: number, readonly images: Uint32Array, readonly loss: number) {
    const what = Number.isFinite(loss) ? "a weight is no finite number" : `the training loss is ${loss}`;
    super(`${what} after step ${step}: use a smaller learning rate (images of the step: ${images.join(" ")})`);
  }
}

/** The part of an epoch to search. */
export interface Stretch {
  /** State at its start. */
  readonly start: TrainState;
  /** Order of the images in the epoch. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** Images a step. */
  readonly batchSize: number;
}

/**
 * Finds the step that went wrong by taking the steps once more, reading back after each. Training itself reads the loss
 * once an epoch, which costs less than looking after every step.
 *
 * @returns a {@linkcode DivergenceError}, or another if all is well this time
 */
export async function findDivergence(
  network: Network,
  trainer: Trainer,
  { start, order, batchSize }: Stretch,
): Promise<DigitFidError> {
  restoreState(network, trainer, start);
  trainer.startEpoch(order, start.lossSum);
  const first = start.step % Math.ceil(order.length / batchSize);
  for (let at = first * batchSize; at < order.length; at += batchSize) {
    const images = order.slice(at, at + batchSize);
    trainer.step(at, images.length);
    const state = await readState(network, trainer, start);
    const loss = state.lossSum / (at + images.length);
    if (!isFiniteState(state)) return new DivergenceError(state.step, images, loss);
  }
  return new DigitFidError("the training loss was no finite number, but is one when repeated: the GPU is not reliable");
}
