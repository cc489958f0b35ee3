/** The training loop. */
import type { LabelledImages } from "./data/images.ts";
import { findDivergence } from "./training/divergence.ts";
import { evaluate } from "./training/evaluate.ts";
import type { AdamState, Network, Trainer } from "./network/network.ts";
import type { TrainOptions } from "./training/options.ts";
import type { EpochRecord } from "./training/record.ts";
import { Random, STREAM } from "./random.ts";
import { isFiniteState, readState, type TrainState } from "./training/state.ts";

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
  /** Continues from Adam's state, which says how many steps were taken; the network holds the weights to it. */
  readonly from?: AdamState;
  /** Ends the run after the steps under way. */
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onStep?: (progress: Progress) => void;
  /** Called after each epoch; training waits for it. */
  readonly onEpoch?: (record: EpochRecord, state: TrainState) => void | Promise<void>;
}

/** What {@linkcode train} leaves, besides the network's new weights. */
export interface TrainResult {
  /** The epochs finished by this call. */
  readonly history: readonly EpochRecord[];
  /** Where the run can go on. */
  readonly state: TrainState;
  /** Whether the signal ended the run early. */
  readonly interrupted: boolean;
}

/**
 * Trains the network on the images: Adam on the mean softmax cross-entropy, a fresh permutation each epoch, dropout on.
 *
 * @throws DivergenceError if the loss or a weight stops being a finite number
 */
export async function train(
  network: Network,
  images: LabelledImages,
  validation: LabelledImages,
  options: TrainOptions,
  control: TrainControl = {},
): Promise<TrainResult> {
  const { epochs, batchSize, seed, logEvery } = options;
  const resident = network.upload(images);
  const trainer = await network.trainer(resident, { ...options, dropout: true });
  const history: EpochRecord[] = [];
  try {
    if (control.from) trainer.restore(control.from);
    let state = await readState(network, trainer);
    const steps = Math.ceil(images.count / batchSize);
    for (
      let epoch = Math.floor(state.step / steps) + 1, first = state.step % steps;
      epoch <= epochs;
      epoch++, first = 0
    ) {
      if (control.signal?.aborted) return { history, state, interrupted: true };
      const began = performance.now();
      const order = new Random(seed, STREAM.shuffle, epoch).permutation(images.count);
      trainer.startEpoch(order);
      const finished = await takeSteps(trainer, images.count, batchSize, { epoch, step: first, steps }, control);
      const loss = await trainer.loss();
      const seconds = (performance.now() - began) / 1000;
      const start = state;
      state = await readState(network, trainer);
      if (!Number.isFinite(loss) || !isFiniteState(state)) {
        throw await findDivergence(network, trainer, { start, order, batchSize, first });
      }
      if (!finished) return { history, state, interrupted: true };

      const measured = epoch % logEvery === 0 || epoch === epochs ? await evaluate(network, validation) : null;
      const [val_loss, val_accuracy] = [measured?.loss ?? null, measured?.accuracy ?? null];
      history.push({ epoch, train_loss: loss, val_loss, val_accuracy, seconds });
      await control.onEpoch?.(history[history.length - 1], state);
    }
    return { history, state, interrupted: false };
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
    await settled; // the steps queued before these, so that the GPU always has some to go on with
    [settled, queued, since] = [trainer.settle(), 0, performance.now()];
    settled.catch(() => {}); // is thrown where it is waited for, unless a step fails before that
    onStep?.({ epoch, step, steps });
  }
  await settled;
  return step === steps;
}
