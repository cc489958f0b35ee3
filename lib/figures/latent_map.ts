import { symmetricEigen } from "../metrics/eigen.ts";
import type { Latents } from "../metrics/latents.ts";
import { Moments } from "../metrics/moments.ts";
import { CLASSES } from "../model.ts";
import { toSvg } from "./render.ts";
import { COLOUR } from "./theme.ts";

/** Points of each set: more only hide each other. */
const POINTS = 700;

/** Latents, and the digit that each image is taken for. */
export interface DigitLatents {
  /** N × 128. */
  readonly latents: Latents;
  /** N digits, 0 … 9. */
  readonly digits: Uint8Array;
}

/** Latents of real and of generated digits on one plane: that in which the means of the real digits lie farthest apart. */
export async function latentMap(real: DigitLatents, fake: DigitLatents): Promise<string> {
  const means = digitMeans(real);
  const { count, width } = means;
  const { vectors } = symmetricEigen(Moments.of(means).covariance());
  const place = (row: ArrayLike<number>, from: number) =>
    [0, 1].map((axis) => {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += row[from + k] * vectors.get(k, axis);
      return Number(sum.toFixed(1));
    });
  const points = ([["real", real], ["generated", fake]] as const).flatMap(([set, { latents }]) => {
    const shown = Math.min(POINTS, latents.count);
    return Array.from({ length: shown }, (_, i) => {
      const [x, y] = place(latents.data, Math.floor(i * latents.count / shown) * width);
      return { set, x, y };
    });
  });
  const names = Array.from({ length: count }, (_, digit) => {
    const [x, y] = place(means.data, digit * width);
    return { digit, x, y };
  }).filter(({ digit }) => real.digits.includes(digit));
  const axis = { title: null, labels: false, ticks: false, grid: false } as const;
  return await toSvg({
    title: {
      text: "Latents of real and generated digits",
      subtitle: "Each dot is a digit; numbers: means of real ones",
    },
    width: 620,
    height: 460,
    encoding: {
      x: { field: "x", type: "quantitative", axis, scale: { zero: false } },
      y: { field: "y", type: "quantitative", axis, scale: { zero: false } },
    },
    layer: [
      {
        data: { values: points },
        mark: { type: "circle", size: 14, opacity: 0.5 },
        encoding: { color: setColour() },
      },
      {
        data: { values: names },
        mark: { type: "text", fontSize: 22, fontWeight: 600, stroke: COLOUR.card, strokeWidth: 5, strokeJoin: "round" },
        encoding: { text: { field: "digit", type: "nominal" } },
      },
      {
        data: { values: names },
        mark: { type: "text", fontSize: 22, fontWeight: 600 },
        encoding: { text: { field: "digit", type: "nominal" } },
      },
    ],
  });
}

/** One colour for real digits and one for generated ones. */
export function setColour() {
  return {
    field: "set",
    type: "nominal",
    title: null,
    scale: { domain: ["real", "generated"], range: [COLOUR.first, COLOUR.second] },
    legend: { orient: "top", symbolOpacity: 1, symbolType: "circle", labelFontSize: 11 },
  } as const;
}

/** Mean latents of each digit; zeros for a digit of which there is none. */
function digitMeans({ latents: { count, width, data }, digits }: DigitLatents): Latents {
  const sums = new Float64Array(CLASSES * width), counts = new Float64Array(CLASSES);
  for (let i = 0; i < count; i++) {
    counts[digits[i]]++;
    for (let k = 0; k < width; k++) sums[digits[i] * width + k] += data[i * width + k];
  }
  return { count: CLASSES, width, data: sums.map((sum, i) => sum / (counts[Math.floor(i / width)] || 1)) };
}
