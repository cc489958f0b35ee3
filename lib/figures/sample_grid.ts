import type { Images } from "../data/images.ts";
import { imageGrid } from "./image_grid.ts";
import { imageTile } from "./tile.ts";

/** All images of a (small) set in reading order, `columns` a row. Whoever calls draws the sample. */
export function sampleGrid(images: Images, title: string, columns = 10): Promise<string> {
  const cells = Array.from({ length: images.count }, (_, i) => ({
    row: Math.floor(i / columns),
    column: i % columns,
    image: imageTile(images, i),
  }));
  return imageGrid({ title, cells, side: 42 });
}
