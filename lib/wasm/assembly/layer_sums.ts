// @ts-nocheck AssemblyScript
/** Weighted sums of the outputs of a layer, in double precision and in order: as lib/network/layer_sums.ts, to the bit. */

/**
 * Task t does 16 images, from the 16 t-th on, of `count`.
 *
 * @param rows [count][width] f32
 * @param weights [pairs][width][2] f64: two sums side by side
 * @param sums how many sums an image; of an odd number the last pair has one that is not kept
 * @param out [count][sums] f32
 */
export function layer_sums(
  task: i32,
  thread: i32,
  rows: usize,
  count: i32,
  width: i32,
  weights: usize,
  sums: i32,
  out: usize,
): void {
  const end = min(count, (task + 1) * 16), step: usize = <usize> width * 4, line: usize = <usize> sums * 4;
  for (let image = task * 16; image < end; image += 4) {
    // Four images at a time, the last of a few again and again: a sum waits for the one before it, four do not.
    const p = rows + <usize> image * step, q = image + 1 < end ? p + step : p;
    const r = image + 2 < end ? q + step : q, s = image + 3 < end ? r + step : r;
    let weight = weights;
    for (let sum = 0; sum < sums; sum += 2) {
      let a = f64x2.splat(0), b = a, c = a, d = a;
      for (let k: usize = 0; k < step; k += 4, weight += 16) {
        const w = v128.load(weight);
        a = f64x2.add(a, f64x2.mul(w, f64x2.splat(<f64> load<f32>(p + k))));
        b = f64x2.add(b, f64x2.mul(w, f64x2.splat(<f64> load<f32>(q + k))));
        c = f64x2.add(c, f64x2.mul(w, f64x2.splat(<f64> load<f32>(r + k))));
        d = f64x2.add(d, f64x2.mul(w, f64x2.splat(<f64> load<f32>(s + k))));
      }
      const to = out + <usize> image * line + <usize> sum * 4, both = sum + 1 < sums;
      put(a, to, both);
      if (image + 1 < end) put(b, to + line, both);
      if (image + 2 < end) put(c, to + 2 * line, both);
      if (image + 3 < end) put(d, to + 3 * line, both);
    }
  }
}

// @inline
function put(sums: v128, to: usize, both: bool): void {
  store<f32>(to, <f32> f64x2.extract_lane(sums, 0));
  if (both) store<f32>(to, <f32> f64x2.extract_lane(sums, 1), 4);
}
