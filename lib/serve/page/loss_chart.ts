/// <reference lib="dom" />
/** Losses over epochs as a chart. */

import type { EpochRecord } from "../../training/record.ts";

const HEIGHT = 240;
const MARGIN = { top: 8, right: 12, bottom: 24, left: 44 };

/** Draws losses on a logarithmic scale, with room for all the epochs to come, as wide as the element is. */
export function drawLosses(svg: SVGSVGElement, records: readonly EpochRecord[], epochs: number): void {
  const width = svg.clientWidth;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const training = pointsOf(records, "train_loss");
  const validation = pointsOf(records, "val_loss");
  const values = [...training, ...validation].map(({ value }) => value);
  if (values.length === 0) return svg.replaceChildren();

  const [low, high] = [Math.min(...values) / 1.1, Math.max(...values) * 1.1];
  const x = (epoch: number) =>
    MARGIN.left + (width - MARGIN.left - MARGIN.right) * (epoch - 1) / Math.max(1, epochs - 1);
  const y = (value: number) =>
    MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom) * Math.log(high / value) / Math.log(high / low);
  const line = (points: Point[]) => `M${points.map(({ epoch, value }) => `${x(epoch)} ${y(value)}`).join("L")}`;

  svg.replaceChildren(
    ...ticks(low, high).flatMap((value) => [
      shape("path", { class: "grid", d: `M${MARGIN.left} ${y(value)}H${width - MARGIN.right}` }),
      label(String(value), { x: MARGIN.left - 8, y: y(value) + 4, "text-anchor": "end" }),
    ]),
    ...new Set([1, Math.ceil(epochs / 2), epochs]).values().map((epoch) =>
      label(String(epoch), { x: x(epoch), y: HEIGHT - 6, "text-anchor": "middle" })
    ),
    ...(training.length > 0 ? [shape("path", { class: "line train", d: line(training) })] : []),
    ...(validation.length > 0 ? [shape("path", { class: "line validation", d: line(validation) })] : []),
    ...validation.map(({ epoch, value }) => shape("circle", { class: "validation", cx: x(epoch), cy: y(value), r: 3 })),
  );
}

interface Point {
  readonly epoch: number;
  readonly value: number;
}

function pointsOf(records: readonly EpochRecord[], name: "train_loss" | "val_loss"): Point[] {
  return records.flatMap(({ epoch, [name]: value }) => value !== null && value > 0 ? [{ epoch, value }] : []);
}

/** 1, 2 and 5 times the powers of ten within a range. */
function ticks(low: number, high: number): number[] {
  const all = [-4, -3, -2, -1, 0, 1, 2].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  return all.filter((value) => value >= low && value <= high);
}

function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

function label(text: string, attributes: Record<string, string | number>): SVGElement {
  const element = shape("text", attributes);
  element.textContent = text;
  return element;
}
