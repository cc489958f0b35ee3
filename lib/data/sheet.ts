/** Many images in one picture: where they are, and cutting them out. */
import { FormatError } from "../errors.ts";
import type { GreyPicture } from "../formats/png.ts";
import { enlargementOf, reduced } from "./enlargement.ts";
import type { Grid } from "./image_options.ts";
import { isSide } from "./layout.ts";
import type { Pictures } from "./prepare.ts";

/** Where the images of a sheet are. */
export interface Cells {
  /** Side of an image in pixels of the picture. */
  readonly side: number;
  /** First column of each image across. */
  readonly lefts: readonly number[];
  /** First row of each image down. */
  readonly tops: readonly number[];
  /** Whether each row of the picture is an image: `side * side` pixels across. */
  readonly isSprite?: boolean;
  /** Side of the blocks of one level that each pixel of an image was enlarged to; 1 unless given. */
  readonly blocks?: number;
}

/** Widest gap between images that is looked for. */
const WIDEST_GAP = 16;
/** How much pixels of a gap may differ, of 1: a JPEG's rounding. */
const GAP_TOLERANCE = 0.04;

/**
 * Finds the images of a sheet by the picture: they are of 28×28 or 32×32 pixels, with gaps of one shade or none, and
 * have less ink at their edges than any other grid.
 *
 * @throws FormatError if no grid stands out
 */
export function findCells(picture: GreyPicture, name: string): Cells {
  const framed = framedCells(picture);
  if (framed) return framed;
  const candidates = [...spriteCells(picture), ...regularCells(picture)]
    .map((cells) => ({ cells, ink: edgeInk(picture, cells) }))
    .sort((a, b) => a.ink - b.ink);
  const [best, second] = candidates;
  if (best && best.ink < 0.5 * meanInk(picture) && best.ink <= 0.5 * (second?.ink ?? Infinity)) return best.cells;
  const { width, height } = picture;
  if (picture.isPlot) throw plotRefusal(picture, name);
  const found = best ? "no grid of images stands out" : "no grid of 28×28 or 32×32 pixels fits";
  throw new FormatError(
    `${name}: ${width}×${height} pixels, in which ${found}: say how many it has across and down, or save the images ` +
      "themselves as an array if a figure shows them scaled",
    {
      remedy: { grid: "10x10" },
    },
  );
}

/**
 * The images of a sheet whose number is given, with gaps or without. Sides of 28 and 32 come first, then what was enlarged
 * to whole blocks, then other multiples: with another gap than the right one, cells of some other side may fit as well.
 *
 * @param anySide whether images may be of other sides, to be resized
 * @throws FormatError if that does not divide the picture into squares
 */
export function gridCells(picture: GreyPicture, grid: Grid, anySide: boolean, name: string): Cells {
  const { width, height } = picture;
  const fitting = [...squareCells(picture, grid)];
  const exact = fitting.find(({ side }) => isSide(side));
  if (exact) return exact;
  if (picture.isPlot) throw plotRefusal(picture, name);
  const plain = fitting.filter((cells) => hasPlainGaps(picture, cells));
  for (const cells of plain) {
    const blocks = blocksOf(picture, cells);
    if (blocks > 1) return { ...cells, blocks };
  }
  const likely = plain.find(({ side }) => side % 28 === 0 || side % 32 === 0) ?? plain[0];
  if (likely && anySide) return likely;
  const found = `${name}: ${width}×${height} pixels are`, count = `${grid.columns}×${grid.rows}`;
  if (!likely) throw new FormatError(`${found} not ${count} square images: count again how many are across and down`);
  const { side } = likely;
  throw new FormatError(
    `${found} ${count} images of ${side}×${side}, expected 28×28 or 32×32: resize them, or save them as an array before ` +
      "they are enlarged",
    { remedy: { resize: true } },
  );
}

