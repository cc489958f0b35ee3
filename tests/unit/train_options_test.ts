/** What the training's door refuses, options out of their ranges and states of another run, and how it finds what went wrong. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import type { Network, Trainer } from "../../lib/network/network.ts";
import { DivergenceError, findDivergence } from "../../lib/training/divergence.ts";
import { checkOptions, type TrainOptions } from "../../lib/training/options.ts";
import { checkState, initialState, type TrainState } from "../../lib/training/state.ts";

const OPTIONS: TrainOptions = { epochs: 1, batchSize: 4, learningRate: 1e-3, seed: 0, logEvery: 1 };

Deno.test("training options: each within its range", () => {
  for (const good of [{}, { seed: 2 ** 32 - 1 }, { learningRate: 1e-30 }, { epochs: 1e6 }]) {
    checkOptions({ ...OPTIONS, ...good });
  }
  for (const name of ["epochs", "batchSize", "logEvery"]) {
    for (const bad of [0, -1, 1.5, NaN, Infinity, "3"]) {
      const message = `${name}: expected an integer of at least 1, found ${bad}`;
      assertThrows(() => checkOptions({ ...OPTIONS, [name]: bad }), DigitFidError, message);
    }
  }
  for (const learningRate of [0, -1e-3, NaN, Infinity]) {
    assertThrows(
      () => checkOptions({ ...OPTIONS, learningRate }),
      DigitFidError,
      "learningRate: expected a number above",
    );
  }
  for (const seed of [-1, 0.5, 2 ** 32, NaN]) {
    assertThrows(() => checkOptions({ ...OPTIONS, seed }), DigitFidError, "seed: expected an integer from 0 to");
  }
});

Deno.test("training state: held against the network and the steps of an epoch", () => {
  const start = initialState(new Float32Array(10));
  const record = { epoch: 1, train_loss: 1, val_loss: null, val_accuracy: null, seconds: 1 };
  const good: Partial<TrainState>[] = [{}, { step: 4, lossSum: 3, seconds: 1 }, { step: 5, history: [record] }];
  for (const state of good) checkState({ ...start, ...state }, 10, 5);
  const bad: [Partial<TrainState>, string][] = [
    [{ parameters: new Float32Array(9) }, "parameters has 9 values, but the network has 10 parameters"],
    [{ firstMoment: new Float32Array(11) }, "firstMoment has 11 values"],
    [{ secondMoment: new Float32Array(10).fill(NaN) }, "not every number is finite"],
    [{ step: -1 }, "step is -1"],
    [{ step: 5 }, "0 epochs are finished, but step 5 lies in epoch 2"],
    [{ step: 4, history: [record] }, "1 epochs are finished, but step 4 lies in epoch 1"],
    [{ seconds: NaN }, "its time NaN s"],
  ];
  for (const [state, message] of bad) {
    const error = assertThrows(() => checkState({ ...start, ...state }, 10, 5), DigitFidError, message);
    assertEquals(error.message.startsWith("cannot continue from this state: "), true);
  }
});

Deno.test("divergence: the step is sought from where the epoch was taken up, and named with its images and the loss", async () => {
  const order = Uint32Array.from({ length: 18 }, (_, i) => 17 - i); // five steps of 4, the last of 2
  const start = { ...initialState(new Float32Array(1)), step: 7, lossSum: 8 };
  const find = async (badStep: number) => {
    let { step, lossSum } = start;
    const trainer = {
      restore: (state: { step: number }) => step = state.step,
      startEpoch: (_: unknown, sum: number) => lossSum = sum,
      step: (_: number, count: number) => (step++, lossSum += 2 * count),
      lossSum: () => Promise.resolve(lossSum),
      state: () => {
        const moment = Float32Array.of(step === badStep ? Infinity : 0);
        return Promise.resolve({ step, firstMoment: moment, secondMoment: moment });
      },
    } as unknown as Trainer;
    const network = {
      setParameters() {},
      parameters: () => Promise.resolve(new Float32Array(1)),
    } as unknown as Network;
    return await findDivergence(network, trainer, { start, order, batchSize: 4 });
  };
  for (const [badStep, images, loss] of [[9, order.slice(12, 16), 24 / 16], [10, order.slice(16), 28 / 18]] as const) {
    const error = await find(badStep);
    assert(error instanceof DivergenceError);
    assertEquals([error.step, error.images, error.loss], [badStep, images, loss]);
  }
  assertStringIncludes((await find(0)).message, "the GPU is not reliable");
});
