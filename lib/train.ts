/** The training loop. */
import { checkLabelled, type LabelledImages } from "./data/images.ts";
import { findDivergence } from "./training/divergence.ts";
import { evaluate } from "./training/evaluate.ts";
import { parameterCount } from "./model.ts";
import type { Network, Trainer } from "./network/network.ts";
import { checkOptions, TRAIN_OPTIONS, type TrainOptions } from "./training/options.ts";
import { checkOptionNames, type OptionNames } from "./option_names.ts";
import { Random, STREAM } from "./random.ts";
import { checkState, initialState, isFiniteState, readState, restoreState, type TrainState } from "./training/state.ts";

/** How far a run is. */
export interface Progress {
  /** Number of the epoch, from 1. */
  readonly epoch: number;
  /** Steps of the epoch given to the GPU; the last few may still be under way. */
  readonly step: number;
  /** Steps in an epoch. */
  readonly steps: number;
}

/** How a caller follows, stops and continues a run. */
export interface TrainControl {
  /** Continues from a state that a run with the same options gave; the network takes its parameters. */
  readonly from?: TrainState;
  /** Ends the run after the steps under way. */
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onStep?: (progress: Progress) => void;
  /** Called after each epoch, whose record is the last of the state's history; training waits for it. */
  readonly onEpoch?: (state: TrainState) => void | Promise<void>;
}

const TRAIN_CONTROL: OptionNames<TrainControl> = { from: true, signal: true, onStep: true, onEpoch: true };

/** What {@linkcode train} leaves, besides the network's new weights. */
export interface TrainResult {
  /** Where the run stands, the history of its epochs included, and where it can continue. */
  readonly state: TrainState;
  /** Whether the signal ended the run early. */
  readonly interrupted: boolean;
}

/**
 * Trains the network on the images: Adam on the mean softmax cross-entropy, a fresh permutation each epoch, dropout on.
 *
 * @throws DivergenceError if the loss or a weight stops being a finite number
 * @throws DigitFidError if an option is unknown or out of its range, images are not what they promise, or `from` does not fit
 */
export async function train(
  network: Network,
  images: LabelledImages,
  validation: LabelledImages,
  options: TrainOptions,
  control: TrainControl = {},
): Promise<TrainResult> {
  checkOptionNames(options, TRAIN_OPTIONS, "train");
  checkOptionNames(control, TRAIN_CONTROL, "train's control");
  checkOptions(options);
  checkLabelled(images, "training images");
  checkLabelled(validation, "validation images");
  const { epochs, batchSize, seed, logEvery } = options;
  const steps = Math.ceil(images.count / batchSize);
  let state = control.from ?? initialState(await network.parameters());
  checkState(state, parameterCount(network.arch), steps);
  const resident = network.upload(images);
  const trainer = await network.trainer(resident, { ...options, dropout: true });
  try {
    restoreState(network, trainer, state);
    while (state.history.length < epochs) {
      if (control.signal?.aborted) return { state, interrupted: true };
      const [epoch, first, start, began] = [state.history.length + 1, state.step % steps, state, performance.now()];
      const order = new Random(seed, STREAM.shuffle, epoch).permutation(images.count);
      trainer.startEpoch(order, start.lossSum);
      const finished = await takeSteps(trainer, images.count, batchSize, { epoch, step: first, steps }, control);
      const { history } = start;
      const seconds = start.seconds + (performance.now() - began) / 1000;
      state = await readState(network, trainer, { history, seconds });
      if (!isFiniteState(state)) throw await findDivergence(network, trainer, { start, order, batchSize });
      if (!finished) return { state, interrupted: true };

      const train_loss = state.lossSum / images.count;
      const measured = epoch % logEvery === 0 || epoch === epochs ? await evaluate(network, validation) : null;
      const [val_loss, val_accuracy] = [measured?.loss ?? null, measured?.accuracy ?? null];
      const record = { epoch, train_loss, val_loss, val_accuracy, seconds };
      state = { ...state, history: [...history, record], lossSum: 0, seconds: 0 };
      await control.onEpoch?.(state);
    }
    return { state, interrupted: false };
  } finally {
    trainer.dispose();
    resident.dispose();
  }
}

/** Steps queued, or milliseconds gone by, before the loop waits for the GPU: a wait costs Deno 10 ms, which must hide. */
const QUEUE = { steps: 8, milliseconds: 100 };

/** The steps of an epoch from `step` on; false if the signal ended them early. */
async function takeSteps(
  trainer: Trainer,
  count: number,
  batchSize: number,
  { epoch, step, steps }: Progress,
  { signal, onStep }: TrainControl,
): Promise<boolean> {
  let [settled, queued, since] = [Promise.resolve(), 0, performance.now()];
  while (step < steps && !signal?.aborted) {
    const start = batchSize * step++;
    trainer.step(start, Math.min(batchSize, count - start));
    if (++queued < QUEUE.steps && performance.now() - since < QUEUE.milliseconds && step < steps) continue;
    await settled; // the steps queued before these, so that the GPU always has some left to do
    [settled, queued, since] = [trainer.settle(), 0, performance.now()];
    settled.catch(() => {}); // is thrown where it is waited for, unless a step fails before that
    onStep?.({ epoch, step, steps });
  }
  await settled;
  return step === steps;
}
