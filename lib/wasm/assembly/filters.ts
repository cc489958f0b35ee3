// @ts-nocheck AssemblyScript
/** Filters in the forms that the kernels read, and filters' gradients out of the forms that they write. */
import { BACKWARD2, BACKWARD3, FORWARD2, FORWARD3, Plan, WEIGHT2, WEIGHT3 } from "./plan.ts";
import { add, sub, sum, V } from "./lanes.ts";

/** Filters a task. */
const FILTERS_OF_TASK: usize = 64;

/** Transforms 64 filters: tasks 0 and 1 those of convolution 2, tasks 2 to 9 those of convolution 3. */
export function prepare_filters(task: i32, thread: i32, planAddress: usize): void {
  const plan = changetype<Plan>(planAddress);
  for (let i = usize(task) * FILTERS_OF_TASK; i < usize(task + 1) * FILTERS_OF_TASK; i++) {
    if (i < 128) {
      const from = plan.parameters + (WEIGHT2 + i * 9) * 4, o = i / 8, channel = i % 8;
      const forward = plan.filters + FORWARD2 + ((o / 4 * 8 + channel) * 4 + o % 4) * 4;
      transformFilter(from, 16 * 8 * 4, forward, forward);
      const rows = plan.filters + BACKWARD2 + ((o * 2 + channel / 4) * 9 * 4 + channel % 4) * 4;
      for (let tap: usize = 0; tap < 9; tap++) store<f32>(rows + tap * V, load<f32>(from + tap * 4));
    } else {
      const k = i - 128, o = k / 16, channel = k % 16;
      const forward = plan.filters + FORWARD3 + ((o / 4 * 16 + channel) * 4 + o % 4) * 4;
      const backward = plan.filters + BACKWARD3 + ((channel / 4 * 32 + o) * 4 + channel % 4) * 4;
      transformFilter(plan.parameters + (WEIGHT3 + k * 9) * 4, 32 * 16 * 4, forward, backward);
    }
  }
}

/** G g Gᵀ to two places, `P` bytes from position to position. */
function transformFilter(from: usize, P: usize, forward: usize, backward: usize): void {
  for (let row: usize = 0; row < 4; row++) {
    // Row of G g: a, ½ (a + b + c), ½ (a − b + c), c of the filter's rows a, b, c.
    const x = rowOf(from, row), y = rowOf(from + 4, row), z = rowOf(from + 8, row);
    const p = row * 4 * P;
    storeBoth(forward, backward, p, x);
    storeBoth(forward, backward, p + P, 0.5 * (x + z + y));
    storeBoth(forward, backward, p + 2 * P, 0.5 * (x + z - y));
    storeBoth(forward, backward, p + 3 * P, z);
  }
}

function rowOf(from: usize, row: usize): f32 {
  const a = load<f32>(from), b = load<f32>(from + 12), c = load<f32>(from + 24);
  return row == 0 ? a : row == 1 ? f32(0.5) * (a + c + b) : row == 2 ? f32(0.5) * (a + c - b) : c;
}

// @inline
function storeBoth(forward: usize, backward: usize, offset: usize, value: f32): void {
  store<f32>(forward + offset, value);
  store<f32>(backward + offset, value);
}

/** Gradients of `count` filters, Gᵀ S G of the lanes' sums [16][count], as [count][9] floats. */
export function filterGradients(sums: usize, count: usize, to: usize): void {
  const P = count * V, half = f32x4.splat(0.5);
  for (let k: usize = 0; k < count; k++) {
    const a = sums + k * V, b = a + 4 * P, c = b + 4 * P, d = c + 4 * P, q = to + k * 36;
    const b0 = v128.load(b), b1 = v128.load(b + P), b2 = v128.load(b + 2 * P), b3 = v128.load(b + 3 * P);
    const c0 = v128.load(c), c1 = v128.load(c + P), c2 = v128.load(c + 2 * P), c3 = v128.load(c + 3 * P);
    const m0 = f32x4.mul(half, add(b0, c0)), m1 = f32x4.mul(half, add(b1, c1));
    const m2 = f32x4.mul(half, add(b2, c2)), m3 = f32x4.mul(half, add(b3, c3));
    // The rows of Gᵀ S: a + ½ (b + c), ½ (b − c), ½ (b + c) + d.
    gradientRow(
      add(m0, v128.load(a)),
      add(m1, v128.load(a + P)),
      add(m2, v128.load(a + 2 * P)),
      add(m3, v128.load(a + 3 * P)),
      q,
    );
    gradientRow(
      f32x4.mul(half, sub(b0, c0)),
      f32x4.mul(half, sub(b1, c1)),
      f32x4.mul(half, sub(b2, c2)),
      f32x4.mul(half, sub(b3, c3)),
      q + 12,
    );
    gradientRow(
      add(m0, v128.load(d)),
      add(m1, v128.load(d + P)),
      add(m2, v128.load(d + 2 * P)),
      add(m3, v128.load(d + 3 * P)),
      q + 24,
    );
  }
}

/** A row of Gᵀ S by G: three of the filter's nine. */
// @inline
function gradientRow(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  const half = f32x4.splat(0.5), mean = f32x4.mul(half, add(b, c));
  store<f32>(to, sum(add(a, mean)));
  store<f32>(to, sum(f32x4.mul(half, sub(b, c))), 4);
  store<f32>(to, sum(add(mean, d)), 8);
}

/** Gradients of convolution 2's filters, from [16][2][9][4] to [16][8][9]. */
export function channelGradients(sums: usize, to: usize): void {
  for (let o: usize = 0; o < 16; o++) {
    for (let channel: usize = 0; channel < 8; channel++) {
      const from = sums + (o * 2 + channel / 4) * 9 * V + channel % 4 * 4;
      for (let tap: usize = 0; tap < 9; tap++) {
        store<f32>(to + ((o * 8 + channel) * 9 + tap) * 4, load<f32>(from + tap * V));
      }
    }
  }
}
