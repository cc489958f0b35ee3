/** How the dimensions of an array are to be read as images. */
import { FormatError } from "../errors.ts";
import { showShape } from "../formats/shape.ts";

/** The dimensions of an array of images. */
export interface Layout {
  /** How many images there are. */
  readonly count: number;
  /** Side of an image in pixels. */
  readonly side: number;
  /** Values a pixel: 1 for grey, 3 for red, green and blue. */
  readonly channels: 1 | 3;
  /** Whether the channels of a pixel lie side by side, in the last dimension, or a whole image apart. */
  readonly interleaved: boolean;
  /** Entries of the first dimension that make an image: one, unless the array itself is an image. */
  readonly rowsPerImage: number;
}

/** Whether images of this side are taken as they are. */
export function isSide(side: number): side is 28 | 32 {
  return side === 28 || side === 32;
}

/**
 * Reads the shape N×28×28, N×784, N×1×28×28, N×28×28×3 and the like, or one image without N; the side may be any.
 *
 * @param name of the array, for messages
 * @throws FormatError for any other shape, with what NumPy makes images of it
 */
export function layoutOf(shape: readonly number[], name: string): Layout {
  const [first = 0, second = 0, third = 0, fourth = 0] = shape;
  const grey = { channels: 1, interleaved: false, rowsPerImage: 1 } as const;
  const planes = (count: number, side: number): Layout => ({ ...grey, count, side });
  const single = (side: number): Layout => ({ ...grey, count: 1, side, rowsPerImage: side });
  if (shape.length === 2 && first === second && isSide(first)) return single(first);
  if (shape.length === 2 && isSide(Math.sqrt(second))) return planes(first, Math.sqrt(second));
  if (shape.length === 3 && second === third && second > 3) return planes(first, second);
  if (shape.length === 3 && first === second && isSide(first) && third === 1) return single(first);
  if (shape.length === 4 && third === fourth && third > 3 && isChannels(second)) {
    return { ...grey, count: first, side: third, channels: second };
  }
  if (shape.length === 4 && second === third && second > 3 && isChannels(fourth)) {
    return { ...grey, count: first, side: second, channels: fourth, interleaved: true };
  }
  throw new FormatError(
    `${name}: expected images as N×28×28, N×784 or N×32×32, with 1 or 3 channels second or last, ` +
      `found ${showShape(shape)}: ${adviceFor(shape)}`,
  );
}

function isChannels(size: number): size is 1 | 3 {
  return size === 1 || size === 3;
}

