/** What the classifier says about generated images: in which digits they collapse, and how sure it is of them. */
import { DigitFidError } from "../errors.ts";
import { CLASSES } from "../model.ts";
import { exp, log } from "./elementary.ts";
import { firstNotFinite } from "./latents.ts";
import { mean, softmax } from "./numbers.ts";

/** What the logits of generated images tell. */
export interface ClassifierScores {
  /** exp of the mean KL divergence of p(digit | image) from p(digit): 1 (one digit, or all unsure) … 10 (best). */
  readonly classifierScore: number;
  /** How many images the classifier takes for each digit, 0 … 9. */
  readonly digitHistogram: readonly number[];
  /** Total variation between that histogram and the uniform one: 0 (even) … 0.9 (one digit only). */
  readonly digitImbalance: number;
  /** Mean probability of the most likely digit, 0.1 … 1. */
  readonly meanConfidence: number;
}

/**
 * The classifier score, which is the Inception score's formula on this project's classifier, and what it hides: the
 * histogram of digits and the mean confidence. No real images are involved. Source: Salimans et al., "Improved
 * Techniques for Training GANs", NeurIPS 2016, sec. 4; over all images at once, not in ten parts.
 *
 * @param logits N × 10
 * @throws DigitFidError if there are none, their number is no multiple of 10, or one is NaN or infinite
 */
export function classifierScores(logits: Float32Array | Float64Array): ClassifierScores {
  const count = logits.length / CLASSES;
  if (count === 0 || !Number.isInteger(count)) {
    throw new DigitFidError(`${logits.length} logits are not ${CLASSES} an image: check their shape`);
  }
  const bad = firstNotFinite(logits);
  if (bad >= 0) {
    throw new DigitFidError(`a logit of image ${Math.floor(bad / CLASSES)} is ${logits[bad]}: check the image`);
  }

  const marginal = new Array<number>(CLASSES).fill(0), digitHistogram = new Array<number>(CLASSES).fill(0);
  const probabilities: number[] = [];
  let negativeEntropy = 0, confidence = 0; // sums, until the end
  for (let i = 0; i < count; i++) {
    softmax(logits.subarray(i * CLASSES, (i + 1) * CLASSES), probabilities);
    const most = Math.max(...probabilities);
    confidence += most;
    digitHistogram[probabilities.indexOf(most)]++;
    probabilities.forEach((p, digit) => marginal[digit] += p / count);
    negativeEntropy += sumOfLogs(probabilities);
  }
  return {
    // mean KL = mean Σ p log p − Σ marginal log marginal
    classifierScore: exp(negativeEntropy / count - sumOfLogs(marginal)),
    digitHistogram,
    digitImbalance: mean(digitHistogram.map((n) => Math.abs(n / count - 1 / CLASSES))) * CLASSES / 2,
    meanConfidence: confidence / count,
  };
}

/** Σ p log p, where 0 log 0 is 0. */
function sumOfLogs(probabilities: readonly number[]): number {
  return probabilities.reduce((sum, p) => p > 0 ? sum + p * log(p) : sum, 0);
}
