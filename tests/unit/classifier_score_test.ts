import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { classifierScores } from "../../lib/metrics/classifier_score.ts";

/** Logits of images that are surely the digits given. */
function sure(digits: number[]): Float32Array {
  return Float32Array.from(digits.flatMap((digit) => Array.from({ length: 10 }, (_, j) => j === digit ? 1000 : 0)));
}

Deno.test("classifier score: 10 for all digits alike, 1 for a collapse, and the histogram tells", () => {
  const all = classifierScores(sure([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  assertAlmostEquals(all.classifierScore, 10, 1e-12);
  assertAlmostEquals(all.digitImbalance, 0, 1e-12);
  assertEquals([all.meanConfidence, all.digitHistogram], [1, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]]);

  const collapsed = classifierScores(sure([7, 7, 7, 7]));
  assertAlmostEquals(collapsed.classifierScore, 1, 1e-12);
  assertAlmostEquals(collapsed.digitImbalance, 0.9, 1e-12);
  assertEquals(collapsed.digitHistogram, [0, 0, 0, 0, 0, 0, 0, 4, 0, 0]);
});

Deno.test("classifier score: unsure images score 1", () => {
  const { classifierScore, meanConfidence } = classifierScores(new Float32Array(50));
  assertAlmostEquals(classifierScore, 1, 1e-12);
  assertAlmostEquals(meanConfidence, 0.1, 1e-12);
});

Deno.test("classifier score: numbers computed with NumPy", () => {
  const logits = Float64Array.of(
    2,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    3,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
  );
  const { classifierScore, meanConfidence } = classifierScores(logits);
  assertAlmostEquals(classifierScore, 1.3067729337717233, 1e-14);
  assertAlmostEquals(meanConfidence, 0.399545855202002, 1e-14);
});

Deno.test("classifier score: refuses what are not logits", () => {
  assertThrows(() => classifierScores(new Float32Array(0)), DigitFidError, "0 logits");
  assertThrows(() => classifierScores(new Float32Array(15)), DigitFidError, "15 logits are not 10 an image");
  assertThrows(() => classifierScores(new Float32Array(20).fill(NaN, 13)), DigitFidError, "image 1 is NaN");
});
