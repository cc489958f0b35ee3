/** A sample of a set: pixels beside what the network made of them. */
import { checkedChunks, type ImageSource } from "../data/sources.ts";
import { DEFECTS, type Outputs } from "../metrics/embedding.ts";
import type { Latents } from "../metrics/latents.ts";
import { CLASSES } from "../model.ts";
import { Random, type Seeded, STREAM } from "../random.ts";
import type { GreyImages } from "./look.ts";

/** Numbers of images drawn from `count`, ascending; all of them if there are not more than `most`. */
export function drawNumbers(count: number, most: number, draw: number, { seed = 0 }: Seeded = {}): Uint32Array {
  return new Random(seed, STREAM.bootstrap, draw).permutation(count).subarray(0, most).sort();
}

/** The images of these numbers, in floats from black to white; the source is read once more. */
export async function readNumbers(source: ImageSource, numbers: Uint32Array): Promise<GreyImages> {
  let [first, taken, size, pixels] = [0, 0, 28 as GreyImages["size"], new Float32Array()];
  for await (const chunk of checkedChunks(source)) {
    if (first === 0) [size, pixels] = [chunk.size, new Float32Array(numbers.length * chunk.size ** 2)];
    const area = size * size, scale = chunk.pixels instanceof Uint8Array ? 255 : 1;
    for (; taken < numbers.length && numbers[taken] < first + chunk.count; taken++) {
      const from = (numbers[taken] - first) * area;
      for (let k = 0; k < area; k++) pixels[taken * area + k] = chunk.pixels[from + k] / scale;
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

function takeRows(values: Float32Array | Float64Array, width: number, numbers: Uint32Array): Float32Array<ArrayBuffer> {
  const taken = new Float32Array(numbers.length * width);
  numbers.forEach((number, i) => taken.set(values.subarray(number * width, (number + 1) * width), i * width));
  return taken;
}

/** The most likely digit of each image. */
export function digitsOf(logits: Float32Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: logits.length / CLASSES }, (_, i) => {
    const row = logits.subarray(i * CLASSES, (i + 1) * CLASSES);
    return row.indexOf(Math.max(...row));
  });
}
