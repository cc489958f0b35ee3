import { CLASSES, type Layer } from "../model.ts";
import { imageGrid } from "./image_grid.ts";
import { heatTile } from "./tile.ts";

/**
 * What each map of a pooling layer answers to: rows are digits, columns are maps, all on one colour scale from 0.
 *
 * @param layer the layer, of shape [maps, size, size]
 * @param means mean output over the images of each digit, [10, maps, size, size]
 */
export function activationGrid(layer: Pick<Layer, "name" | "shape">, means: Float32Array): Promise<string> {
  const [maps, size] = layer.shape;
  const area = size * size;
  const top = means.reduce((a, b) => Math.max(a, b), 0);
  const cells = Array.from({ length: CLASSES * maps }, (_, i) => ({
    row: Math.floor(i / maps),
    column: i % maps,
    image: heatTile(means.subarray(i * area, (i + 1) * area), top),
  }));
  return imageGrid({
    title: `Mean activations, ${layer.name}`,
    subtitle: `${maps} maps of ${size}×${size}`,
    cells,
    // Wider layers get smaller pictures, so that the figures of all layers are about as wide.
    side: Math.max(14, 384 / maps),
    rows: "Digit",
    columns: "Map",
    colours: { name: "Activation", top },
  });
}
