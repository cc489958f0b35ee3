/** Digits on the page: the few images of a set that are shown, and how they stand there. */
import type { ImageSource } from "../../data/sources.ts";
import { imageTile } from "../../figures/tile.ts";
import type { Latents } from "../../metrics/latents.ts";
import { grouped } from "../../numerals.ts";
import type { GreyImages } from "../../scoring/look.ts";
import { readNumbers } from "../../scoring/sample.ts";
import { type Html, html } from "../html.ts";

/** Some images of a set, by their numbers in it. */
export class PictureBook {
  readonly #places: ReadonlyMap<number, number>;
  readonly #images: GreyImages;

  private constructor(numbers: Uint32Array, images: GreyImages) {
    this.#places = new Map([...numbers].map((number, place) => [number, place]));
    this.#images = images;
  }

  /** Reads the images of these numbers. */
  static async read(source: ImageSource, numbers: readonly number[]): Promise<PictureBook> {
    const once = Uint32Array.from(new Set(numbers));
    return new PictureBook(once, await readNumbers(source, once));
  }

  /** An image as a data URL. */
  urlOf(number: number): string {
    return imageTile(this.#images, this.#places.get(number)!);
  }
}

/** A set: what it is called, and what the network made of each of its images. */
export interface ShownSet {
  /** What it was called. */
  readonly name: string;
  /** The latents of its images, N × 128, in any order. */
  readonly latents: Latents;
  /** The most likely digit of each image. */
  readonly digits: Uint8Array;
  /** Those of its images that are shown. */
  readonly pictures: PictureBook;
}

/** One digit; its number shows where the mouse rests. */
export function digitHtml(
  { pictures, digits }: ShownSet,
  number: number,
  kind: "generated" | "real" | "training",
): Html {
  const alt = `${kind} digit ${number}, read as ${digits[number]}`;
  return html`<img class="digit" src="${pictures.urlOf(number)}" width="28" height="28" alt="${alt}" title="${alt}">`;
}

/** Generated digits in a sheet. */
export function sheetHtml(fake: ShownSet, numbers: readonly number[]): Html {
  return html`<div class="sheet">${numbers.map((number) => digitHtml(fake, number, "generated"))}</div>`;
}

/** A generated digit, and one that it is shown beside. */
export interface ShownPair {
  /** Number of the generated one. */
  readonly image: number;
  /** Number of the other. */
  readonly other: number;
  /** What is said of the two. */
  readonly words: string;
}

/** Generated digits, each beside another. */
export function pairsHtml(
  fake: ShownSet,
  others: ShownSet,
  kind: "real" | "training",
  pairs: readonly ShownPair[],
): Html {
  const items = pairs.map(({ image, other, words }) =>
    html`
      <li>
        <span class="pair">${digitHtml(fake, image, "generated")}${digitHtml(others, other, kind)}</span>
        <span class="muted">no. ${grouped(image)} · ${words}</span>
      </li>
    `
  );
  return html`<ul class="pairs">${items}</ul>`;
}
