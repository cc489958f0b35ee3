// @ts-nocheck AssemblyScript
/** The linear layers of the head for a block of four images, and their gradients. */
import { GRADIENT_ROWS, HEAD, HIDDEN, Plan, UNIT_GRADIENTS, UNIT_ROWS, UNITS } from "./plan.ts";
import { add, madd, splat, transpose, V } from "./lanes.ts";

/** Bytes of a row of units of one image. */
const ROW: usize = 240 * 4;

/** Units of a layer: 0 is the latent's. */
// @inline
function width(plan: Plan, layer: i32): usize {
  return usize(load<i32>(changetype<usize>(plan) + offsetof<Plan>("width0") + usize(layer) * 4));
}

/** From the 128 units to the logits, layer after layer. */
export function head(plan: Plan, scratch: usize): void {
  let weights = plan.parameters + HEAD * 4;
  let from = scratch + UNITS, raw = scratch + HIDDEN;
  for (let layer = 0; layer < plan.layers; layer++) {
    const ins = width(plan, layer), outs = width(plan, layer + 1);
    const to = from + ins * V, biases = weights + ins * outs * 4;
    linear(weights, biases, from, ins, outs, to);
    if (layer + 1 < plan.layers) {
      for (let i: usize = 0; i < outs * V; i += V) {
        const value = v128.load(to + i);
        v128.store(raw + i, value);
        v128.store(to + i, f32x4.max(value, f32x4.splat(0)));
      }
    }
    weights = biases + outs * 4;
    raw += outs * V;
    from = to;
  }
}

/** to[o] = biases[o] + Σ weights[o][i] from[i], eight outputs at a time, and two where no eight are left. */
function linear(weights: usize, biases: usize, from: usize, ins: usize, outs: usize, to: usize): void {
  const row = ins * 4, end = from + ins * V;
  let o: usize = 0;
  for (; o + 8 <= outs; o += 8) {
    let w = weights + o * row;
    const b = biases + o * 4;
    let s0 = splat(b), s1 = splat(b + 4), s2 = splat(b + 8), s3 = splat(b + 12);
    let s4 = splat(b + 16), s5 = splat(b + 20), s6 = splat(b + 24), s7 = splat(b + 28);
    for (let p = from; p < end; p += V) {
      const x = v128.load(p);
      s0 = madd(s0, x, splat(w));
      s1 = madd(s1, x, splat(w + row));
      s2 = madd(s2, x, splat(w + 2 * row));
      s3 = madd(s3, x, splat(w + 3 * row));
      s4 = madd(s4, x, splat(w + 4 * row));
      s5 = madd(s5, x, splat(w + 5 * row));
      s6 = madd(s6, x, splat(w + 6 * row));
      s7 = madd(s7, x, splat(w + 7 * row));
      w += 4;
    }
    const q = to + o * V;
    v128.store(q, s0);
    v128.store(q, s1, 16);
    v128.store(q, s2, 32);
    v128.store(q, s3, 48);
    v128.store(q, s4, 64);
    v128.store(q, s5, 80);
    v128.store(q, s6, 96);
    v128.store(q, s7, 112);
  }
  for (; o < outs; o += 2) {
    let w = weights + o * row;
    let s0 = splat(biases + o * 4), s1 = splat(biases + o * 4 + 4);
    for (let p = from; p < end; p += V) {
      const x = v128.load(p);
      s0 = madd(s0, x, splat(w));
      s1 = madd(s1, x, splat(w + row));
      w += 4;
    }
    v128.store(to + o * V, s0);
    v128.store(to + o * V, s1, 16);
  }
}

/** From the gradient of the logits to that of the 128 units; of a hidden unit only where its ReLU let it through. */
export function headGradient(plan: Plan, scratch: usize): void {
  let place: usize = 0, weights = plan.parameters + HEAD * 4;
  for (let layer = 0; layer < plan.layers - 1; layer++) {
    place += width(plan, layer);
    weights += (width(plan, layer) + 1) * width(plan, layer + 1) * 4;
  }
  for (let layer = plan.layers - 1; layer >= 0; layer--) {
    const ins = width(plan, layer), outs = width(plan, layer + 1);
    const units = scratch + UNITS + place * V, gradients = scratch + UNIT_GRADIENTS + place * V;
    linearGradient(weights, gradients + ins * V, ins, outs, gradients);
    if (layer == 0) return;
    for (let i: usize = 0; i < ins * V; i += V) {
      const open = f32x4.gt(v128.load(units + i), f32x4.splat(0));
      v128.store(gradients + i, v128.and(v128.load(gradients + i), open));
    }
    const before = width(plan, layer - 1);
    place -= before;
    weights -= (before + 1) * ins * 4;
  }
}

