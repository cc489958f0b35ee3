// @ts-nocheck AssemblyScript
/** Dropout of the 128 units, by the counter-based random numbers of `lib/random.ts`. */
import { KEEP, UNITS } from "./plan.ts";
import { V } from "./lanes.ts";

/**
 * Multiplies the units by 0 or `scale`, and keeps which it was.
 *
 * @param image of the four images the first's place in the batch
 * @param stream purpose and step, the hash's second counter
 * @param threshold a unit whose random 32 bits are below it is dropped
 */
export function dropout(scratch: usize, image: i32, seed: i32, stream: i32, threshold: i32, scale: f32): void {
  const images = i32x4.add(i32x4.splat(image), i32x4(0, 1, 2, 3));
  const first = i32x4.mul(images, i32x4.splat(128));
  for (let unit = 0; unit < 128; unit++) {
    const random = pcg3d(i32x4.splat(seed), i32x4.splat(stream), i32x4.add(first, i32x4.splat(unit)));
    const keep = v128.and(f32x4.splat(scale), i32x4.ge_u(random, i32x4.splat(threshold)));
    v128.store(scratch + KEEP + usize(unit) * V, keep);
    const units = scratch + UNITS + usize(unit) * V;
    v128.store(units, f32x4.mul(v128.load(units), keep));
  }
}

/** The first word of `pcg3d` of `lib/random.ts`. */
// @inline
function pcg3d(seed: v128, stream: v128, count: v128): v128 {
  let x = scramble(seed), y = scramble(stream), z = scramble(count);
  x = i32x4.add(x, i32x4.mul(y, z));
  y = i32x4.add(y, i32x4.mul(z, x));
  z = i32x4.add(z, i32x4.mul(x, y));
  x = v128.xor(x, i32x4.shr_u(x, 16));
  y = v128.xor(y, i32x4.shr_u(y, 16));
  z = v128.xor(z, i32x4.shr_u(z, 16));
  return i32x4.add(x, i32x4.mul(y, z));
}

// @inline
function scramble(counter: v128): v128 {
  return i32x4.add(i32x4.mul(counter, i32x4.splat(1664525)), i32x4.splat(1013904223));
}
