// @ts-nocheck AssemblyScript
/** What all kernels of the network share: the four lanes of a v128 are the same number of four images. */

/** Bytes of a v128. */
export const V: usize = 16;

// @inline
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// @inline
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

/** a + x y, rounded twice, as on every processor. */
// @inline
export function madd(a: v128, x: v128, y: v128): v128 {
  return f32x4.add(a, f32x4.mul(x, y));
}

/** The float at an address in all lanes. */
// @inline
export function splat(address: usize): v128 {
  return v128.load32_splat(address);
}

/** One lane in all lanes. */
// @inline
export function lane0(a: v128): v128 {
  return i32x4.shuffle(a, a, 0, 0, 0, 0);
}

// @inline
export function lane1(a: v128): v128 {
  return i32x4.shuffle(a, a, 1, 1, 1, 1);
}

// @inline
export function lane2(a: v128): v128 {
  return i32x4.shuffle(a, a, 2, 2, 2, 2);
}

// @inline
export function lane3(a: v128): v128 {
  return i32x4.shuffle(a, a, 3, 3, 3, 3);
}

/** The lanes' sum: (0 + 2) + (1 + 3). */
// @inline
export function sum(a: v128): f32 {
  const pairs = f32x4.add(a, i8x16.shuffle(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Fills memory with zeros; `bytes` is a multiple of 16. */
export function clear(address: usize, bytes: usize): void {
  memory.fill(address, 0, bytes);
}

/** Four rows of four numbers, each `stride` bytes after the one before, become columns: stored at `to`, `to + 16`, … */
// @inline
export function transpose(from: usize, stride: usize, to: usize, toStride: usize): void {
  const a = v128.load(from), b = v128.load(from + stride);
  const c = v128.load(from + 2 * stride), d = v128.load(from + 3 * stride);
  const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
  const AB = i32x4.shuffle(a, b, 2, 6, 3, 7), CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(ab, cd, 0, 2));
  v128.store(to + toStride, i64x2.shuffle(ab, cd, 1, 3));
  v128.store(to + 2 * toStride, i64x2.shuffle(AB, CD, 0, 2));
  v128.store(to + 3 * toStride, i64x2.shuffle(AB, CD, 1, 3));
}
