/** The recipe of a training. */
import { DigitFidError } from "../errors.ts";
import type { OptionNames } from "../option_names.ts";

/** The recipe; the same one on the same adapter gives the same weights, bit for bit. */
export interface TrainOptions {
  /** Passes over the training images in all, those before a resumed run's start included. */
  readonly epochs: number;
  /** Images a step; the short last batch of an epoch is kept. */
  readonly batchSize: number;
  /** Adam's learning rate. */
  readonly learningRate: number;
  /** Seeds the order of the images and the dropout masks: an integer from 0 to 2³² - 1. */
  readonly seed: number;
  /** Validate every so many epochs, and after the last. */
  readonly logEvery: number;
}

/** Their names. */
export const TRAIN_OPTIONS: OptionNames<TrainOptions> = {
  epochs: true,
  batchSize: true,
  learningRate: true,
  seed: true,
  logEvery: true,
};

/**
 * Holds options against their ranges.
 *
 * @throws DigitFidError if one is out of its range
 */
export function checkOptions({ epochs, batchSize, learningRate, seed, logEvery }: TrainOptions): void {
  checkCounts({ epochs, batchSize, logEvery });
  check("learningRate", learningRate, "a number above 0", learningRate > 0 && Number.isFinite(learningRate));
  check("seed", seed, "an integer from 0 to 4294967295", seed === seed >>> 0);
}

/**
 * Holds numbers of things against what they can be.
 *
 * @throws DigitFidError if one is no integer, or below 1
 */
export function checkCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    check(name, value, "an integer of at least 1", Number.isSafeInteger(value) && value >= 1);
  }
}

function check(name: string, value: number, expected: string, good: boolean): void {
  if (!good) throw new DigitFidError(`${name}: expected ${expected}, found ${value}`);
}
