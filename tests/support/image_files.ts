/** The same digits in every kind of file that can be scored. */
import { gzipSync } from "node:zlib";
import { type Images, limit } from "../../lib/data/images.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { asFloats } from "../../lib/data/prepare.ts";
import { decodePng, encodePng, type GreyPicture } from "../../lib/formats/png.ts";
import type { ImageFileOptions } from "../../lib/data/image_options.ts";
import { encodeIdx } from "../../lib/idx.ts";
import { mnist } from "./mnist.ts";

/** A grid of images in a sheet. */
const GRID = { columns: 20, rows: 15 };
/** How many digits the files hold. */
export const COUNT = GRID.columns * GRID.rows;

/** The digits themselves: MNIST's first test images. */
export async function digits(count = COUNT): Promise<Images & { readonly pixels: Uint8Array<ArrayBuffer> }> {
  const { size, pixels } = limit(await mnist("test"), count);
  return { count, size, pixels: Uint8Array.from(pixels) };
}

/** 28×28 images with their border, as floats in [0, 1]. */
export function padded({ count, pixels }: Images): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(count * 32 * 32);
  for (const [i, byte] of pixels.entries()) {
    const [image, row, column] = [Math.floor(i / 784), Math.floor(i / 28) % 28, i % 28];
    floats[image * 1024 + (row + 2) * 32 + column + 2] = byte / 255;
  }
  return floats;
}

/** Writes the files into a folder; returns their names with the options they need. */
export async function writeEveryKind(folder: string): Promise<[name: string, options?: ImageFileOptions][]> {
  const { pixels, count } = await digits();
  const unit = Float32Array.from(pixels, (byte) => byte / 255);
  const idx = encodeIdx({ shape: [count, 28, 28], data: pixels });
  const files: Record<string, Uint8Array> = {
    "images-idx3-ubyte": idx,
    "packed.gz": gzipSync(idx),
    "bytes.npy": encodeNpy([count, 28, 28], pixels),
    "first.npy": encodeNpy([count, 1, 28, 28], unit),
    "last.npy": encodeNpy([count, 28, 28, 1], unit),
    "signed.npy": encodeNpy([count, 28, 28], unit.map((value) => 2 * value - 1)),
    "double.npy": encodeNpy([count, 28, 28], Float64Array.from(unit)),
    "large.npy": encodeNpy([count, 32, 32], padded({ count, size: 28, pixels })),
    "floats255.npy": encodeNpy([count, 28, 28], Float32Array.from(pixels)),
    "sheet.png": sheet(pixels),
  };
  for (const [name, bytes] of Object.entries(files)) Deno.writeFileSync(`${folder}/${name}`, bytes);
  Deno.mkdirSync(`${folder}/pngs`);
  Deno.writeTextFileSync(`${folder}/pngs/README.txt`, "not an image");
  for (let i = 0; i < count; i++) {
    Deno.writeFileSync(
      `${folder}/pngs/${String(i).padStart(4, "0")}.png`,
      png(28, pixels.subarray(i * 784, (i + 1) * 784)),
    );
  }
  const options: Record<string, ImageFileOptions> = { "floats255.npy": { range: "byte" }, "sheet.png": { grid: GRID } };
  return [...Object.keys(files), "pngs"].map((name) => [name, options[name]]);
}

/** A PNG as floats in [0, 1], whatever it holds. */
export function greyOf(bytes: Uint8Array, name: string): GreyPicture & { readonly pixels: Float32Array<ArrayBuffer> } {
  const picture = decodePng(bytes, name);
  return { ...picture, pixels: asFloats(picture.pixels) };
}

/** A square grey PNG. */
export function png(size: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  return encodePng({ width: size, height: size, channels: 1, data });
}

function sheet(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const [width, height] = [GRID.columns * 28, GRID.rows * 28];
  const data = Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const image = Math.floor(y / 28) * GRID.columns + Math.floor(x / 28);
    return pixels[image * 784 + y % 28 * 28 + x % 28];
  });
  return encodePng({ width, height, channels: 1, data });
}
