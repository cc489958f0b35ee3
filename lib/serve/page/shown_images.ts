/** The images that the page shows of a set: read once more, in few. */
import type { ImageSource } from "../../data/sources.ts";
import type { Neighbour } from "../../scoring/extremes.ts";
import { readNumbers } from "../../scoring/sample.ts";
import type { PageScore, Pictures } from "./protocol.ts";

/** Images of the sheet of samples. */
const SAMPLES = 100;

/** Images from all over a set, in even steps. */
export async function samplesShown(source: ImageSource): Promise<Pictures> {
  const kept = Math.min(source.count, SAMPLES);
  const numbers = Array.from({ length: kept }, (_, i) => Math.floor(i * source.count / kept));
  const { size, pictures } = await picturesOf(source, numbers);
  return stack(size, pictures);
}

/** Generated images, each followed by the real one nearest to it. */
export async function pairsShown(
  fake: ImageSource,
  real: ImageSource,
  pairs: readonly Neighbour[],
): Promise<PageScore["worst"]> {
  const [generated, nearest] = [
    await picturesOf(fake, pairs.map(({ image }) => image)),
    await picturesOf(real, pairs.map(({ real }) => real)),
  ];
  const size = generated.size === 28 && nearest.size === 28 ? 28 : 32;
  const pictures = pairs.flatMap((_, i) => [generated.pictures[i], nearest.pictures[i]]);
  return { pairs, pictures: stack(size, pictures.map((picture) => widened(picture, size))) };
}

/** Images by their numbers, in any order, as bytes from black to white. */
async function picturesOf(
  source: ImageSource,
  numbers: readonly number[],
): Promise<{ size: 28 | 32; pictures: Uint8Array[] }> {
  const { size, pixels } = await readNumbers(source, Uint32Array.from(numbers)), area = size * size;
  const pictures = numbers.map((_, i) =>
    Uint8Array.from(pixels.subarray(i * area, (i + 1) * area), (level) => Math.round(255 * level))
  );
  return { size, pictures };
}

function stack(size: 28 | 32, pictures: readonly Uint8Array[]): Pictures {
  const pixels = new Uint8Array(pictures.length * size * size);
  for (const [i, picture] of pictures.entries()) pixels.set(picture, i * size * size);
  return { size, pixels };
}

/** Pictures of 28×28 with the border that the network gives them, where others are of 32×32. */
function widened(picture: Uint8Array, size: 28 | 32): Uint8Array {
  if (picture.length === size * size) return picture;
  const wide = new Uint8Array(32 * 32);
  for (let row = 0; row < 28; row++) wide.set(picture.subarray(28 * row, 28 * (row + 1)), 32 * (row + 2) + 2);
  return wide;
}
