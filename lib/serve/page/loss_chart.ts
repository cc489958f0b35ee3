/// <reference lib="dom" />
/** Losses over epochs as a chart. */
import type { EpochRecord } from "../../training/record.ts";
import { frameFor, label, lineThrough, shape } from "./chart.ts";

/** Draws losses on a logarithmic scale, with room for all the epochs to come. */
export function drawLosses(svg: SVGSVGElement, records: readonly EpochRecord[], epochs: number): void {
  const [training, validation] = [pointsOf(records, "train_loss"), pointsOf(records, "val_loss")];
  const values = [...training, ...validation].map(({ value }) => value);
  if (values.length === 0) return svg.replaceChildren();
  const { x, y, below, lines } = frameFor(svg, values);
  const across = (epoch: number) => x((epoch - 1) / Math.max(1, epochs - 1));
  const line = (points: Point[]) => points.map(({ epoch, value }) => [across(epoch), y(value)] as const);
  svg.replaceChildren(
    ...lines,
    ...new Set([1, Math.ceil(epochs / 2), epochs]).values().map((epoch) =>
      label(String(epoch), { x: across(epoch), y: below, "text-anchor": "middle" })
    ),
    ...lineThrough(line(training), "train"),
    ...lineThrough(line(validation), "validation"),
    ...line(validation).map(([cx, cy]) => shape("circle", { class: "validation", cx, cy, r: 3 })),
  );
}

interface Point {
  readonly epoch: number;
  readonly value: number;
}

function pointsOf(records: readonly EpochRecord[], name: "train_loss" | "val_loss"): Point[] {
  return records.flatMap(({ epoch, [name]: value }) => value !== null && value > 0 ? [{ epoch, value }] : []);
}
