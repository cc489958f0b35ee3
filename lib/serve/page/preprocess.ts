/** From a drawing to an image like MNIST's. */

/** Side of an image in pixels. */
const SIZE = 28;
/** Side of the box that a digit fills. */
const BOX = 20;
/** The pixel whose middle is nearest to the centre of mass, along both axes; so it is in every image of MNIST. */
const CENTRE = 14;

/**
 * Scales the ink to fit a 20×20 box, its shape kept, and moves the box by whole pixels so that the
 * centre of mass comes to the middle of 28×28, as was done to MNIST's images (LeCun, Cortes and Burges, "The MNIST
 * database of handwritten digits"). Each pixel is the mean of what it covers.
 *
 * @param ink side × side values from 0, none, to 1, full
 * @returns 28 × 28 values in [0, 1], or undefined if there is no ink
 */
export function toMnist(ink: Float32Array, side: number): Float32Array | undefined {
  const rowSums = new Float32Array(side), columnSums = new Float32Array(side);
  for (const [i, value] of ink.entries()) {
    rowSums[Math.floor(i / side)] += value;
    columnSums[i % side] += value;
  }
  if (!rowSums.some((sum) => sum > 0)) return undefined;

  const [height, width] = [extentOf(rowSums), extentOf(columnSums)].map(({ first, end }) => end - first);
  const scale = BOX / Math.max(height, width);
  const rows = coverage(rowSums, scale);
  const columns = coverage(columnSums, scale);
  const image = new Float32Array(SIZE * SIZE);
  for (const { target: row, source: y, share: down } of rows) {
    for (const { target: column, source: x, share: across } of columns) {
      image[row * SIZE + column] += ink[y * side + x] * down * across;
    }
  }
  return image.map((value) => Math.min(value, 1)); // rounding may lead above
}

/** The lines with ink: from the first one to the one after the last. */
function extentOf(sums: Float32Array): { first: number; end: number } {
  return { first: sums.findIndex((sum) => sum > 0), end: sums.findLastIndex((sum) => sum > 0) + 1 };
}

/** A part of a line of the image, and the line of the drawing that makes it up. */
interface Part {
  readonly target: number;
  readonly source: number;
  readonly share: number;
}

/** Where the lines of the drawing go, along one axis, given the ink on each. */
function coverage(sums: Float32Array, scale: number): Part[] {
  const { first, end } = extentOf(sums);
  const mass = sums.reduce((a, b) => a + b);
  const middle = sums.reduce((moment, sum, i) => moment + sum * (i + 0.5 - first), 0) / mass;
  const shift = Math.round(CENTRE + 0.5 - middle * scale);
  const parts = [];
  for (let source = first; source < end; source++) {
    const [from, to] = [source, source + 1].map((edge) => (edge - first) * scale + shift);
    for (let target = Math.max(0, Math.floor(from)); target < Math.min(SIZE, to); target++) {
      parts.push({ target, source, share: Math.min(to, target + 1) - Math.max(from, target) });
    }
  }
  return parts;
}
