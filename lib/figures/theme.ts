/** One look for all figures: a light card, as on paper; a dark page may have them dark. */
import type { Config } from "vega-lite";

/** Colours by what they stand for; the two series are Okabe and Ito's, safe for colour-blind readers. */
export const COLOUR = {
  card: "#ffffff",
  text: "#1f2328",
  muted: "#59636e",
  faint: "#aab2bb",
  grid: "#e4e7eb",
  first: "#0072b2",
  second: "#d55e00",
} as const;

/** The same on dark pages. */
const DARK: Record<keyof typeof COLOUR, string> = {
  card: "#1a1a1a",
  text: "#e6edf3",
  muted: "#9aa5b1",
  faint: "#59636e",
  grid: "#2b323b",
  first: "#58b0e8",
  second: "#e8894a",
};

/** CSS for inside of a figure's SVG: where its reader wishes for dark pages, each colour is replaced by its dark one. */
export const DARK_STYLE = `@media (prefers-color-scheme: dark) { ${
  Object.entries(COLOUR).flatMap(([name, light]) =>
    ["fill", "stroke"].map((paint) => `[${paint}="${light}"] { ${paint}: ${DARK[name as keyof typeof COLOUR]}; }`)
  ).join(" ")
} }`;

/** A sequential scale in blue for cells that carry dark or white numbers, from none to all. */
export const SHARES = ["#f1f4f7", "#9cc4e4", COLOUR.first, "#003a5d"];

/** Vega's name of the sequential scale for amounts, perceptually uniform; `tile.ts` paints with the same one. */
export const SEQUENTIAL = "viridis";

/** Family of all text; `render.ts` carries Inter for PNGs, SVGs fall back to what the reader has. */
const FONT = "Inter, 'Helvetica Neue', Arial, sans-serif";

/** Vega-Lite's configuration for every figure. */
export const THEME = {
  // Names for screen readers would repeat each image's bytes; whoever embeds a figure gives it one.
  aria: false,
  background: COLOUR.card,
  padding: 12,
  font: FONT,
  title: {
    anchor: "start",
    frame: "bounds",
    offset: 12,
    color: COLOUR.text,
    fontSize: 14,
    fontWeight: 600,
    subtitleColor: COLOUR.muted,
    subtitleFontSize: 11,
    subtitlePadding: 5,
  },
  axis: {
    domain: false,
    gridColor: COLOUR.grid,
    tickColor: COLOUR.grid,
    labelColor: COLOUR.muted,
    titleColor: COLOUR.text,
    labelFontSize: 10,
    titleFontSize: 11,
    titleFontWeight: 400,
    titlePadding: 8,
    labelFlush: false,
  },
  legend: {
    labelColor: COLOUR.muted,
    titleColor: COLOUR.text,
    labelFontSize: 10,
    titleFontSize: 11,
    titleFontWeight: 400,
    gradientThickness: 10,
    gradientLength: 150,
  },
  header: { labelColor: COLOUR.muted, labelFontSize: 10, labelFontWeight: 400 },
  text: { color: COLOUR.text, fontSize: 10 },
  view: { stroke: null },
} satisfies Config;
