/** The numbers of a score, each beside what real digits score and what it means. */
import { fixed, grouped, percent, significant } from "../../numerals.ts";
import { FLOOR_METRICS, type FloorMetric } from "../../scoring/calibration.ts";
import type { Copies } from "../../scoring/copies.ts";
import type { Metrics } from "../../scoring/fields.ts";
import { likenessRows } from "../../scoring/words.ts";
import { type Html, html } from "../html.ts";
import { table } from "../tables.ts";
import type { ScoreFindings } from "./findings.ts";

/** A number, and how it is read. */
interface Line {
  readonly metric: keyof Metrics;
  readonly label: string;
  readonly meaning: string;
  readonly error?: (metrics: Metrics) => string | undefined;
  readonly isShare?: boolean;
}

const plusMinus = (error?: number) => error === undefined ? undefined : `±\u00a0${significant(error)}`;

const LINES: readonly Line[] = [
  {
    metric: "digitDistance",
    label: "Digit distance",
    meaning: "how far the distributions are apart, in strokes as in shapes; 0 is best",
    error: ({ digitDistanceStandardError }) => plusMinus(digitDistanceStandardError),
  },
  {
    metric: "fid",
    label: "FID",
    meaning: "Fréchet distance of the latents; 0 is best, and few images raise it",
    error: ({ fidInterval }) => fidInterval && `95 %: ${fidInterval.map(significant).join(" to ")}`,
  },
  { metric: "fidInfinity", label: "FID∞", meaning: "FID as it would be with infinitely many images" },
  {
    metric: "kid",
    label: "KID",
    meaning: "kernel distance of the latents; 0 on average for real digits",
    error: ({ kidStandardError }) => plusMinus(kidStandardError),
  },
  { metric: "precision", label: "Precision", meaning: "generated digits that lie among real ones", isShare: true },
  { metric: "recall", label: "Recall", meaning: "real digits that lie among generated ones", isShare: true },
  { metric: "density", label: "Density", meaning: "how closely real digits surround generated ones; about 1 is right" },
  { metric: "coverage", label: "Coverage", meaning: "real digits with a generated one close by", isShare: true },
  { metric: "classifierScore", label: "Classifier score", meaning: "sure digits of all kinds: 1, none, to 10, all" },
  {
    metric: "meanConfidence",
    label: "Mean confidence",
    meaning: "how sure the network is of each digit",
    isShare: true,
  },
  {
    metric: "digitImbalance",
    label: "Digit imbalance",
    meaning: "digits that would have to be others for all ten to be as many",
    isShare: true,
  },
];

/** The numbers that come first, large. */
const CARDS: readonly (keyof Metrics)[] = ["digitDistance", "fid", "precision", "recall"];

/** The few numbers that say most, each with what real digits score. */
export function cardsHtml({ metrics, meaning }: ScoreFindings): Html {
  const cards = CARDS.flatMap((metric) => LINES.filter((line) => line.metric === metric)).map((line) => {
    const floor = floorOf(line, meaning?.floors[line.metric as FloorMetric]);
    return html`
      <div>
        <dt>${line.label}</dt>
        <dd>${valueOf(line, metrics)}</dd>
        <dd class="beside">${floor === "–" ? line.meaning : `real digits: ${floor}`}</dd>
      </div>
    `;
  });
  return html`<dl class="numbers">${cards}</dl>`;
}

/** All numbers. */
export function numbersTable({ metrics, meaning }: ScoreFindings): Html {
  const rows = LINES.map((line) => [
    line.label,
    valueOf(line, metrics),
    line.error?.(metrics) ?? "",
    floorOf(line, meaning?.floors[line.metric as FloorMetric]),
    meaningHtml(line.meaning),
  ]);
  const columns = ["", "These digits", "Uncertainty", `${grouped(metrics.fakeImages)} real digits`, "What it says"];
  return table("Every number, beside what as many real digits score", columns, [{ rows }]);
}

/** How strongly real digits have to be made worse to be as far. */
export function likenessTable({ meaning }: ScoreFindings): Html | undefined {
  const [columns, ...rows] = meaning ? likenessRows(meaning) : [];
  if (columns === undefined) return undefined;
  return table("Real digits are as far as these when made worse so much", ["", ...columns.slice(1)], [{ rows }]);
}

/** What was found about copies. */
export function copiesTable(copies: Copies): Html {
  const { near, ratio, copyingTest, authenticPercent, freshAuthenticPercent, duplicates, nearDuplicates } = copies;
  const rows = [
    {
      label: "Very near to a training image",
      value: grouped(near.count),
      fresh: fixed(near.byChance, 1),
      meaning: "nearer than all but 0.1 % of fresh digits",
    },
    {
      label: "Nearness",
      value: fixed(ratio, 2),
      fresh: "1",
      meaning: "median distance to training images by that of fresh digits; copies are below 1",
    },
    copyingTest !== undefined && {
      label: "C_T",
      value: fixed(copyingTest, 1),
      fresh: "0\u00a0±\u00a01",
      meaning: "below −3 for copies",
    },
    {
      label: "AuthPct",
      value: `${fixed(authenticPercent, 1)}\u00a0%`,
      fresh: `${fixed(freshAuthenticPercent, 1)}\u00a0%`,
      meaning: "digits farther from their training image than that is from its own nearest",
    },
    {
      label: "Equal to an earlier one",
      value: grouped(duplicates),
      fresh: "0",
      meaning: "pixel by pixel, within the set",
    },
    nearDuplicates && {
      label: "Very near to another",
      value: grouped(nearDuplicates.count),
      fresh: fixed(nearDuplicates.byChance, 1),
      meaning: "within the set",
    },
  ].filter((row) => typeof row === "object");
  const lines = rows.map(({ label, value, fresh, meaning }) => [label, value, fresh, meaningHtml(meaning)]);
  const columns = ["", "These digits", "Fresh real digits", "What it says"];
  return table("Copies, beside what fresh real digits have", columns, [{ rows: lines }]);
}

function meaningHtml(meaning: string): Html {
  return html`<span class="meaning">${meaning}</span>`;
}

function valueOf({ metric, isShare }: Line, metrics: Metrics): string {
  const value = metrics[metric] as number | undefined;
  if (value === undefined) return "–";
  return isShare ? percent(value, 1) : significant(value);
}

function floorOf({ metric, isShare }: Line, floor?: readonly [number, number]): string {
  if (!floor || !FLOOR_METRICS.includes(metric as FloorMetric)) return "–";
  const [mean, deviation] = floor;
  if (isShare) return `${fixed(100 * mean, 1)}\u00a0±\u00a0${percent(deviation, 1)}`;
  const decimals = Math.max(0, Math.min(4, 1 - Math.floor(Math.log10(deviation || 1))));
  return `${fixed(mean, decimals)}\u00a0±\u00a0${fixed(deviation, decimals)}`;
}
