/** What the array formats have in common. */

/**
 * Product of the dimensions; 1 for a scalar. A float cannot wrap round as an integer would, so a product too large
 * to be exact still compares greater than the length of any file.
 */
export function elementCount(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}

/** A shape as messages show it: `60000×28×28`, or `scalar`; of more than eight dimensions only the first ones. */
export function showShape(shape: readonly number[]): string {
  if (shape.length > 8) return `${shape.slice(0, 8).join("×")}×… in ${shape.length} dimensions`;
  return shape.length === 0 ? "scalar" : shape.join("×");
}