/** All ways of cutting a picture into so many squares, with gaps of one width. */
function* squareCells({ width, height }: GreyPicture, { columns, rows }: Grid): Generator<Cells> {
  for (let gap = 0; gap <= WIDEST_GAP; gap++) {
    for (const margin of gap === 0 ? [0] : [gap, 0]) {
      const side = (width - 2 * margin + gap) / columns - gap;
      if (!Number.isInteger(side) || side < 4 || side !== (height - 2 * margin + gap) / rows - gap) continue;
      yield { side, lefts: starts(columns, side, gap, margin), tops: starts(rows, side, gap, margin) };
    }
  }
}

/** Side of the blocks that images of 28×28 or 32×32 were enlarged to; 1 if they were not. */
function blocksOf(picture: GreyPicture, cells: Cells): number {
  const { side, pixels } = cut(picture, cells);
  const blocks = [28, 32].map((small) => side / small).filter(Number.isInteger);
  return Math.max(
    1,
    ...blocks.map((times) => enlargementOf({ width: side, height: pixels.length / side, pixels }, times)),
  );
}

/**
 * Refuses a figure of Matplotlib whose cells are no whole pixels: what is in it cannot be had from the picture. The line
 * is for the program that draws it, once it has.
 */
function plotRefusal({ width, height }: GreyPicture, name: string): FormatError {
  const shown = "[numpy.asarray(image.get_array()) for axes in plt.gcf().axes for image in axes.images]";
  return new FormatError(
    `${name}: ${width}×${height} pixels, a figure that Matplotlib drew, which scales what it shows so that digits are ` +
      `no whole pixels: save the images themselves, before plt.show or plt.close: numpy.save('images.npy', ${shown})`,
  );
}

/** Cuts the images out, row after row, without the ones of a single shade at the end: a last row that is not full. */
export function cut({ width, pixels }: GreyPicture, cells: Cells): Pictures & { readonly empty: number } {
  const { side, lefts, tops, isSprite, blocks = 1 } = cells;
  const area = side * side, all = lefts.length * tops.length;
  const images = pixels instanceof Uint8Array ? new Uint8Array(all * area) : new Float32Array(all * area);
  for (const [row, top] of tops.entries()) {
    for (const [column, left] of lefts.entries()) {
      const image = row * lefts.length + column;
      const lines = isSprite ? 1 : side, length = area / lines;
      for (let y = 0; y < lines; y++) {
        const start = (top + y) * width + left;
        images.set(pixels.subarray(start, start + length), image * area + y * length);
      }
    }
  }
  let count = all;
  const isEmpty = (image: number) => {
    const [first, ...others] = images.subarray(image * area, (image + 1) * area);
    return others.every((value) => value === first);
  };
  while (count > 0 && isEmpty(count - 1)) count--;
  const taken = { width: side, height: count * side, pixels: images.subarray(0, count * area) };
  return { count, side: side / blocks, pixels: reduced(taken, blocks).pixels, empty: all - count };
}

/** Cells in words: `8×8 images of 28×28 pixels`. */
export function showCells({ side, lefts, tops, blocks = 1 }: Cells): string {
  const enlarged = blocks > 1 ? `, ${blocks} times enlarged, undone` : "";
  return `${lefts.length}×${tops.length} images of ${side / blocks}×${side / blocks} pixels${enlarged}`;
}

function starts(count: number, side: number, gap: number, margin: number): number[] {
  return Array.from({ length: count }, (_, i) => margin + i * (side + gap));
}

/** Images a row each, as tfjs's `mnist_images.png`. */
function* spriteCells({ width, height }: GreyPicture): Generator<Cells> {
  const side = Math.sqrt(width);
  if (isSide(side) && height > 1) yield { side, lefts: [0], tops: starts(height, 1, 0, 0), isSprite: true };
}

