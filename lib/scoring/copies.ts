/** Whether generated digits are copies: of training images, or of each other. */
import type { ImageSource } from "../data/sources.ts";
import type { Images } from "../data/images.ts";
import { authenticPercent, copyingTest, countNear, type NearCount, nearnessRatio } from "../metrics/copies.ts";
import type { Latents } from "../metrics/latents.ts";
import type { Nearest } from "../metrics/nearest.ts";
import { CLASSES } from "../model.ts";
import type { Seeded } from "../random.ts";
import { breath, together } from "../together.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { findDuplicates } from "./duplicates.ts";
import type { Features } from "./metrics.ts";
import { digitsOf, imagesOf, readNumbers, takeLatents } from "./sample.ts";

/** A generated digit and the training image that is nearest to it. */
export interface Suspect {
  /** Number of the generated image. */
  readonly image: number;
  /** Number of its nearest training image by the latents. */
  readonly training: number;
  /** Their distance in the latent space. */
  readonly distance: number;
  /** Number of its nearest training image by the pixels. */
  readonly pixelTraining: number;
  /** Root mean square difference of their pixels, 0 … 1. */
  readonly pixelDistance: number;
}

/** What is found about copies. */
export interface Copies {
  /** Median distance to the nearest training image, by that of fresh real digits. */
  readonly ratio: number;
  /** {@linkcode copyingTest} with the ten predicted digits as cells; left out where no digit has images enough. */
  readonly copyingTest?: number;
  /** {@linkcode authenticPercent} of the generated digits. */
  readonly authenticPercent: number;
  /** The same of the fresh real ones. */
  readonly freshAuthenticPercent: number;
  /** Digits suspiciously near to training images. */
  readonly near: NearCount;
  /** Images that equal an earlier one of the set, pixel by pixel. */
  readonly duplicates: number;
  /** Digits suspiciously near to another of the set; left out where there are fewer than 1,000 of either set. */
  readonly nearDuplicates?: NearCount;
  /** The generated digits nearest to training images, the nearest first. */
  readonly suspects: readonly Suspect[];
  /** Whether more digits are near to training images than chance has it, or the set is nearer as a whole. */
  readonly isCopying: boolean;
}

/** How many of the nearest are compared by pixels. */
const SUSPECTS = 20;
/** C_T below this is copying: three standard errors. */
const COPYING = -3;
/** Sets to look for copies among. */
export interface CopySets {
  /** The generated digits. */
  readonly fake: { readonly features: Features; readonly source: ImageSource };
  /** What the generator was trained on. */
  readonly training: { readonly features: Features; readonly images: Images };
  /** Real digits that no generator was trained on. */
  readonly fresh: Features;
}

/** Copies, and for each generated digit what it is nearest to. */
export interface FoundCopies {
  /** What is found. */
  readonly copies: Copies;
  /** For each row of the generated digits the number of the nearest training image, and the distance to it. */
  readonly nearest: Nearest;
  /** For each generated digit whether an earlier one has the same pixels. */
  readonly isDuplicate: readonly boolean[];
}

/**
 * Looks for copies in the latent space, exactly, and in pixels for the nearest few. Copies that are changed by more than
 * the network overlooks, such as by noise of 0.02, are as far as fresh digits there, and are not found.
 */
export async function findCopies(
  { fake, training, fresh }: CopySets,
  { seed, arithmetic }: Seeded & { readonly arithmetic: Arithmetic },
): Promise<FoundCopies> {
  const train = training.features.latents;
  const generated = { source: fake.source, latents: fake.features.latents };
  const ofFake = arithmetic.nearest(generated.latents, train);
  const [nearest, suspects, ofFresh, cells, { duplicates, isDuplicate }] = await together(
    ofFake,
    ofFake.then((nearest) => suspectsOf(fake, training, nearest)),
    arithmetic.nearest(fresh.latents, train),
    cellsOf(arithmetic, fake.features, training.features, fresh),
    findDuplicates(generated, fresh.latents, { seed, arithmetic }),
  );
  const [authentic, freshAuthentic] = await authenticOf(arithmetic, train, [nearest, ofFresh]);
  const near = countNear(nearest.distances, ofFresh.distances);
  const c = copyingTest(cells);
  const copies: Copies = {
    ratio: nearnessRatio(nearest.distances, ofFresh.distances),
    ...(c !== undefined && { copyingTest: c }),
    authenticPercent: authentic,
    freshAuthenticPercent: freshAuthentic,
    near,
    duplicates: duplicates.exact,
    ...(duplicates.near && { nearDuplicates: duplicates.near }),
    suspects,
    isCopying: near.isMore || c !== undefined && c < COPYING,
  };
  return { copies, nearest: { ...nearest, numbers: imagesOf(training.features, nearest.numbers) }, isDuplicate };
}

