/** Where a training stands: with its options, all that it takes to continue as if never stopped. */
import { DigitFidError } from "../errors.ts";
import type { AdamState, Network, Trainer } from "../network/network.ts";
import type { EpochRecord } from "./record.ts";

/**
 * Adam's state, the parameters and the epochs so far. Random numbers have no state but the seed and the step, as they
 * come from a counter.
 */
export interface TrainState extends AdamState {
  /** The network's parameters, packed in PyTorch's order and layout. */
  readonly parameters: Float32Array<ArrayBuffer>;
  /** The epochs finished. */
  readonly history: readonly EpochRecord[];
  /** Sum of the losses, in nats, of the images seen in an unfinished epoch; 0 between epochs. */
  readonly lossSum: number;
  /** Wall-clock time of an unfinished epoch's steps; 0 between epochs. */
  readonly seconds: number;
}

/** Where every training starts from: no step taken. */
export function initialState(parameters: Float32Array<ArrayBuffer>): TrainState {
  const [firstMoment, secondMoment] = [new Float32Array(parameters.length), new Float32Array(parameters.length)];
  return { parameters, step: 0, firstMoment, secondMoment, history: [], lossSum: 0, seconds: 0 };
}

/** Reads the state after the steps queued so far; `history` and `seconds` are the caller's. */
export async function readState(
  network: Network,
  trainer: Trainer,
  { history, seconds }: Pick<TrainState, "history" | "seconds">,
): Promise<TrainState> {
  const [lossSum, parameters, adam] = await Promise.all([trainer.lossSum(), network.parameters(), trainer.state()]);
  return { ...adam, parameters, history, lossSum, seconds };
}

/** Goes back, or on, to a state. */
export function restoreState(network: Network, trainer: Trainer, state: TrainState): void {
  network.setParameters(state.parameters);
  trainer.restore(state);
}

/** Whether every number is finite: what is not never heals, as Adam carries it on. */
export function isFiniteState({ parameters, firstMoment, secondMoment, lossSum }: TrainState): boolean {
  return Number.isFinite(lossSum) &&
    [parameters, firstMoment, secondMoment].every((values) => values.every(Number.isFinite));
}

/**
 * Holds a state against the training that is to continue from it.
 *
 * @param parameters how many the network has
 * @param steps in an epoch
 * @throws DigitFidError if it is of another network, or of another data set or batch size
 */
export function checkState(state: TrainState, parameters: number, steps: number): void {
  const { step, history, lossSum, seconds } = state;
  const fail = (what: string) => {
    throw new DigitFidError(`cannot continue from this state: ${what}`);
  };
  for (const name of ["parameters", "firstMoment", "secondMoment"] as const) {
    const { length } = state[name];
    if (length !== parameters) fail(`${name} has ${length} values, but the network has ${parameters} parameters`);
  }
  if (!isFiniteState(state)) fail("not every number is finite");
  if (!Number.isSafeInteger(step) || step < 0) fail(`step is ${step}`);
  if (history.length !== Math.floor(step / steps)) {
    fail(`${history.length} epochs are finished, but step ${step} lies in epoch ${Math.floor(step / steps) + 1}`);
  }
  if (state.secondMoment.some((value) => value < 0)) fail("a second moment, which is a mean of squares, is negative");
  if (!(lossSum >= 0 && seconds >= 0 && seconds < Infinity)) {
    fail(`an epoch's loss is ${lossSum} and its time ${seconds} s`);
  }
}
