/// <reference lib="dom" />
/** What the charts share: their frame, a scale for values with its lines, and shapes of SVG. */

const HEIGHT = 240;
const MARGIN = { top: 8, right: 12, bottom: 24, left: 52 };

/** Where things are in a chart. */
export interface Frame {
  /** From left to right, a share of the way. */
  x(share: number): number;
  /** Where a value is. */
  y(value: number): number;
  /** Where the words below the chart stand. */
  readonly below: number;
  /** The lines of the scale, with their values. */
  readonly lines: readonly SVGElement[];
}

/** Lays a chart out as wide as its element is, for values that are all to be in it. */
export function frameFor(svg: SVGSVGElement, values: readonly number[]): Frame {
  const width = svg.clientWidth;
  svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  const isLogarithmic = values.every((value) => value > 0); // as losses and distances fall by powers of ten
  const scale = isLogarithmic ? Math.log : (value: number) => value;
  const [least, most] = [scale(Math.min(...values)), scale(Math.max(...values))];
  const room = Math.max(0.1 * (most - least), isLogarithmic ? 0.1 : 1e-6);
  const y = (value: number) =>
    MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom) * (most + room - scale(value)) / (most - least + 2 * room);
  const ends = [least - room, most + room].map(isLogarithmic ? Math.exp : (value) => value);
  const lines = ticks(ends[0], ends[1], isLogarithmic).flatMap((value) => [
    shape("path", { class: "grid", d: `M${MARGIN.left} ${y(value)}H${width - MARGIN.right}` }),
    label(String(value), { x: MARGIN.left - 8, y: y(value) + 4, "text-anchor": "end" }),
  ]);
  return { x: (share) => MARGIN.left + (width - MARGIN.left - MARGIN.right) * share, y, below: HEIGHT - 6, lines };
}

/** A line through points. */
export function lineThrough(points: readonly (readonly [x: number, y: number])[], className: string): SVGElement[] {
  return points.length === 0 ? [] : [
    shape("path", { class: `line ${className}`, d: `M${points.map(([x, y]) => `${x} ${y}`).join("L")}` }),
  ];
}

/** An element of SVG. */
export function shape(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Words at a place. */
export function label(text: string, attributes: Record<string, string | number>): SVGElement {
  const element = shape("text", attributes);
  element.textContent = text;
  return element;
}

/** Round values within a range: 1, 2 and 5 times the powers of ten where it spans several, else even steps. */
function ticks(low: number, high: number, isLogarithmic: boolean): number[] {
  const powers = Array.from({ length: 17 }, (_, i) => i - 8);
  const round = powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  const within = round.filter((value) => value >= low && value <= high);
  if (isLogarithmic && within.length > 2) return within;
  const step = round.find((step) => (high - low) / step <= 5) ?? high - low;
  const first = Math.ceil(low / step), count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}
