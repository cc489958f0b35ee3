/** Sets compared, as people and programs read it: the same words and fields on the command line and in the page. */
import type { NetworkIdentity } from "../network/identity.ts";
import type { Comparison, Pair } from "./comparison.ts";
import type { Metrics } from "./fields.ts";
import { type Known, scoreFields, show } from "./words.ts";

/** One of the sets: its name, its score, and what is known besides. */
export interface ComparedSet extends Known {
  /** What the set was called. */
  readonly fake: string;
  /** The numbers. */
  readonly metrics: Metrics;
}

/** The metrics that sets are compared by: title and field. */
export const COMPARED_METRICS = [
  ["digit dist.", "digitDistance"],
  ["FID", "fid"],
  ["precision", "precision"],
  ["recall", "recall"],
  ["coverage", "coverage"],
] as const;

/** Sets by their distance, the nearest first. */
export function nearestFirst<S extends ComparedSet>(sets: readonly S[], { pairs }: Comparison): S[] {
  const nearer = (set: S) => pairs.filter(({ farther }) => sets[farther] === set).length;
  return sets.toSorted((a, b) => nearer(a) - nearer(b));
}

/**
 * The pairs that have to be read: neighbours by distance, and those whose difference may be chance. Where the rest
 * is left out, a last line says what it is.
 */
export function toldPairs({ pairs }: Comparison): { told: Pair[]; rest?: string } {
  const rank = (set: number) => pairs.filter(({ farther }) => farther === set).length;
  const told = pairs.filter(({ nearer, farther, isReal }) => !isReal || rank(farther) - rank(nearer) === 1);
  const left = pairs.length - told.length;
  if (left === 0) return { told };
  return { told, rest: `the other ${left === 1 ? "pair differs" : `${left} pairs differ`} by more than chance` };
}

/** By how much the farther of two sets is farther, and whether that is more than chance. */
export function pairWords({ difference, interval, p, isReal }: Pair): string {
  const verdict = isReal ? "" : `: may be chance, p ${p.toFixed(2)}`;
  return `by ${show(difference)} (95 %: ${interval.map(show).join(" to ")})${verdict}`;
}

/** The name of a comparison's metric. */
export function metricWords({ metric }: Comparison): string {
  return metric === "fid" ? "FID" : "digit distance";
}

/** Sets and how they compare by the names that the fields have in JSON. */
export function comparisonFields(
  { identity, real, made }: { identity: NetworkIdentity; real: string; made: Readonly<Record<string, unknown>> },
  sets: readonly ComparedSet[],
  comparison: Comparison,
): Record<string, unknown> {
  const pairs = comparison.pairs.map(({ nearer, farther, isReal, ...pair }) => ({
    nearer: sets[nearer].fake,
    farther: sets[farther].fake,
    ...pair,
    more_than_chance: isReal,
  }));
  return {
    ...{ network: identity.name, network_sha256: identity.sha256, real, ...made },
    scores: sets.map((set) => scoreFields(set.metrics, { identity, real, fake: set.fake }, set)),
    compared_by: comparison.metric === "fid" ? "fid" : "digit_distance",
    pairs,
  };
}
