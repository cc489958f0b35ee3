/** A part of a set of images, drawn at random. */
import { DRAW, Random, type Seeded, STREAM } from "../random.ts";
import { type LabelledImages, takeImages, takeLabelled } from "./images.ts";
import type { ImageSource } from "./sources.ts";

/**
 * So many images of a source, drawn at random, in their order; all if there are no more.
 *
 * @param most at least 1
 */
export function subsetOf(source: ImageSource, most: number, { seed = 0 }: Seeded = {}): ImageSource {
  if (source.count <= most) return source;
  const drawn = drawNumbers(source.count, most, seed);
  const { labels, files } = source;
  return {
    name: source.name,
    count: most,
    description: `${source.description}, ${most} of ${source.count} drawn at random`,
    ...(labels && { labels: Uint8Array.from(drawn, (number) => labels[number]) }),
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
  return images.count <= most ? images : takeLabelled(images, drawNumbers(images.count, most, seed));
}

function drawNumbers(count: number, most: number, seed: number): Uint32Array {
  return new Random(seed, STREAM.bootstrap, DRAW.subset).permutation(count).subarray(0, most).sort();
}
