/** Images and labels in memory: where they come from and what shape they have. */

/** Square grey images, row after row: bytes 0 … 255, or floats in [0, 1]. White ink on black, as MNIST. */
export interface Images {
  readonly count: number;
  /** Side in pixels: 28 (gets a zero border of 2 on the GPU) or 32 (taken as it is). */
  readonly size: 28 | 32;
  /** `count * size * size` values. */
  readonly pixels: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}

/** Images of which each has a class, 0 … 9. */
export interface LabelledImages extends Images {
  readonly labels: Uint8Array<ArrayBuffer>;
}
