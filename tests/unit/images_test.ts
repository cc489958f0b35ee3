/** Images are held to what they promise wherever they come in. */
import { assertRejects, assertThrows } from "@std/assert";
import { checkLabelled, type LabelledImages } from "../../lib/data/images.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { loadNetwork } from "../../lib/network/load.ts";
import { train } from "../../lib/train.ts";
import { evaluate } from "../../lib/training/evaluate.ts";

const two: LabelledImages = { count: 2, size: 28, pixels: new Uint8Array(1568), labels: Uint8Array.of(0, 9) };
const WRONG: [change: Partial<LabelledImages>, message: string][] = [
  [{ count: 3 }, "expected 2352 pixels (3 images of 28×28), found 1568"],
  [{ labels: Uint8Array.of(1) }, "expected 2 labels, found 1"],
  [{ labels: Uint8Array.of(1, 10) }, "label 1 is 10, expected 0 to 9"],
  [{ pixels: new Float32Array(1568).fill(NaN, 3) }, "image 0, row 0, column 3 is NaN, expected 0 (black) to 1 (white)"],
];

Deno.test("labelled images: checked where they are trained on and where they are classified", async () => {
  using loaded = await loadNetwork({ threads: 1 });
  const options = { epochs: 1, batchSize: 2, learningRate: 1e-3, seed: 0, logEvery: 1 };
  checkLabelled(two, "x");
  for (const [change, message] of WRONG) {
    const wrong = { ...two, ...change };
    assertThrows(() => checkLabelled(wrong, "x"), DigitFidError, `x: ${message}`);
    if (/expected \d+ (pixels|labels)/.test(message)) {
      assertThrows(() => loaded.network.upload(wrong), DigitFidError, `images: ${message}`);
    }
    await assertRejects(() => evaluate(loaded.network, wrong), DigitFidError, message);
    await assertRejects(() => train(loaded.network, wrong, two, options), DigitFidError, `training images: ${message}`);
    const validation = () => train(loaded.network, two, wrong, options);
    await assertRejects(validation, DigitFidError, `validation images: ${message}`);
  }
});
