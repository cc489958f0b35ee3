/** What the figures made of small pictures share: pictures in rows and columns, with words around and under them. */
import { toSvg } from "./render.ts";
import { COLOUR, SEQUENTIAL } from "./theme.ts";

/** One picture and its place. Rows and columns come in the order in which the cells name them. */
export interface Cell {
  /** The row it stands in. */
  readonly row: string | number;
  /** The column it stands in. */
  readonly column: string | number;
  /** Data URL of the picture. */
  readonly image: string;
  /** A few words under the picture. */
  readonly caption?: string;
}

/** What an image grid shows and says. */
export interface ImageGrid {
  /** Printed above the grid. */
  readonly title: string;
  /** Printed smaller under the title. */
  readonly subtitle?: string;
  /** The pictures. */
  readonly cells: readonly Cell[];
  /** Side of a picture, in units of the SVG. */
  readonly side: number;
  /** Name of what the rows are; without it they have no labels. An empty name leaves only the labels. */
  readonly rows?: string;
  /** Name of what the columns are, likewise. */
  readonly columns?: string;
  /** The meaning of the pictures' colours: what is measured, and the value painted brightest (0 is darkest). */
  readonly colours?: { readonly name: string; readonly top: number };
}

/** A grid of pictures, pixels kept sharp. */
export function imageGrid({ title, subtitle, cells, side, rows, columns, colours }: ImageGrid): Promise<string> {
  const gap = Math.max(2, Math.round(side / 16));
  const captionHeight = cells.some(({ caption }) => caption) ? 14 : 0;
  const axis = { ticks: false, grid: false, labelPadding: 4, labelAngle: 0, labelLimit: 0 };
  return toSvg({
    title: { text: title, subtitle },
    data: { values: cells.map((cell) => ({ ...cell })) },
    width: { step: side + gap },
    height: { step: side + gap + captionHeight },
    encoding: {
      x: {
        field: "column",
        type: "nominal",
        sort: null,
        scale: { type: "band", padding: 0 },
        axis: columns === undefined ? null : { ...axis, title: columns || null, orient: "top" },
      },
      y: {
        field: "row",
        type: "nominal",
        sort: null,
        scale: { type: "band", padding: 0 },
        axis: rows === undefined ? null : { ...axis, title: rows || null },
      },
    },
    layer: [
      {
        mark: { type: "image", width: side, height: side, yOffset: -captionHeight / 2, smooth: false },
        encoding: { url: { field: "image", type: "nominal" } },
      },
      ...(captionHeight ? [caption(side)] : []),
      ...(colours ? [colourBar(colours.name, colours.top)] : []),
    ],
  });
}

function caption(side: number) {
  return {
    mark: { type: "text", yOffset: side / 2 + 2, color: COLOUR.muted, fontSize: 9 },
    encoding: { text: { field: "caption", type: "nominal" } },
  } as const;
}

/** Pictures carry no scale of their own: unseen marks with one give the figure its colour bar. */
function colourBar(name: string, top: number) {
  return {
    mark: { type: "rect", opacity: 0 },
    encoding: {
      color: {
        datum: 0,
        type: "quantitative",
        scale: { scheme: SEQUENTIAL, domain: [0, top] },
        legend: { title: name, gradientOpacity: 1, tickCount: 5 },
      },
    },
  } as const;
}
