/** What a score of the reference network means: what real digits score, and which corruption is as far. */
import type { Split } from "../data/mnist.ts";
import type { NetworkIdentity } from "../network/identity.ts";
import { REFERENCE_IDENTITY } from "../network/reference.ts";
import type { Metrics } from "./fields.ts";

/** Metrics that real digits have a floor of. */
export const FLOOR_METRICS = [
  ...["digitDistance", "fid", "fidInfinity", "kid"] as const,
  ...["precision", "recall", "density", "coverage"] as const,
];

/** One of {@linkcode FLOOR_METRICS}. */
export type FloorMetric = typeof FLOOR_METRICS[number];

/** Distances that the ladder of corruptions has. */
export const LADDER_METRICS = ["digitDistance", "fid"] as const;

/** One of {@linkcode LADDER_METRICS}. */
export type LadderMetric = typeof LADDER_METRICS[number];

/** What a metric comes to: its mean, and its standard deviation from set to set. */
export type Spread = readonly [mean: number, deviation: number];

/** What so many real digits, which the other set does not hold, score. */
export type Floor = { readonly images: number } & { readonly [Metric in FloorMetric]: Spread };

/** A corruption, and how far each of its strengths is beyond the floor. */
export interface Ladder {
  /** Its name among the `CORRUPTIONS`. */
  readonly corruption: string;
  /** From weak to strong. */
  readonly rungs: readonly ({ readonly strength: number } & { readonly [Metric in LadderMetric]: number })[];
}

/** What a network's scores mean; fitted once, by `deno task calibrate`. */
export interface Calibration {
  /** The network. */
  readonly network: NetworkIdentity;
  /** SHA-256 of MNIST's images, as a score names them. */
  readonly images: { readonly [Name in Split]: string };
  /** Floors against each whole split by the number of generated images, ascending. */
  readonly floors: { readonly [Name in Split]: readonly Floor[] };
  /** Ladders against the test images. */
  readonly ladders: readonly Ladder[];
}

/** The calibration that comes with the code, if it is for this network: only the reference network has one. */
export async function calibrationOf(network: NetworkIdentity): Promise<Calibration | undefined> {
  if (network.sha256 !== REFERENCE_IDENTITY.sha256) return undefined;
  const { default: text } = await import("../../weights/reference_calibration.ts");
  return JSON.parse(text);
}

/**
 * What as many real digits score: between the sizes that were tried, means on a line in 1/N (as the bias of a Fréchet
 * distance falls), deviations on a line of logarithms. Nothing for fewer images than were tried.
 */
export function floorOf(floors: readonly Floor[], metric: FloorMetric, images: number): Spread | undefined {
  if (floors.length < 2 || images < floors[0].images) return undefined;
  const above = floors.findIndex((floor, i) => i > 0 && floor.images >= images);
  const [a, b] = floors.slice(above < 0 ? -2 : above - 1).slice(0, 2);
  const between = (scale: (images: number) => number) =>
    (scale(images) - scale(a.images)) / (scale(b.images) - scale(a.images));
  const [[meanA, deviationA], [meanB, deviationB]] = [a[metric], b[metric]];
  const mean = meanA + (meanB - meanA) * between((count) => 1 / count);
  return [mean, deviationA * (deviationB / deviationA) ** between(Math.log)];
}

/**
 * How strong a corruption is as far beyond the floor as this. Both distances are squared ones, so between two strengths
 * their roots are taken to lie on a line.
 *
 * @returns a strength; 0 at the floor, infinity beyond the strongest that was tried
 */
export function strengthAt({ rungs }: Ladder, metric: LadderMetric, beyondFloor: number): number {
  const root = Math.sqrt(Math.max(0, beyondFloor));
  let below = { strength: 0, root: 0 };
  for (const rung of rungs) {
    const at = { strength: rung.strength, root: Math.sqrt(Math.max(0, rung[metric])) };
    if (at.root >= root) {
      const share = at.root > below.root ? (root - below.root) / (at.root - below.root) : 0;
      return below.strength + share * (at.strength - below.strength);
    }
    if (at.root > below.root) below = at;
  }
  return Infinity;
}

/** A distance set beside what is known: fields of a score in JSON. */
export interface Meaning {
  /** What as many real digits score, by metric. */
  readonly floors: { readonly [Metric in FloorMetric]?: Spread };
  /** For each distance the strength of each corruption that is as far; infinity where none that was tried is. */
  readonly like: { readonly [Metric in LadderMetric]?: Readonly<Record<string, number>> };
}

/** How a score was made: real digits that were scored otherwise are no floor of it. */
export interface ScoredBy {
  /** Neighbours that make a ball; the defaults unless given. */
  readonly neighbours?: number;
  /** Subsets of the kernel distance; the default unless given. */
  readonly subsets?: number;
}

/** Metrics that neighbours decide. */
const BY_NEIGHBOURS: readonly FloorMetric[] = ["precision", "recall", "density", "coverage"];

/**
 * What the numbers of a score mean, if it is a score by the network of the calibration against a whole split of MNIST.
 *
 * @param realSha256 which real images they were
 */
export function meaningOf(
  metrics: Metrics,
  calibration: Calibration,
  realSha256: string | undefined,
  { neighbours, subsets }: ScoredBy = {},
): Meaning {
  const split = (["train", "test"] as const).find((split) => calibration.images[split] === realSha256);
  if (split === undefined) return { floors: {}, like: {} };
  const floors: { [Metric in FloorMetric]?: Spread } = {};
  for (const metric of FLOOR_METRICS) {
    if (neighbours !== undefined && BY_NEIGHBOURS.includes(metric) || subsets !== undefined && metric === "kid") {
      continue;
    }
    if (metrics[metric] !== undefined) floors[metric] = floorOf(calibration.floors[split], metric, metrics.fakeImages);
  }
  const like: { [Metric in LadderMetric]?: Record<string, number> } = {};
  for (const metric of LADDER_METRICS) {
    const [value, floor] = [metrics[metric], floors[metric]];
    if (value === undefined || floor === undefined) continue;
    const rungs = calibration.ladders.map((ladder) =>
      [ladder.corruption, strengthAt(ladder, metric, value - floor[0])] as const
    );
    like[metric] = Object.fromEntries(rungs);
  }
  return { floors, like };
}
