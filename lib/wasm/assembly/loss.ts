// @ts-nocheck AssemblyScript
/** Softmax cross-entropy. Its exponential and logarithm are polynomials, equal on every machine to the last bit. */
import { madd, V } from "./lanes.ts";

const CLASSES: usize = 10;

/**
 * Losses of four images, and the gradient of the batch's mean with respect to their logits.
 *
 * @param logits [10]
 * @param labels the four classes, int32
 * @param scale 1 / images of the batch; 0 in lanes that hold no image of it
 * @param gradients [10]
 * @returns the losses
 */
export function crossEntropy(logits: usize, labels: v128, scale: v128, gradients: usize): v128 {
  let largest = v128.load(logits);
  for (let k: usize = 1; k < CLASSES; k++) largest = f32x4.max(largest, v128.load(logits + k * V));
  let total = f32x4.splat(0), chosen = total;
  for (let k: usize = 0; k < CLASSES; k++) {
    const logit = v128.load(logits + k * V);
    const power = exp(f32x4.sub(logit, largest));
    v128.store(gradients + k * V, power);
    total = f32x4.add(total, power);
    chosen = v128.bitselect(logit, chosen, i32x4.eq(labels, i32x4.splat(i32(k))));
  }
  for (let k: usize = 0; k < CLASSES; k++) {
    const hit = v128.and(f32x4.splat(1), i32x4.eq(labels, i32x4.splat(i32(k))));
    const difference = f32x4.sub(f32x4.div(v128.load(gradients + k * V), total), hit);
    v128.store(gradients + k * V, f32x4.mul(difference, scale));
  }
  return f32x4.add(log(total), f32x4.sub(largest, chosen));
}

/** eˣ for x ≤ 0, within 2 units in the last place; below −87 it stays at e⁻⁸⁷. Cephes' `expf`. */
function exp(value: v128): v128 {
  const x = f32x4.max(value, f32x4.splat(-87)); // NaN stays NaN
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  const r = f32x4.sub(f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375))), f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = madd(f32x4.splat(1.3981999507e-3), p, r);
  p = madd(f32x4.splat(8.3334519073e-3), p, r);
  p = madd(f32x4.splat(4.1665795894e-2), p, r);
  p = madd(f32x4.splat(1.6666665459e-1), p, r);
  p = madd(f32x4.splat(5.0000001201e-1), p, r);
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** ln x for normal x > 0, within 2 units in the last place of the larger of ln x and 1. Cephes' `logf`. */
function log(x: v128): v128 {
  const one = f32x4.splat(1);
  let e = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126)));
  // m in [½, 1), then in [√½, √2) − 1
  let m = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, f32x4.splat(0.707106781186547524));
  e = f32x4.sub(e, v128.and(one, small));
  m = f32x4.sub(f32x4.add(m, v128.and(m, small)), one);
  const z = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = madd(f32x4.splat(-1.1514610310e-1), p, m);
  p = madd(f32x4.splat(1.1676998740e-1), p, m);
  p = madd(f32x4.splat(-1.2420140846e-1), p, m);
  p = madd(f32x4.splat(1.4249322787e-1), p, m);
  p = madd(f32x4.splat(-1.6668057665e-1), p, m);
  p = madd(f32x4.splat(2.0000714765e-1), p, m);
  p = madd(f32x4.splat(-2.4999993993e-1), p, m);
  p = madd(f32x4.splat(3.3333331174e-1), p, m);
  p = f32x4.mul(f32x4.mul(p, m), z);
  p = madd(p, e, f32x4.splat(-2.12194440e-4));
  p = f32x4.sub(p, f32x4.mul(f32x4.splat(0.5), z));
  const y = madd(f32x4.add(m, p), e, f32x4.splat(0.693359375));
  return v128.bitselect(y, x, f32x4.eq(x, x)); // NaN stays NaN
}
