/** Pictures in which each pixel is a square block of one level: enlarged without smoothing, which can be undone. */
import type { GreyPicture } from "../formats/png.ts";

/** Largest blocks that are looked for. */
const MOST = 16;

/** A picture, or images in rows one below the other. */
type Levels = Pick<GreyPicture, "width" | "height" | "pixels">;

/**
 * Side of the blocks that a picture is made of, the largest if it is not given; 1 if of none. A picture of a single level
 * is made of any.
 */
export function enlargementOf({ width, pixels }: Levels, side?: number): number {
  if (side !== undefined) return isMadeOf(side, width, pixels) ? side : 1;
  if (pixels.every((level) => level === pixels[0])) return 1;
  for (let side = MOST; side > 1; side--) {
    if (isMadeOf(side, width, pixels)) return side;
  }
  return 1;
}

/** The picture with one pixel for each block. */
export function reduced<P extends Levels>(picture: P, side: number): P {
  if (side === 1) return picture;
  const width = picture.width / side, height = picture.height / side;
  const old = picture.pixels,
    pixels = old instanceof Uint8Array ? new Uint8Array(width * height) : new Float32Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = old[Math.floor(i / width) * side * picture.width + i % width * side];
  }
  return { ...picture, width, height, pixels };
}

function isMadeOf(side: number, width: number, pixels: GreyPicture["pixels"]): boolean {
  if (width % side !== 0 || pixels.length % (width * side) !== 0) return false;
  for (let i = 0; i < pixels.length; i++) {
    const x = i % width, y = Math.floor(i / width);
    if (pixels[i] !== pixels[(y - y % side) * width + x - x % side]) return false;
  }
  return true;
}
