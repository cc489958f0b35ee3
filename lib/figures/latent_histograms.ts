import { LATENT_SIZE } from "../model.ts";
import { mean, standardDeviation } from "../metrics/numbers.ts";
import { toSvg } from "./render.ts";
import { COLOUR } from "./theme.ts";

const BINS = 40;

/**
 * How sixteen latents are distributed, in a 4×4 grid, each with the normal density of its mean and variance.
 *
 * @param latent [N, 128], row-major
 * @param units which sixteen; every eighth unless given
 */
export function latentHistograms(
  latent: Float32Array,
  units: readonly number[] = Array.from({ length: 16 }, (_, i) => 8 * i),
): Promise<string> {
  const bins = units.flatMap((unit) => histogram(columnOf(latent, unit)).map((bin) => ({ unit, ...bin })));
  return toSvg({
    title: { text: "Latent distributions", subtitle: "Line: the normal density of the same mean and variance" },
    data: { values: bins },
    facet: {
      field: "unit",
      type: "ordinal",
      sort: null,
      title: null,
      header: { labelExpr: "'Latent ' + datum.value", labelPadding: 2 },
    },
    columns: 4,
    spacing: { row: 8, column: 14 },
    resolve: { scale: { x: "independent", y: "independent" } },
    spec: {
      width: 112,
      height: 70,
      layer: [
        {
          mark: { type: "bar", color: COLOUR.first, opacity: 0.55, binSpacing: 0 },
          encoding: {
            x: {
              field: "start",
              type: "quantitative",
              bin: "binned",
              title: null,
              axis: { grid: false, tickCount: 4 },
              scale: { zero: false, nice: false },
            },
            x2: { field: "end" },
            y: { field: "density", type: "quantitative", title: null, axis: null },
          },
        },
        {
          mark: { type: "line", color: COLOUR.second, strokeWidth: 1.25 },
          encoding: {
            x: { field: "middle", type: "quantitative" },
            y: { field: "normal", type: "quantitative" },
          },
        },
      ],
    },
  });
}

/** Equal bins over the range of the values, with the observed density and the fitted normal one at the middle. */
function histogram(values: Float64Array) {
  const low = values.reduce((a, b) => Math.min(a, b));
  const width = (values.reduce((a, b) => Math.max(a, b)) - low) / BINS || 1;
  const centre = mean(values), deviation = standardDeviation(values) || 1;
  const counts = new Uint32Array(BINS);
  for (const value of values) counts[Math.min(BINS - 1, Math.floor((value - low) / width))]++;
  return Array.from(counts, (count, i) => {
    const middle = low + (i + 0.5) * width;
    return {
      start: low + i * width,
      middle,
      end: low + (i + 1) * width,
      density: count / (values.length * width),
      normal: Math.exp(-(((middle - centre) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI)),
    };
  });
}

function columnOf(latent: Float32Array, unit: number): Float64Array {
  return Float64Array.from({ length: latent.length / LATENT_SIZE }, (_, n) => latent[n * LATENT_SIZE + unit]);
}
