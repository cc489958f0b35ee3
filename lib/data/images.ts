/** What a set of images is. */

/** Square grey images, row after row: bytes 0 … 255, or floats in [0, 1]. White ink on black, as MNIST. */
export interface Images {
  /** How many images there are. */
  readonly count: number;
  /** Side in pixels: 28 (gets a zero border of 2 on the GPU) or 32 (taken as it is). */
  readonly size: 28 | 32;
  /** `count * size * size` values. */
  readonly pixels: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}

/** Images of which each has a class, 0 … 9. */
export interface LabelledImages extends Images {
  /** The class of each image. */
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** The first images and their labels, or all if there are fewer. The pixels are shared, not copied. */
export function limit({ size, count, pixels, labels }: LabelledImages, most: number): LabelledImages {
  const kept = Math.min(count, most);
  return { size, count: kept, pixels: pixels.subarray(0, kept * size * size), labels: labels.subarray(0, kept) };
}
