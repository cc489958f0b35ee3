/** What the training's door refuses: options out of their ranges, and states of another run. */
import { assertEquals, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
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
