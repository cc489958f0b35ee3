/** A score as people and programs read it: the same words and fields on the command line and in the page. */
import type { NetworkIdentity } from "../network/identity.ts";
import type { Metrics } from "./fields.ts";

/** A metric in words. */
export interface ScoreRow {
  /** What it is called. */
  readonly label: string;
  /** Its value with four decimals; a dash where the input does not allow it. */
  readonly value: string;
  /** What the value is to be held against. */
  readonly note: string;
}

/** Every metric of a score, the most telling first. */
export function scoreRows(score: Metrics): ScoreRow[] {
  const { fidInterval: interval, kidStandardError: kidError, digitDistanceStandardError: error } = score;
  const rows: [label: string, value: number | undefined, note: string][] = [
    ["digit distance", score.digitDistance, `standard error ${show(error ?? NaN)}; 0 is best`],
    ["FID", score.fid, interval ? `95 % interval ${interval.map(show).join(" to ")}` : "0 is best"],
    ["FID∞", score.fidInfinity, "FID extrapolated to infinitely many images"],
    ["KID", score.kid, kidError === undefined ? "" : `standard error ${show(kidError)}`],
    ["precision", score.precision, "generated images that look real"],
    ["recall", score.recall, "real images that could be generated"],
    ["density", score.density, "about 1 for real images"],
    ["coverage", score.coverage, "real images with a generated one near"],
    ["classifier score", score.classifierScore, "1 to 10"],
    ["mean confidence", score.meanConfidence, "0.1 to 1"],
    ["digit imbalance", score.digitImbalance, "0 for all digits alike, to 0.9 for one digit"],
  ];
  return rows.map(([label, value, note]) =>
    value === undefined ? { label, value: "–", note: "left out" } : { label, value: show(value), note }
  );
}

/** A score by the names that its fields have in JSON: `fidInterval` is `fid_interval`. */
export function scoreFields(
  score: Metrics,
  { identity, real, fake }: { readonly identity: NetworkIdentity; readonly real: string; readonly fake: string },
): Record<string, unknown> {
  return { network: identity.name, network_sha256: identity.sha256, real, fake, ...toJsonNames(score) };
}

/** An object by the names that its fields have in JSON, those of the objects in it included. */
export function toJsonNames(object: object): Record<string, unknown> {
  const rename = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    return typeof value === "object" && value !== null ? toJsonNames(value) : value;
  };
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), convert(value)]));
}

/** Four decimals, and no minus before what rounds to zero. */
function show(value: number): string {
  return value.toFixed(4).replace(/^-(?=0\.0+$)/, "");
}