/**
 * AuthPct of several sets: of the training images, only those that are nearest to something are looked at.
 *
 * @param train latents of the training images
 * @param sets for each image of a set its nearest training image
 */
export async function authenticOf(arithmetic: Arithmetic, train: Latents, sets: readonly Nearest[]): Promise<number[]> {
  const own = Uint32Array.from(new Set(sets.flatMap(({ numbers }) => [...numbers]))).sort();
  const hit = takeLatents(train, own);
  const { distances } = await arithmetic.nearest(hit, train, { own });
  arithmetic.forget(hit);
  const among = new Float64Array(train.count);
  for (const [i, number] of own.entries()) among[number] = distances[i];
  return sets.map(({ distances, numbers }) =>
    authenticPercent(distances, Float64Array.from(numbers, (number) => among[number]))
  );
}

/** Distances to the nearest training image of the same predicted digit, digit by digit: the cells of C_T. */
export async function cellsOf(
  arithmetic: Arithmetic,
  fake: Features,
  training: Features,
  fresh: Features,
): Promise<{ readonly fake: Float64Array; readonly fresh: Float64Array }[]> {
  const sets = [fake, fresh, training].map(({ latents, logits }) => ({ latents, digits: digitsOf(logits) }));
  const cells: { fake: Float64Array; fresh: Float64Array }[] = [];
  for (let digit = 0; digit < CLASSES; digit++) {
    const [ofFake, ofFresh, ofTraining] = sets.map(({ latents, digits }) =>
      takeLatents(latents, Uint32Array.from(digits.keys()).filter((i) => digits[i] === digit))
    );
    if (Math.min(ofFake.count, ofFresh.count, ofTraining.count) < 2) continue;
    const distances = async (set: Latents) => (await arithmetic.nearest(set, ofTraining)).distances;
    cells.push({ fake: await distances(ofFake), fresh: await distances(ofFresh) });
    for (const set of [ofFake, ofFresh, ofTraining]) arithmetic.forget(set);
  }
  return cells;
}

/** The digits nearest to training images, whose pixels are compared with those of all training images. */
async function suspectsOf(
  { features, source }: CopySets["fake"],
  { features: trained, images: training }: CopySets["training"],
  { distances, numbers }: Nearest,
): Promise<Suspect[]> {
  const rows = [...distances.keys()].sort((a, b) => distances[a] - distances[b] || a - b).slice(0, SUSPECTS);
  const images = imagesOf(features, rows), nearest = imagesOf(trained, rows.map((row) => numbers[row]));
  const some = await readNumbers(source, images), area = training.size ** 2;
  const suspects: Suspect[] = [];
  for (const [i, row] of rows.entries()) {
    await breath();
    const pixels = cropped(some.pixels.subarray(i * some.size ** 2, (i + 1) * some.size ** 2));
    const [pixelTraining, squares] = nearestImage(training, pixels, nearest[i]);
    const pixelDistance = Math.sqrt(squares / area), distance = distances[row];
    suspects.push({ image: images[i], training: nearest[i], distance, pixelTraining, pixelDistance });
  }
  return suspects;

  /** As many pixels as a training image has: the border of 32×32 is left out, or put around 28×28. */
  function cropped(pixels: Float32Array): Float32Array {
    if (pixels.length === area) return pixels;
    const [from, to] = [Math.sqrt(pixels.length), training.size], border = (from - to) / 2;
    return Float32Array.from({ length: area }, (_, k) => {
      const [row, column] = [Math.floor(k / to) + border, k % to + border];
      return row < 0 || column < 0 || row >= from || column >= from ? 0 : pixels[row * from + column];
    });
  }
}

/** Number of the image nearest by pixels, and the sum of squared differences; `guess` is looked at first. */
function nearestImage({ count, size, pixels: levels }: Images, pixels: Float32Array, guess: number): [number, number] {
  const area = size * size, most = levels instanceof Uint8Array ? 255 : 1;
  const squaresTo = (image: number, bound: number, step: number) => {
    let sum = 0;
    for (let k = 0, at = image * area; k < area && sum <= bound; k += step) {
      const difference = Math.fround(levels[at + k] / most) - pixels[k];
      sum += difference * difference;
    }
    return sum;
  };
  let [best, squares] = [guess, squaresTo(guess, Infinity, 1)];
  for (let image = 0; image < count; image++) {
    if (squaresTo(image, squares, 9) > squares) continue; // a ninth of the pixels is enough to tell most apart
    const found = squaresTo(image, squares, 1);
    if (found < squares) [best, squares] = [image, found];
  }
  return [best, squares];
}
