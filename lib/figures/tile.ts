/** Small pictures inside figures: pixels to the data URL of a PNG. */
// @ts-types="@types/d3-scale-chromatic"
import { interpolateViridis } from "d3-scale-chromatic";
import type { Images } from "../data/images.ts";
import { encodePng } from "../formats/png.ts";

/** One image of a set, grey, as a data URL. */
export function imageTile({ size, pixels }: Images, index: number): string {
  const image = pixels.subarray(index * size * size, (index + 1) * size * size);
  const bytes = image instanceof Uint8Array ? image : Uint8Array.from(image, toByte);
  return dataUrl(encodePng({ width: size, height: size, channels: 1, data: bytes }));
}

/** A square map of values painted in viridis, from 0 (darkest) to `top` (brightest), as a data URL. */
export function heatTile(values: Float32Array, top: number): string {
  const size = Math.sqrt(values.length);
  const data = new Uint8Array(values.length * 3);
  for (const [i, value] of values.entries()) data.set(VIRIDIS[toByte(value / top)], i * 3);
  return dataUrl(encodePng({ width: size, height: size, channels: 3, data }));
}

const VIRIDIS = Array.from({ length: 256 }, (_, i) => rgb(interpolateViridis(i / 255)));

function rgb(hex: string): [number, number, number] {
  const colour = parseInt(hex.slice(1), 16);
  return [colour >> 16, colour >> 8 & 255, colour & 255];
}

/** A fraction as a byte; what lies outside [0, 1] is cut off, and no number at all is 0. */
function toByte(fraction: number): number {
  return Math.max(0, Math.min(255, Math.round(fraction * 255))) || 0;
}

function dataUrl(png: Uint8Array): string {
  return `data:image/png;base64,${png.toBase64()}`;
}
