import { CLASSES } from "../model.ts";
import { toSvg } from "./render.ts";
import { COLOUR, SHARES } from "./theme.ts";

/** What the matrix and its sides are called. */
export interface MatrixWords {
  /** Printed above. */
  readonly title: string;
  /** What the rows are. */
  readonly rows: string;
  /** What the columns are. */
  readonly columns: string;
}

/**
 * Labels against predictions, with counts; colours follow the square root of a cell's share of its row, so that rare
 * mistakes are seen beside the diagonal.
 *
 * @param counts [10, 10], row-major: `counts[10 * label + predicted]`
 */
export function confusionMatrix(
  counts: ArrayLike<number>,
  { title, rows, columns }: MatrixWords = { title: "Confusion matrix", rows: "True digit", columns: "Predicted digit" },
): Promise<string> {
  const cells = Array.from({ length: CLASSES * CLASSES }, (_, i) => {
    const label = Math.floor(i / CLASSES);
    return { label, predicted: i % CLASSES, count: counts[i], share: counts[i] / rowTotal(counts, label) || 0 };
  });
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  const right = cells.reduce((sum, { label, predicted, count }) => sum + (label === predicted ? count : 0), 0);
  const axis = { ticks: false, grid: false, labelAngle: 0 };
  return toSvg({
    title: {
      text: title,
      subtitle: `${right} of ${total} images right, ${(100 * right / total).toFixed(2)} %`,
    },
    data: { values: cells },
    width: { step: 38 },
    height: { step: 32 },
    encoding: {
      x: { field: "predicted", type: "ordinal", title: columns, axis: { ...axis, orient: "top" } },
      y: { field: "label", type: "ordinal", title: rows, axis },
    },
    layer: [
      {
        mark: { type: "rect", stroke: COLOUR.card, strokeWidth: 2 },
        encoding: {
          color: {
            field: "share",
            type: "quantitative",
            title: "Share of row",
            scale: { type: "sqrt", domain: [0, 1], range: SHARES },
            legend: { format: ".0%", values: [0, 0.01, 0.1, 0.5, 1], gradientLength: 240 },
          },
        },
      },
      {
        mark: "text",
        encoding: {
          text: { field: "count", type: "quantitative" },
          color: {
            condition: [
              { test: "datum.count === 0", value: COLOUR.faint },
              { test: "datum.share > 0.25", value: COLOUR.card },
            ],
            value: COLOUR.text,
          },
        },
      },
    ],
  });
}

function rowTotal(counts: ArrayLike<number>, label: number): number {
  let total = 0;
  for (let i = 0; i < CLASSES; i++) total += counts[label * CLASSES + i];
  return total;
}
