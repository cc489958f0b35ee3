import { mean, standardDeviation } from "../metrics/numbers.ts";
import { toSvg } from "./render.ts";
import { COLOUR } from "./theme.ts";

/** Values to compare with a normal distribution. */
export interface QqPanel {
  /** What they are, as printed above the plot. */
  readonly title: string;
  /** At least one value, in any order. */
  readonly values: ArrayLike<number>;
}

/**
 * Quantile–quantile plots side by side: standardised values against the quantiles of the standard normal
 * distribution, at plotting positions (i + ½)/n. Points on the diagonal are normal.
 */
export function qqPlots(panels: readonly QqPanel[]): Promise<string> {
  const points = panels.flatMap(({ title, values }) => quantiles(values).map((point) => ({ panel: title, ...point })));
  const axis = { tickCount: 7 };
  return toSvg({
    title: { text: "Normality of the latents", subtitle: "Line: where a normal distribution would lie" },
    data: { values: points },
    transform: [{ calculate: "quantileNormal(datum.position, 0, 1)", as: "normal" }],
    facet: { field: "panel", type: "nominal", sort: null, title: null, header: { labelFontSize: 11 } },
    columns: 2,
    spacing: 24,
    spec: {
      width: 240,
      height: 240,
      layer: [
        {
          mark: { type: "line", color: COLOUR.second, strokeWidth: 1.25 },
          encoding: {
            x: { field: "normal", type: "quantitative", title: "Normal quantile (SD)", axis },
            y: { field: "normal", type: "quantitative", title: "Sample quantile (SD)", axis },
          },
        },
        {
          mark: { type: "circle", color: COLOUR.first, size: 9, opacity: 0.8 },
          encoding: {
            x: { field: "normal", type: "quantitative" },
            y: { field: "sample", type: "quantitative" },
          },
        },
      ],
    },
  });
}

/** Standardised order statistics with their plotting positions. */
function quantiles(values: ArrayLike<number>) {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const centre = mean(sorted), deviation = standardDeviation(sorted) || 1;
  return spreadIndices(n).map((i) => ({ position: (i + 0.5) / n, sample: (sorted[i] - centre) / deviation }));
}

/** At most 200 of n ranks, both ends among them, that lie about evenly along a normal (here: logistic) axis. */
function spreadIndices(n: number): number[] {
  const end = Math.log(2 * n);
  const ranks = Array.from({ length: 200 }, (_, k) => Math.floor(n / (1 + Math.exp(end * (1 - 2 * k / 199)))));
  return [...new Set(ranks)];
}
