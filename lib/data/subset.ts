/** A part of a set of images, drawn at random: the same images, in whatever order they come. */
import { pcg3d, type Seeded } from "../random.ts";
import { type LabelledImages, takeImages, takeLabelled } from "./images.ts";
import { pixelKeys } from "./pixel_hash.ts";
import { checkedChunks, type ImageSource } from "./sources.ts";

/**
 * So many images of a source, drawn at random, in their order; all if there are no more. The source is read once for it.
 *
 * @param most at least 1
 * @throws DigitFidError if an image cannot be read or used
 */
export async function subsetOf(source: ImageSource, most: number, { seed = 0 }: Seeded = {}): Promise<ImageSource> {
  if (source.count <= most) return source;
  const keys: number[] = [];
  for await (const images of checkedChunks(source)) keys.push(...pixelKeys(images));
  const drawn = drawNumbers(keys, most, seed);
  const { labels, files, done } = source;
  return {
    name: source.name,
    count: most,
    description: `${source.description}, ${most} of ${source.count} drawn at random`,
    ...(labels && { labels: Uint8Array.from(drawn, (number) => labels[number]) }),
    ...(done && { done }),
    ...(files && { files: Array.from(drawn, (number) => files[number]) }),
    numbers: source.numbers ? drawn.map((number) => source.numbers![number]) : drawn,
    get warnings() {
      return source.warnings;
    },
    async *chunks() {
      let first = 0, next = 0;
      for await (const images of source.chunks()) {
        const begin = next;
        while (next < most && drawn[next] < first + images.count) next++;
        yield takeImages(images, drawn.subarray(begin, next).map((number) => number - first));
        first += images.count;
      }
    },
  };
}

/** The same of images in memory. */
export function drawLabelled(images: LabelledImages, most: number, { seed = 0 }: Seeded = {}): LabelledImages {
  return images.count <= most ? images : takeLabelled(images, drawNumbers(pixelKeys(images), most, seed));
}

/** Numbers of the images that a seed's hashes of their keys put first, ascending. */
function drawNumbers(keys: ArrayLike<number>, most: number, seed: number): Uint32Array {
  const ranks = Array.from(keys, (key) => pcg3d(key / 2 ** 32, key, seed)[0]);
  const order = Uint32Array.from(ranks.keys()).sort((a, b) => ranks[a] - ranks[b] || keys[a] - keys[b]);
  return order.subarray(0, most).sort();
}