/** to[i] = Σ weights[o][i] from[o], eight inputs at a time. */
function linearGradient(weights: usize, from: usize, ins: usize, outs: usize, to: usize): void {
  const end = from + outs * V;
  for (let i: usize = 0; i < ins; i += 8) {
    let w = weights + i * 4;
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    for (let p = from; p < end; p += V) {
      const g = v128.load(p);
      s0 = madd(s0, g, splat(w));
      s1 = madd(s1, g, splat(w + 4));
      s2 = madd(s2, g, splat(w + 8));
      s3 = madd(s3, g, splat(w + 12));
      s4 = madd(s4, g, splat(w + 16));
      s5 = madd(s5, g, splat(w + 20));
      s6 = madd(s6, g, splat(w + 24));
      s7 = madd(s7, g, splat(w + 28));
      w += ins * 4;
    }
    const q = to + i * V;
    v128.store(q, s0);
    v128.store(q, s1, 16);
    v128.store(q, s2, 32);
    v128.store(q, s3, 48);
    v128.store(q, s4, 64);
    v128.store(q, s5, 80);
    v128.store(q, s6, 96);
    v128.store(q, s7, 112);
  }
}

/** Keeps the units of a block and their gradients as rows, one an image, for `headWeightGradients`. */
export function keepRows(scratch: usize, block: usize): void {
  for (let u: usize = 0; u < 240; u += 4) {
    const to = block * 4 * ROW + u * 4;
    transpose(scratch + UNITS + u * V, V, scratch + UNIT_ROWS + to, ROW);
    transpose(scratch + UNIT_GRADIENTS + u * V, V, scratch + GRADIENT_ROWS + to, ROW);
  }
}

/** Adds Σ over `images` rows of gradient[o] unit[i] to the part's gradients of the head's weights and biases. */
export function headWeightGradients(plan: Plan, scratch: usize, images: usize, partial: usize): void {
  let units = scratch + UNIT_ROWS, gradients = scratch + GRADIENT_ROWS, to = partial + HEAD * 4;
  for (let layer = 0; layer < plan.layers; layer++) {
    const ins = width(plan, layer), outs = width(plan, layer + 1);
    gradients += ins * 4;
    for (let o: usize = 0; o < outs; o += 2) {
      for (let i: usize = 0; i < ins; i += 16) {
        twoRows(gradients + o * 4, units + i * 4, images, to + (o * ins + i) * 4, ins * 4);
      }
    }
    to += ins * outs * 4;
    for (let o: usize = 0; o < outs; o++) {
      let bias = load<f32>(to);
      for (let n: usize = 0; n < images; n++) bias += load<f32>(gradients + n * ROW + o * 4);
      store<f32>(to, bias);
      to += 4;
    }
    units += ins * 4;
  }
}

/** Two outputs by 16 inputs. */
function twoRows(gradients: usize, units: usize, images: usize, to: usize, stride: usize): void {
  let a0 = v128.load(to), a1 = v128.load(to, 16), a2 = v128.load(to, 32), a3 = v128.load(to, 48);
  const next = to + stride;
  let b0 = v128.load(next), b1 = v128.load(next, 16), b2 = v128.load(next, 32), b3 = v128.load(next, 48);
  for (let n: usize = 0; n < images; n++) {
    const x0 = v128.load(units), x1 = v128.load(units, 16), x2 = v128.load(units, 32), x3 = v128.load(units, 48);
    const a = splat(gradients), b = splat(gradients + 4);
    a0 = madd(a0, x0, a);
    a1 = madd(a1, x1, a);
    a2 = madd(a2, x2, a);
    a3 = madd(a3, x3, a);
    b0 = madd(b0, x0, b);
    b1 = madd(b1, x1, b);
    b2 = madd(b2, x2, b);
    b3 = madd(b3, x3, b);
    units += ROW;
    gradients += ROW;
  }
  v128.store(to, a0);
  v128.store(to, a1, 16);
  v128.store(to, a2, 32);
  v128.store(to, a3, 48);
  v128.store(next, b0);
  v128.store(next, b1, 16);
  v128.store(next, b2, 32);
  v128.store(next, b3, 48);
}
