// @ts-nocheck AssemblyScript
/** Max pooling of windows of 2×2, together with the ReLU before it. */

/**
 * Stores the largest of four numbers, or zero if none is above it, and where it was: the first, as PyTorch has it.
 *
 * @param place gets `first` for a, then further by `right`, `down` and `right` for b, c and d; −1 where none is above
 * zero, and so no gradient flows
 */
// @inline
export function largest(
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  to: usize,
  place: usize,
  first: v128,
  right: i32,
  down: i32,
): void {
  const zero = f32x4.splat(0);
  const most = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d));
  // All ones where it holds: not a; neither a nor b; none of a, b and c.
  const notA = f32x4.ne(a, most),
    notAB = v128.and(notA, f32x4.ne(b, most)),
    notABC = v128.and(notAB, f32x4.ne(c, most));
  let where = i32x4.add(first, v128.and(notA, i32x4.splat(right)));
  where = i32x4.add(where, v128.and(notAB, i32x4.splat(down)));
  where = i32x4.add(where, v128.and(notABC, i32x4.splat(right)));
  v128.store(place, v128.or(where, f32x4.le(most, zero)));
  v128.store(to, f32x4.pmax(most, zero));
}
