import type { Images } from "../data/images.ts";
import { imageGrid } from "./image_grid.ts";
import { imageTile } from "./tile.ts";

/** An image the classifier got wrong. */
export interface Mistake {
  /** Index of the image in its set. */
  readonly index: number;
  /** The label, 0 … 9. */
  readonly actual: number;
  /** The class given, 0 … 9. */
  readonly predicted: number;
  /** Probability given to that class, in [0, 1]. */
  readonly confidence: number;
}

/** The given mistakes in order, `columns` a row, each with its label, the class given and the confidence. */
export function worstImages(images: Images, mistakes: readonly Mistake[], columns = 6): Promise<string> {
  const cells = mistakes.map(({ index, actual, predicted, confidence }, i) => ({
    row: Math.floor(i / columns),
    column: i % columns,
    image: imageTile(images, index),
    caption: `${actual} → ${predicted}, ${(100 * confidence).toFixed(1)} %`,
  }));
  return imageGrid({
    title: "Worst-classified images",
    subtitle: "Label → class given, and its probability",
    cells,
    side: 84,
  });
}
