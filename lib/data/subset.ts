/** A part of a set of images, drawn at random. */
import { DRAW, Random, type Seeded, STREAM } from "../random.ts";
import { takeImages } from "./images.ts";
import type { ImageSource } from "./sources.ts";

/**
 * So many images of a source, drawn at random, in their order; all if there are no more.
 *
 * @param most at least 1
 */
export function subsetOf(source: ImageSource, most: number, { seed = 0 }: Seeded = {}): ImageSource {
  if (source.count <= most) return source;
  const drawn = new Random(seed, STREAM.bootstrap, DRAW.subset).permutation(source.count).subarray(0, most).sort();
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
