/** Real digits with a fault planted, each in its own way, not in that of the corrections that should undo it. */
import type { Images } from "../../lib/data/images.ts";

const SIDE = 28, AREA = SIDE * SIDE;

/** Images as floats from black to white. */
export interface Floats extends Images {
  readonly pixels: Float32Array<ArrayBuffer>;
}

/** Some images of a set from a place on, as floats. */
export function floatsOf({ pixels }: Images, first: number, count: number): Floats {
  const some = pixels.subarray(first * AREA, (first + count) * AREA);
  return { count, size: 28, pixels: Float32Array.from(some, (level) => level / 255) };
}

/** Every level replaced. */
export function mapped(images: Floats, level: (before: number) => number): Floats {
  return { ...images, pixels: images.pixels.map((before) => Math.min(1, Math.max(0, level(before)))) };
}

/** Every image moved by whole pixels. */
export function movedBy(images: Floats, right: number, down: number): Floats {
  return redrawn(images, (x, y) => [x - right, y - down]);
}

/** Every image enlarged about its middle. */
export function scaledBy(images: Floats, factor: number): Floats {
  const middle = (SIDE - 1) / 2;
  return redrawn(images, (x, y) => [middle + (x - middle) / factor, middle + (y - middle) / factor]);
}

function redrawn(images: Floats, from: (x: number, y: number) => readonly [number, number]): Floats {
  const pixels = images.pixels.map((_, at) => {
    const [x, y] = from(at % SIDE, Math.floor(at / SIDE) % SIDE);
    return smooth(images.pixels, Math.floor(at / AREA) * AREA, x, y);
  });
  return { ...images, pixels };
}

/** Strokes wider by quarters of a pixel on either side, drawn at four times the size; thinner below 0. */
export function thickenedBy(images: Floats, quarters: number): Floats {
  const large = 4 * SIDE, pixels = new Float32Array(images.pixels.length), most = quarters > 0 ? Math.max : Math.min;
  for (let first = 0; first < pixels.length; first += AREA) {
    let drawn = Float32Array.from({ length: large * large }, (_, at) => {
      const place = (pixel: number) => (pixel + 0.5) / 4 - 0.5;
      return smooth(images.pixels, first, place(at % large), place(Math.floor(at / large)));
    });
    for (let step = 0; step < Math.abs(quarters); step++) {
      const before = drawn;
      const level = (at: number) => at >= 0 && at < before.length ? before[at] : 0;
      drawn = before.map((own, at) => most(own, level(at + 1), level(at - 1), level(at + large), level(at - large)));
    }
    for (let at = 0; at < drawn.length; at++) {
      const [row, column] = [Math.floor(at / large / 4), Math.floor(at % large / 4)];
      pixels[first + row * SIDE + column] += drawn[at] / 16;
    }
  }
  return { ...images, pixels };
}

/** The level between pixels: a cubic through the four nearest rows and columns, black outside. */
function smooth(pixels: Float32Array, first: number, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  let level = 0;
  for (let row = Math.max(0, top - 1); row <= Math.min(SIDE - 1, top + 2); row++) {
    for (let column = Math.max(0, left - 1); column <= Math.min(SIDE - 1, left + 2); column++) {
      level += pixels[first + row * SIDE + column] * cubic(Math.abs(x - column)) * cubic(Math.abs(y - row));
    }
  }
  return Math.min(1, Math.max(0, level));
}

function cubic(distance: number): number {
  if (distance >= 2) return 0;
  return distance <= 1
    ? (1.5 * distance - 2.5) * distance ** 2 + 1
    : ((-0.5 * distance + 2.5) * distance - 4) * distance + 2;
}