/** What makes images of an array of this shape. */
function adviceFor(shape: readonly number[]): string {
  const [first, second] = shape, [secondLast, last] = shape.slice(-2);
  const isTurned = first === second && isSide(first);
  if (shape.length === 3 && isTurned && last === 3) return "save array[None] if it is one image in colour";
  if (shape.length === 3 && isTurned && last === 4) return "save array[None, ..., :3] if it is one image in colour";
  if (shape.length === 3 && isTurned) return "save array.transpose(2, 0, 1)";
  if (shape.length === 4 && isTurned && isChannels(shape[2])) return "save array.transpose(3, 0, 1, 2)";
  if (shape.length === 4 && shape[1] === shape[2] && last === 4) {
    return "save array[..., :3], without the fourth channel, or array[..., 3] if that is the ink";
  }
  if (shape.length === 4 && secondLast === last && second === 4) {
    return "save array[:, :3], without the fourth channel, or array[:, 3] if that is the ink";
  }
  if (shape.length === 4 && secondLast === last && isSide(last) && second === 2) {
    return `save array[:, 0] if the second channel is opacity, or array.reshape(-1, ${last}, ${last}) if they are pairs`;
  }
  if (shape.length === 4 && secondLast === last && isSide(last) && first === 3) {
    return `save array.transpose(1, 0, 2, 3) if the first dimension is colours, or array.reshape(-1, ${last}, ${last}) ` +
      "if it counts images";
  }
  if (shape.length === 4 && second === shape[2] && last === 2) {
    return "save array[..., 0] if the second channel is opacity";
  }
  if (shape.length === 4 && second === shape[2] && isSide(second)) {
    return "save array.transpose(0, 3, 1, 2).reshape(-1, " +
      `${second}, ${second}) if the last dimension counts images`;
  }
  if (shape.length > 4 && secondLast === last && isSide(last)) {
    const channels = isChannels(shape.at(-3)!) ? shape.at(-3)! : 1;
    return `save array.reshape(-1, ${channels}, ${last}, ${last})`;
  }
  if (shape.length > 4 && last === 3 && secondLast === shape.at(-3) && isSide(secondLast)) {
    return `save array.reshape(-1, ${secondLast}, ${secondLast}, 3)`;
  }
  if (secondLast === last && isSide(last)) return `save array.reshape(-1, ${last}, ${last})`;
  if (last === 1 && secondLast === shape.at(-3) && isSide(secondLast)) {
    return `save array.reshape(-1, ${secondLast}, ${secondLast})`;
  }
  const squeezed = shape.filter((size) => size !== 1), side = Math.sqrt(squeezed.at(-1) ?? 0);
  if (shape.length > 2 && isSide(side)) return `save array.reshape(-1, ${side}, ${side})`;
  if (shape.length > 2 && isSide(squeezed.at(-1) ?? 0) && squeezed.at(-2) === squeezed.at(-1)) {
    return `save array.reshape(-1, ${squeezed.at(-1)}, ${squeezed.at(-1)})`;
  }
  if (shape.length === 2 && [784, 1024].includes(first)) return "save array.T if each column is an image";
  if (shape.length === 2 && second === 785) {
    return "save array[:, 1:] if the first column holds the labels, array[:, :-1] if the last does";
  }
  if (shape.length === 2 && [3 * 784, 3 * 1024].includes(second)) {
    const side = Math.sqrt(second / 3);
    return `save array.reshape(-1, 3, ${side}, ${side}), or (-1, ${side}, ${side}, 3) if colours lie side by side`;
  }
  if (shape.length === 2 && isSide(second) && first % second === 0) {
    return `save array.reshape(-1, ${second}, ${second})`;
  }
  if (shape.length === 2 && isSide(first) && second % first === 0) {
    return `save array.reshape(${first}, -1, ${first}).swapaxes(0, 1)`;
  }
  if (shape.length === 2 && isTiled(first) && isTiled(second)) return `save ${cutAdvice(first, second, "")}`;
  const area = [784, 1024].find((area) => shape.length === 1 && first > 0 && first % area === 0);
  if (area) return `save array.reshape(-1, ${Math.sqrt(area)}, ${Math.sqrt(area)})`;
  if (shape.length === 1) return "one number for each, as labels have: give the images";
  if (shape.length === 2 || shape.length === 3) return `${pictureAdvice(shape)}, or save an array of square images`;
  return "save an array of square images";
}

/** What makes a picture of a sheet of many images in an array, in which the grid is then found. */
export function pictureAdvice(shape: readonly number[]): string {
  const planes = shape.slice(0, -2), areLast = shape.at(-1)! <= 4;
  const rows = areLast || planes.length === 0
    ? "array"
    : planes.every((size) => size === 1)
    ? `array[${planes.map(() => 0).join(", ")}]`
    : `array${planes.length > 1 ? "[0]" : ""}.transpose(1, 2, 0)`;
  return `save a picture, by PIL.Image.fromarray(${rows}).save('images.png') of bytes, if it shows many images`;
}

/** Whether a side could be that of many images beside each other. */
export function isTiled(side: number): boolean {
  return side % 28 === 0 && side > 28;
}

/** What makes images of sheets without gaps in an array. */
export function cutAdvice(height: number, width: number, each: "" | "-1, "): string {
  const [rows, columns] = [height / 28, width / 28], axes = each ? "2, 3" : "1, 2";
  return `array.reshape(${each}${rows}, 28, ${columns}, 28).swapaxes(${axes}).reshape(-1, 28, 28) ` +
    `if it shows ${columns}×${rows} images`;
}
