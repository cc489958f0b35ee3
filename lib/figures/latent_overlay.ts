import type { Latents } from "../metrics/latents.ts";
import { mean, standardDeviation } from "../metrics/numbers.ts";
import { setColour } from "./latent_map.ts";
import { toSvg } from "./render.ts";

const BINS = 30, PANELS = 8;
/** Real values beyond these shares of them are left out of the picture. */
const RANGE = [0.002, 0.998];

/** Histograms of the latents in which generated digits differ most from real ones, laid over each other. */
export function latentOverlay(real: Latents, fake: Latents): Promise<string> {
  const units = mostDifferent(real, fake).slice(0, PANELS);
  const steps = units.flatMap((of) => {
    const { unit } = of, panel = titleOf(of);
    const [low, high] = rangeOf([real, fake].map((set) => column(set, unit)));
    return ([["real", real], ["generated", fake]] as const).flatMap(([set, latents]) =>
      densities(column(latents, unit), low, high).map((bin) => ({ panel, set, ...bin }))
    );
  });
  return toSvg({
    title: {
      text: "The latents that differ most",
      subtitle: "How far their means are apart, in standard deviations of real digits",
    },
    data: { values: steps },
    facet: { field: "panel", type: "nominal", sort: units.map(titleOf), title: null, header: { labelPadding: 2 } },
    columns: 4,
    spacing: { row: 10, column: 14 },
    resolve: { scale: { x: "independent", y: "independent" } },
    spec: {
      width: 138,
      height: 84,
      mark: { type: "area", interpolate: "step", opacity: 0.45, line: { strokeWidth: 1.25 } },
      encoding: {
        x: {
          field: "middle",
          type: "quantitative",
          title: null,
          axis: { grid: false, tickCount: 4 },
          scale: { zero: false, nice: false },
        },
        y: { field: "density", type: "quantitative", title: null, axis: null, stack: null },
        color: setColour(),
      },
    },
  });
}

/** A latent, and how far the mean of generated digits is from that of real ones, in deviations of those. */
interface Shift {
  readonly unit: number;
  readonly shift: number;
}

function titleOf({ unit, shift }: Shift): string {
  return `Latent ${unit}: ${shift < 0 ? "−" : "+"}${Math.abs(shift).toFixed(2)} σ`;
}

/** The latents by how far their means are apart, the farthest first. */
function mostDifferent(real: Latents, fake: Latents): Shift[] {
  const shifts = Array.from({ length: real.width }, (_, unit) => {
    const [a, b] = [real, fake].map((set) => column(set, unit));
    return { unit, shift: (mean(b) - mean(a)) / (standardDeviation(a) || 1) };
  });
  return shifts.sort((a, b) => Math.abs(b.shift) - Math.abs(a.shift));
}

function rangeOf(sets: readonly Float64Array[]): [number, number] {
  const sorted = sets.map((values) => values.toSorted());
  const at = (share: number) => sorted.map((values) => values[Math.round(share * (values.length - 1))]);
  return [Math.min(...at(RANGE[0])), Math.max(...at(RANGE[1]))];
}

function densities(values: Float64Array, low: number, high: number) {
  const width = (high - low) / BINS || 1;
  const counts = new Float64Array(BINS);
  for (const value of values) {
    const bin = Math.floor((value - low) / width);
    if (bin >= 0 && bin < BINS) counts[bin]++;
  }
  return Array.from(counts, (count, i) => ({
    middle: Number((low + (i + 0.5) * width).toFixed(3)),
    density: Number((count / (values.length * width)).toPrecision(4)),
  }));
}

function column({ count, width, data }: Latents, unit: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => data[i * width + unit]);
}