/** All grids with gaps of one width and one shade. */
function* regularCells(picture: GreyPicture): Generator<Cells> {
  const { width, height } = picture;
  for (const side of [28, 32]) {
    for (let gap = 0; gap <= WIDEST_GAP; gap++) {
      for (const margin of gap === 0 ? [0] : [0, gap]) {
        const [columns, rows] = [width, height].map((length) => (length - 2 * margin + gap) / (side + gap));
        if (!Number.isInteger(columns) || !Number.isInteger(rows) || columns < 1 || rows < 1 || columns * rows < 2) {
          continue;
        }
        const cells = { side, lefts: starts(columns, side, gap, margin), tops: starts(rows, side, gap, margin) };
        if (gap === 0 || hasPlainGaps(picture, cells)) yield cells;
      }
    }
  }
}

/** Images with lines between and around them of the shade of the corner, which the images themselves do not have. */
function framedCells(picture: GreyPicture): Cells | undefined {
  const { width, height, pixels } = picture;
  const shade = pixels[0], slack = GAP_TOLERANCE * whiteOf(pixels);
  const isShade = (index: number) => Math.abs(pixels[index] - shade) <= slack;
  const runs = (length: number, isGap: (at: number) => boolean) => {
    const found: { start: number; length: number }[] = [];
    for (let at = 0, wasGap = true; at < length; wasGap = isGap(at++)) {
      if (isGap(at)) continue;
      if (wasGap) found.push({ start: at, length: 1 });
      else found.at(-1)!.length++;
    }
    return found;
  };
  const all = (length: number, test: (i: number) => boolean) => {
    for (let i = 0; i < length; i++) if (!test(i)) return false;
    return true;
  };
  if (!all(width, isShade)) return undefined; // no frame
  const across = runs(width, (x) => all(height, (y) => isShade(y * width + x)));
  const down = runs(height, (y) => all(width, (x) => isShade(y * width + x)));
  const side = across[0]?.length ?? 0;
  if (across.length * down.length < 2 || !isSide(side)) return undefined;
  if ([...across, ...down].some(({ length }) => length !== side)) return undefined;
  return { side, lefts: across.map(({ start }) => start), tops: down.map(({ start }) => start) };
}

function hasPlainGaps({ width, height, pixels }: GreyPicture, { side, lefts, tops }: Cells): boolean {
  const inCells = (length: number, starts: readonly number[]) => {
    const inside = new Uint8Array(length);
    for (const start of starts) inside.fill(1, start, start + side);
    return inside;
  };
  const [columns, rows] = [inCells(width, lefts), inCells(height, tops)];
  let [lowest, highest] = [Infinity, -Infinity];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (columns[x] && rows[y]) continue;
      lowest = Math.min(lowest, pixels[y * width + x]);
      highest = Math.max(highest, pixels[y * width + x]);
    }
  }
  return highest - lowest <= GAP_TOLERANCE * whiteOf(pixels);
}

/** How far the pixels at the edges of the images are from the background, on average. */
function edgeInk(picture: GreyPicture, cells: Cells): number {
  const { count, side, pixels } = cut(picture, cells);
  const background = mostFrequent(pixels);
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) {
    const x = i % side, y = Math.floor(i / side) % side;
    if (x === 0 || y === 0 || x === side - 1 || y === side - 1) sum += Math.abs(pixels[i] - background);
  }
  return sum / (count * 4 * (side - 1)) / whiteOf(pixels);
}

/** How far all pixels are from the background, on average. */
function meanInk({ pixels }: GreyPicture): number {
  const background = mostFrequent(pixels);
  let sum = 0;
  for (let i = 0; i < pixels.length; i++) sum += Math.abs(pixels[i] - background);
  return sum / pixels.length / whiteOf(pixels);
}

function mostFrequent(pixels: GreyPicture["pixels"]): number {
  const white = whiteOf(pixels), counts = new Float64Array(256);
  for (let i = 0; i < pixels.length; i++) counts[Math.round(255 * pixels[i] / white)]++;
  return counts.indexOf(Math.max(...counts)) / 255 * white;
}

function whiteOf(pixels: GreyPicture["pixels"]): number {
  return pixels instanceof Uint8Array ? 255 : 1;
}
