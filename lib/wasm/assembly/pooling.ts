// @ts-nocheck AssemblyScript
/** Max pooling of windows of 2×2, together with the ReLU before it. */

/**
 * Stores the largest of four numbers, or zero if none is above it, and which it was: the first, as PyTorch has it.
 *
 * @param argmax gets 0 to 3, or 4 where none is above zero and so no gradient flows
 */
// @inline
export function largest(a: v128, b: v128, c: v128, d: v128, to: usize, argmax: usize): void {
  const zero = f32x4.splat(0);
  const most = f32x4.max(f32x4.max(a, b), f32x4.max(c, d));
  let which = v128.bitselect(i32x4.splat(2), i32x4.splat(3), f32x4.eq(c, most));
  which = v128.bitselect(i32x4.splat(1), which, f32x4.eq(b, most));
  which = v128.bitselect(i32x4.splat(0), which, f32x4.eq(a, most));
  v128.store(argmax, v128.bitselect(which, i32x4.splat(4), f32x4.gt(most, zero)));
  v128.store(to, f32x4.max(most, zero));
}
