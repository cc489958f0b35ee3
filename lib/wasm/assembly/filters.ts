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
    for (let row: usize = 0; row < 3; row++) {
      const s = sums + k * V;
      const a = gradientRow(s, P, row), b = gradientRow(s + P, P, row);
      const c = gradientRow(s + 2 * P, P, row), d = gradientRow(s + 3 * P, P, row);
      const mean = f32x4.mul(half, add(b, c));
      const q = to + (k * 9 + row * 3) * 4;
      store<f32>(q, sum(add(a, mean)));
      store<f32>(q, sum(f32x4.mul(half, sub(b, c))), 4);
      store<f32>(q, sum(add(mean, d)), 8);
    }
  }
}

/** A row of Gᵀ S in one column: a + ½ (b + c), ½ (b − c), ½ (b + c) + d. */
// @inline
function gradientRow(column: usize, P: usize, row: usize): v128 {
  const b = v128.load(column + 4 * P), c = v128.load(column + 8 * P), half = f32x4.splat(0.5);
  if (row == 1) return f32x4.mul(half, sub(b, c));
  return add(f32x4.mul(half, add(b, c)), v128.load(column + (row == 0 ? 0 : 12 * P)));
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
