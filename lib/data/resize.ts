/** Resizing square images: one filter, the same for every set. */

/** Its name, for the options of a score. */
export const RESIZE_FILTER = "bilinear with antialiasing";

/**
 * Resizes square images by a triangle filter, which is widened when it makes them smaller so that every pixel counts:
 * Pillow's BILINEAR, or `torch.nn.functional.interpolate` with `mode="bilinear", antialias=True`.
 *
 * @param pixels images of `from` × `from` values in [0, 1], row after row
 * @returns as many images of `to` × `to` values
 */
export function resize(pixels: ArrayLike<number>, from: number, to: number): Float32Array<ArrayBuffer> {
  const count = pixels.length / (from * from), taps = tapsOf(from, to);
  const resized = new Float32Array(count * to * to), wide = new Float64Array(from * to);
  for (let image = 0; image < count; image++) {
    const source = image * from * from;
    for (let x = 0; x < to; x++) { // along the rows
      const { first, weights } = taps[x];
      for (let y = 0; y < from; y++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * pixels[source + y * from + first + k];
        wide[y * to + x] = sum;
      }
    }
    for (let y = 0; y < to; y++) { // along the columns
      const { first, weights } = taps[y];
      for (let x = 0; x < to; x++) {
        let sum = 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * wide[(first + k) * to + x];
        resized[(image * to + y) * to + x] = Math.min(1, sum);
      }
    }
  }
  return resized;
}

/** For each new pixel along an axis, which old ones make it, and with which weights. */
function tapsOf(from: number, to: number): { first: number; weights: number[] }[] {
  const scale = from / to, reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const end = Math.min(from, Math.floor(centre + reach + 0.5));
    const raw = Array.from({ length: end - first }, (_, k) => {
      return Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach);
    });
    const total = raw.reduce((a, b) => a + b);
    return { first, weights: raw.map((weight) => weight / total) };
  });
}
