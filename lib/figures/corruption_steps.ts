import type { Images } from "../data/images.ts";
import { imageGrid } from "./image_grid.ts";
import { imageTile } from "./tile.ts";

/** One kind of corruption on one image, growing. */
export interface CorruptionSteps {
  /** The kind, with its unit: "Blur, σ in pixels". */
  readonly kind: string;
  /** The strength of each image, as printed under it. */
  readonly strengths: readonly string[];
  /** As many images as strengths. */
  readonly images: Images;
}

/** How corruptions look: a row a kind, strengths growing from left to right. */
export function corruptionSteps(steps: readonly CorruptionSteps[]): Promise<string> {
  const cells = steps.flatMap(({ kind, strengths, images }) =>
    strengths.map((strength, column) => ({ row: kind, column, image: imageTile(images, column), caption: strength }))
  );
  return imageGrid({ title: "Corruptions of growing strength", cells, side: 56, rows: "" });
}
