/** Where training stands, read back from the GPU. */
import type { AdamState, Network, Trainer } from "../network/network.ts";

/** Adam's state and the parameters: with the seed, all it takes to go on. */
export interface TrainState extends AdamState {
  /** The network's parameters, packed in PyTorch's order and layout. */
  readonly parameters: Float32Array<ArrayBuffer>;
}

/** Reads the state after the steps queued so far. */
export async function readState(network: Network, trainer: Trainer): Promise<TrainState> {
  const [parameters, adam] = await Promise.all([network.parameters(), trainer.state()]);
  return { ...adam, parameters };
}

/** Goes back, or on, to a state. */
export function restoreState(network: Network, trainer: Trainer, state: TrainState): void {
  network.setParameters(state.parameters);
  trainer.restore(state);
}

/** Whether every number is finite: what is not never heals, as Adam carries it on. */
export function isFiniteState({ parameters, firstMoment, secondMoment }: TrainState): boolean {
  return [parameters, firstMoment, secondMoment].every((values) => values.every(Number.isFinite));
}
