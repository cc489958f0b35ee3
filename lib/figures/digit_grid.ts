import type { LabelledImages } from "../data/images.ts";
import { CLASSES } from "../model.ts";
import { imageGrid } from "./image_grid.ts";
import { imageTile } from "./tile.ts";

/** The first ten images of each class, a row a class; a class with fewer leaves the rest of its row empty. */
export function digitGrid(images: LabelledImages, title: string): Promise<string> {
  const cells = Array.from(
    { length: CLASSES },
    (_, digit) =>
      indicesOf(images.labels, digit).slice(0, 10).map((index, column) => ({
        row: digit,
        column,
        image: imageTile(images, index),
      })),
  );
  return imageGrid({ title, cells: cells.flat(), side: 42, rows: "Digit" });
}

function indicesOf(labels: Uint8Array, digit: number): number[] {
  return [...labels.keys()].filter((i) => labels[i] === digit);
}
