/** Whether a set copies the one that it was trained on: numbers from the distances to nearest training images. */
import { median } from "./numbers.ts";

/** Cells in which few images are generated tell nothing: this share of them is too few. */
const LEAST_SHARE = 20 / 2000;
/** Share of fresh digits that are nearer than what counts as near. */
const NEAR = 0.001;

/**
 * C_T: how much farther than fresh images generated ones are from the training set, in standard errors of a rank test in
 * each cell, weighted by the cell's share of fresh images: far below 0 for copies, above 0 for images unlike any other.
 * Source: Meehan, Chaudhuri & Dasgupta, "A Non-Parametric Test to Detect Data-Copying in Generative Models", AISTATS 2020,
 * sec. 3; the rank test with a correction for continuity, as their program has it.
 *
 * @param cells for each cell distances to the nearest training image in the same cell
 * @returns undefined if no cell has images enough
 */
export function copyingTest(
  cells: readonly { readonly fake: Float64Array; readonly fresh: Float64Array }[],
): number | undefined {
  const generated = cells.reduce((sum, { fake }) => sum + fake.length, 0);
  let [total, weight] = [0, 0];
  for (const { fake, fresh } of cells) {
    if (fake.length === 0 || fresh.length === 0 || fake.length < LEAST_SHARE * generated) continue;
    total += fresh.length * rankTest(fake, fresh);
    weight += fresh.length;
  }
  return weight > 0 ? total / weight : undefined;
}

/** Mann and Whitney's U, standardised: above 0 where the first values are the larger ones; ties count half. */
export function rankTest(a: Float64Array, b: Float64Array): number {
  const [x, y] = [a, b].map((values) => values.slice().sort());
  let [larger, below, upTo] = [0, 0, 0];
  for (const value of x) {
    while (below < y.length && y[below] < value) below++;
    while (upTo < y.length && y[upTo] <= value) upTo++;
    larger += (below + upTo) / 2;
  }
  const pairs = x.length * y.length;
  return (larger - (pairs / 2 - 0.5)) / Math.sqrt(pairs * (x.length + y.length + 1) / 12);
}

/**
 * AuthPct: percent of images whose nearest training image has another training image still nearer to itself.
 * Source: Alaa et al., "How Faithful is your Synthetic Data?", ICML 2022, sec. 2.3, as Stein et al., "Exposing flaws of
 * generative model evaluation metrics", NeurIPS 2023, compute it.
 *
 * @param distances from each image to its nearest training image
 * @param among from that training image to its own nearest other one
 */
export function authenticPercent(distances: Float64Array, among: Float64Array): number {
  return 100 * distances.reduce((sum, distance, i) => sum + Number(distance > among[i]), 0) / distances.length;
}

/** How many images lie suspiciously near to others. */
export interface NearCount {
  /** Nearer than all but 0.1 % of fresh images are. */
  readonly count: number;
  /** How many there would be by chance. */
  readonly byChance: number;
  /** What counts as near: a distance in the latent space. */
  readonly distance: number;
  /** Whether that is clearly more than chance: by four standard deviations and three images. */
  readonly isMore: boolean;
}

/** Counts images that are nearer to others than nearly all fresh images are. */
export function countNear(fake: Float64Array, fresh: Float64Array): NearCount {
  const sorted = fresh.slice().sort(), place = Math.max(1, Math.floor(NEAR * fresh.length));
  const distance = sorted[Math.min(place, sorted.length - 1)];
  const byChance = fake.length * place / fresh.length;
  const count = fake.filter((value) => value < distance).length;
  const deviation = Math.sqrt(byChance * (1 + byChance / place)); // of both counts
  return { count, byChance, distance, isMore: count > byChance + Math.max(3, 4 * deviation) };
}

/** Median distance to training images, by that of fresh images: 1 for images that are as near as fresh ones. */
export function nearnessRatio(fake: Float64Array, fresh: Float64Array): number {
  return median([...fake]) / median([...fresh]);
}
