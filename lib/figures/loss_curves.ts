import type { EpochRecord } from "../training/record.ts";
import { toSvg } from "./render.ts";
import { COLOUR } from "./theme.ts";

/** Losses (on a logarithmic scale) above accuracy, over epochs. */
export function lossCurves(epochs: readonly EpochRecord[]): Promise<string> {
  const last = epochs.reduce((most, { epoch }) => Math.max(most, epoch), 1);
  return toSvg({
    title: { text: "Training", subtitle: "Training loss is measured with dropout, validation loss without" },
    spacing: 16,
    vconcat: [
      {
        width: 460,
        height: 190,
        encoding: {
          x: epochAxis(last, null),
          y: {
            type: "quantitative",
            title: "Cross-entropy (nats)",
            scale: { type: "log", nice: false, padding: 8 },
            axis: { values: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5], minExtent: 44 },
          },
        },
        layer: [
          curve("Training", epochs.map(({ epoch, train_loss }) => ({ epoch, value: train_loss }))),
          curve("Validation", epochs.map(({ epoch, val_loss }) => ({ epoch, value: val_loss }))),
        ],
      },
      {
        width: 460,
        height: 120,
        encoding: {
          x: epochAxis(last, "Epoch"),
          y: {
            type: "quantitative",
            title: "Accuracy",
            scale: { zero: false, domainMax: 1 },
            axis: { format: ".1~%", tickCount: 4, minExtent: 44 },
          },
        },
        layer: [curve("Validation", epochs.map(({ epoch, val_accuracy }) => ({ epoch, value: val_accuracy })))],
      },
    ],
  });
}

function epochAxis(last: number, title: string | null) {
  return {
    type: "quantitative",
    title,
    scale: { domainMin: 0, domainMax: last },
    axis: { grid: false, format: "d", tickMinStep: 1 },
  } as const;
}

/** Points of a line at most: two a pixel, however many epochs there are. */
const MOST_POINTS = 1000;

/** The line through the known values, with a dot at each while they are few. */
function curve(set: "Training" | "Validation", values: { epoch: number; value: number | null }[]) {
  const known = values.filter(({ value }) => value !== null);
  const every = Math.ceil(known.length / MOST_POINTS);
  return {
    data: { values: known.filter((_, i) => i % every === 0 || i === known.length - 1) },
    mark: { type: "line", strokeWidth: 1.75, point: known.length <= 20 },
    encoding: {
      x: { field: "epoch" },
      y: { field: "value" },
      color: {
        datum: set,
        type: "nominal",
        scale: { domain: ["Training", "Validation"], range: [COLOUR.first, COLOUR.second] },
        legend: { title: null, orient: "top", symbolType: "stroke", symbolStrokeWidth: 2 },
      },
    },
  } as const;
}
