// @ts-nocheck AssemblyScript
/** Weighted sums of the outputs of a layer, in double precision and in order: as lib/network/layer_sums.ts, to the bit. */

/** Sums that are added up at one time: as many as there are registers for. */
const AT_ONCE: i32 = 5;

/**
 * Task t does 16 images, from the 16 t-th on, of `count`.
 *
 * @param rows [count][width] f32
 * @param weights [width][sums] f64
 * @param sums how many sums an image
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
  const end = min(count, (task + 1) * 16), step: usize = <usize> width * 4;
  for (let image = task * 16; image < end; image += 4) {
    for (let sum = 0; sum < sums; sum += AT_ONCE) {
      const from = rows + <usize> image * step, to = out + <usize> (image * sums + sum) * 4;
      fourImages(from, end - image, step, weights + <usize> sum * 8, sums, min(AT_ONCE, sums - sum), to);
    }
  }
}

/** Five sums of four images, which are in the lanes; of fewer the last one is added up again and again, and not kept. */
function fourImages(rows: usize, images: i32, step: usize, weights: usize, sums: i32, few: i32, to: usize): void {
  const q = images > 1 ? rows + step : rows, r = images > 2 ? q + step : q, s = images > 3 ? r + step : r;
  const w1: usize = few > 1 ? 8 : 0, w2: usize = few > 2 ? w1 + 8 : w1;
  const w3: usize = few > 3 ? w2 + 8 : w2, w4: usize = few > 4 ? w3 + 8 : w3;
  let a0 = f64x2.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0;
  const line: usize = <usize> sums * 8;
  let weight = weights;
  for (let k: usize = 0; k < step; k += 4, weight += line) {
    const x = f64x2.promote_low_f32x4(v128.load32_lane(q + k, v128.load32_zero(rows + k), 1));
    const y = f64x2.promote_low_f32x4(v128.load32_lane(s + k, v128.load32_zero(r + k), 1));
    let w = v128.load64_splat(weight);
    a0 = f64x2.add(a0, f64x2.mul(w, x)), b0 = f64x2.add(b0, f64x2.mul(w, y));
    w = v128.load64_splat(weight + w1);
    a1 = f64x2.add(a1, f64x2.mul(w, x)), b1 = f64x2.add(b1, f64x2.mul(w, y));
    w = v128.load64_splat(weight + w2);
    a2 = f64x2.add(a2, f64x2.mul(w, x)), b2 = f64x2.add(b2, f64x2.mul(w, y));
    w = v128.load64_splat(weight + w3);
    a3 = f64x2.add(a3, f64x2.mul(w, x)), b3 = f64x2.add(b3, f64x2.mul(w, y));
    w = v128.load64_splat(weight + w4);
    a4 = f64x2.add(a4, f64x2.mul(w, x)), b4 = f64x2.add(b4, f64x2.mul(w, y));
  }
  const next: usize = <usize> sums * 4;
  put(a0, b0, to, next, images);
  if (few > 1) put(a1, b1, to + 4, next, images);
  if (few > 2) put(a2, b2, to + 8, next, images);
  if (few > 3) put(a3, b3, to + 12, next, images);
  if (few > 4) put(a4, b4, to + 16, next, images);
}

/** One sum of up to four images. */
function put(a: v128, b: v128, to: usize, next: usize, images: i32): void {
  store<f32>(to, <f32> f64x2.extract_lane(a, 0));
  if (images > 1) store<f32>(to + next, <f32> f64x2.extract_lane(a, 1));
  if (images > 2) store<f32>(to + 2 * next, <f32> f64x2.extract_lane(b, 0));
  if (images > 3) store<f32>(to + 3 * next, <f32> f64x2.extract_lane(b, 1));
}
