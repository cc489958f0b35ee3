/** Training: it learns, is the same for the same seed, can be left and taken up again, and says where it went wrong. */
import { assert, assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { limit } from "../../lib/data/images.ts";
import { DivergenceError } from "../../lib/training/divergence.ts";
import { evaluate } from "../../lib/training/evaluate.ts";
import { initialParameters } from "../../lib/model.ts";
import type { Kernels } from "../../lib/network/network.ts";
import { Random, STREAM } from "../../lib/random.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import type { TrainState } from "../../lib/training/state.ts";
import { train, type TrainControl, type TrainResult } from "../../lib/train.ts";
import { mnist } from "./mnist.ts";
import { referenceTensors, withNetwork } from "./support.ts";

/** Five steps an epoch, the last one short. */
const IMAGES = 36;
const OPTIONS: TrainOptions = { epochs: 3, batchSize: 8, learningRate: 0.003, seed: 5, logEvery: 2 };

/** Trains `linear` on the first real images, from where learning is fast already; its result and final parameters. */
async function trained(kernels: Kernels, options: TrainOptions, control?: TrainControl) {
  let result: TrainResult & { parameters: Float32Array } | undefined;
  await withNetwork("linear", kernels, await referenceTensors("linear", "step200"), async (network) => {
    const images = limit(await mnist("train"), IMAGES);
    const { state, interrupted } = await train(network, images, images, options, control);
    result = { state, interrupted, parameters: await network.parameters() };
  });
  assert(result);
  return result;
}

/** A state but for the time that its epochs took. */
const withoutTimes = ({ history, ...state }: TrainState) => ({
  ...state,
  history: history.map(({ seconds: _, ...record }) => record),
});

/**
 * Defines the tests.
 *
 * @param held how much the kernels hold that has to be freed: tensors, say
 */
export function testTraining(kernels: Kernels, held: () => number): void {
  Deno.test(`${kernels}: training lowers the loss, leaks nothing, and is the same for the same seed`, async () => {
    const holding: number[] = [], states: TrainState[] = [];
    const onEpoch = (state: TrainState) => {
      holding.push(held());
      states.push(state);
    };
    const first = await trained(kernels, OPTIONS, { onEpoch });
    const losses = first.state.history.map((record) => record.train_loss);
    assert(losses[2] < losses[1] && losses[1] < losses[0], `${losses}`);
    assertEquals(first.state.history.map((record) => record.val_accuracy !== null), [false, true, true]);
    assertEquals(holding.length, 3);
    assertEquals(holding[2], holding[0]);

    assertEquals(first.parameters, states[2].parameters);
    const [same, other] = [
      await trained(kernels, { ...OPTIONS, epochs: 1 }),
      await trained(kernels, { ...OPTIONS, epochs: 1, seed: 6 }),
    ];
    const { parameters, firstMoment, secondMoment } = states[0];
    assertEquals(same.parameters, parameters);
    assertEquals([same.state.firstMoment, same.state.secondMoment], [firstMoment, secondMoment]);
    assertNotEquals(other.state.history[0].train_loss, first.state.history[0].train_loss);
  });

  Deno.test(`${kernels}: an interrupted run that goes on ends where one without a break does`, async () => {
    // Nine steps an epoch: the loop looks up from its queue of eight before the end.
    const options = { ...OPTIONS, epochs: 2, batchSize: 4 };
    const stop = new AbortController();
    const part = await trained(kernels, options, {
      signal: stop.signal,
      onStep: ({ epoch, step }) => epoch === 2 && step >= 1 && stop.abort(),
    });
    assert(part.interrupted);
    assert(part.state.step > 9 && part.state.step < 18, "it ends in the second epoch");
    assert(part.state.lossSum > 0 && part.state.seconds > 0);
    const rest = await trained(kernels, options, { from: part.state });
    const whole = await trained(kernels, options);
    assert(!rest.interrupted && !whole.interrupted);
    assertEquals(withoutTimes(rest.state), withoutTimes(whole.state));
    assert(rest.state.history[1].seconds > part.state.seconds, "the time before the break counts");
    assertEquals(rest.parameters, whole.parameters);
  });

  Deno.test(`${kernels}: a loss that is no number any more ends the run with an error`, async () => {
    const error = await assertRejects(() => trained(kernels, { ...OPTIONS, learningRate: 1e30 }), DivergenceError);
    assertStringIncludes(error.message, "use a smaller learning rate");
    // The first step sends all weights far off; the second's activations overflow.
    assertEquals(error.step, 2);
    const order = new Random(OPTIONS.seed, STREAM.shuffle, 1).permutation(IMAGES);
    assertEquals(error.images, order.slice(8, 16));
  });

  Deno.test(`${kernels}: evaluation counts what it predicts`, async () => {
    const images = limit(await mnist("test"), 100);
    await withNetwork("mlp", kernels, initialParameters("mlp", 0), async (network) => {
      const { accuracy, confusion, digitAccuracy, predictions } = await evaluate(network, images);
      const right = predictions.filter((digit, i) => digit === images.labels[i]).length;
      assertEquals(accuracy, right / 100);
      assertEquals(confusion.flat().reduce((a, b) => a + b), 100);
      for (let digit = 0; digit < 10; digit++) {
        const shown = predictions.filter((_, i) => images.labels[i] === digit);
        assertEquals(confusion[digit], Array.from({ length: 10 }, (_, p) => shown.filter((q) => q === p).length));
        assertEquals(digitAccuracy[digit], shown.filter((p) => p === digit).length / shown.length);
      }
    });
  });
}
