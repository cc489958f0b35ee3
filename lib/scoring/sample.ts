/** A sample of a set: pixels beside what the network made of them. */
import { checkedChunks, type ImageSource } from "../data/sources.ts";
import { DEFECTS, type Outputs } from "../metrics/embedding.ts";
import type { Latents } from "../metrics/latents.ts";
import { CLASSES } from "../model.ts";
import { Random, type Seeded, STREAM } from "../random.ts";
import type { Moments } from "../metrics/moments.ts";
import type { GreyImages } from "./look.ts";
import type { Features } from "./metrics.ts";

/** Numbers drawn from `count`, ascending; all of them if there are not more than `most`. */
export function drawNumbers(count: number, most: number, draw: number, { seed = 0 }: Seeded = {}): Uint32Array {
  return new Random(seed, STREAM.bootstrap, draw).permutation(count).subarray(0, most).sort();
}

/** Which images rows of features are of. */
export function imagesOf(features: Features | Moments, rows: Iterable<number>): Uint32Array<ArrayBuffer> {
  const order = "order" in features ? features.order : undefined;
  return Uint32Array.from(rows, (row) => order ? order[row] : row);
}

/** The digit that each image is read as, in the order of their source. */
export function digitsOfImages(features: Features): Uint8Array<ArrayBuffer> {
  const ofRows = digitsOf(features.logits), ofImages = new Uint8Array(ofRows.length);
  for (const [row, image] of imagesOf(features, ofRows.keys()).entries()) ofImages[image] = ofRows[row];
  return ofImages;
}

/** The images of these numbers, in their order, in floats from black to white; the source is read once more. */
export async function readNumbers(source: ImageSource, numbers: Uint32Array): Promise<GreyImages> {
  const ascending = Uint32Array.from(numbers.keys()).sort((a, b) => numbers[a] - numbers[b]);
  let [first, taken, size, pixels] = [0, 0, 28 as GreyImages["size"], new Float32Array()];
  for await (const chunk of checkedChunks(source)) {
    if (first === 0) [size, pixels] = [chunk.size, new Float32Array(numbers.length * chunk.size ** 2)];
    const area = size * size, scale = chunk.pixels instanceof Uint8Array ? 255 : 1;
    for (; taken < numbers.length && numbers[ascending[taken]] < first + chunk.count; taken++) {
      const from = (numbers[ascending[taken]] - first) * area, to = ascending[taken] * area;
      for (let k = 0; k < area; k++) pixels[to + k] = chunk.pixels[from + k] / scale;
    }
    first += chunk.count;
  }
  return { count: numbers.length, size, pixels };
}

/** The latents of the images of these numbers. */
export function takeLatents({ width, data }: Latents, numbers: Uint32Array): Latents {
  return { count: numbers.length, width, data: takeRows(data, width, numbers) };
}

/** What the network made of the images of these numbers. */
export function takeOutputs({ latents, logits, defects }: Outputs, numbers: Uint32Array): Outputs {
  return {
    latents: takeLatents(latents, numbers),
    logits: takeRows(logits, CLASSES, numbers),
    defects: takeRows(defects, DEFECTS, numbers),
  };
}

/** The rows of these numbers, in their order. */
export function takeRows(
  values: Float32Array | Float64Array,
  width: number,
  numbers: Uint32Array,
): Float32Array<ArrayBuffer> {
  const taken = new Float32Array(numbers.length * width);
  for (let i = 0; i < numbers.length; i++) {
    const from = numbers[i] * width;
    if (width > 16) taken.set(values.subarray(from, from + width), i * width);
    else for (let k = 0; k < width; k++) taken[i * width + k] = values[from + k]; // a view takes longer
  }
  return taken;
}

/** The most likely digit of each image. */
export function digitsOf(logits: Float32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: logits.length / CLASSES }, (_, i) => {
    const row = logits.subarray(i * CLASSES, (i + 1) * CLASSES);
    return row.indexOf(Math.max(...row));
  });
}
