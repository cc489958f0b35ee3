/** Which images of a set the page shows, kept while the set passes by. */
import type { Images } from "../../data/images.ts";
import { checkedChunks, type ImageSource } from "../../data/sources.ts";
import { lookedAt } from "../../scoring/extremes.ts";
import type { Pictures } from "./protocol.ts";

/** Images of the sheet of samples. */
const SAMPLES = 100;

/** A source that keeps the images that may be shown as it yields them. */
export class ShownImages {
  readonly #wanted: Set<number>;
  readonly #kept = new Map<number, Uint8Array>();
  #size: 28 | 32 = 28;

  /** @param source whose images go by */
  constructor(readonly source: ImageSource) {
    this.#wanted = new Set([...this.#samples(), ...lookedAt(source.count)]);
  }

  /** The source, to be read once. */
  watched(): ImageSource {
    const keep = (images: Images, first: number) => this.#keep(images, first);
    const { source } = this;
    return {
      ...source,
      async *chunks() {
        let seen = 0;
        for await (const images of checkedChunks(source)) {
          keep(images, seen);
          seen += images.count;
          yield images;
        }
      },
    };
  }

  /** The images of these numbers. */
  take(numbers: readonly number[]): Pictures {
    return stack(this.#size, numbers.map((i) => this.#kept.get(i)!));
  }

  /** Images from all over the set. */
  samples(): Pictures {
    return this.take(this.#samples());
  }

  #samples(): number[] {
    const { count } = this.source, kept = Math.min(count, SAMPLES);
    return Array.from({ length: kept }, (_, i) => Math.floor(i * count / kept));
  }

  #keep({ count, size, pixels }: Images, first: number): void {
    this.#size = size;
    for (let i = 0; i < count; i++) {
      if (this.#wanted.has(first + i)) this.#kept.set(first + i, bytesOf({ size, pixels }, i));
    }
  }
}

/** Pictures one after the other. */
export function stack(size: 28 | 32, pictures: readonly Uint8Array[]): Pictures {
  const pixels = new Uint8Array(pictures.length * size * size);
  for (const [i, picture] of pictures.entries()) pixels.set(picture, i * size * size);
  return { size, pixels };
}

/** One image as bytes from black to white. */
export function bytesOf({ size, pixels }: Pick<Images, "size" | "pixels">, index: number): Uint8Array<ArrayBuffer> {
  const image = pixels.slice(index * size * size, (index + 1) * size * size);
  return image instanceof Uint8Array ? image : Uint8Array.from(image, (value) => Math.round(255 * value));
}

/** Pictures of 28×28 with the border that the network gives them, where others are of 32×32. */
export function widened(picture: Uint8Array, size: 28 | 32): Uint8Array {
  if (size === 28) return picture;
  const wide = new Uint8Array(32 * 32);
  for (let row = 0; row < 28; row++) wide.set(picture.subarray(28 * row, 28 * (row + 1)), 32 * (row + 2) + 2);
  return wide;
}
