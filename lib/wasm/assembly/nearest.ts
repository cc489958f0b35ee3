// @ts-nocheck AssemblyScript
/** The nearest point of another set, among points as `points.ts` lays them out: exact, to the bit as in plain TypeScript. */
import { candidates, squared_distance } from "./neighbours.ts";
import { blocksOf, BOXED, boxOf, fourOf, GROUP, groupsOf, isFar, pointOf, slackOf } from "./points.ts";

/** Points of a task. */
const POINTS: i32 = 64;

/**
 * Task t finds, for 64 points from the 64 t-th on, the nearest point of another set; of several the one of the smallest
 * number.
 *
 * @param own [count] i32: the number of the other point that is the same one and does not count; −1: all count
 * @param numbers [otherCount] u32: the numbers of the other points
 * @param scale square of what the planes are scaled by
 * @param found [count][2] f64: squared distance and number
 */
export function nearest_other(
  task: i32,
  thread: i32,
  rows: usize,
  planes: usize,
  count: i32,
  own: usize,
  otherRows: usize,
  otherPlanes: usize,
  otherCount: i32,
  numbers: usize,
  stride: i32,
  scale: f64,
  found: usize,
): void {
  const end = min(count, (task + 1) * POINTS), groups = groupsOf(otherCount), blocks = blocksOf(stride);
  const step: usize = <usize> stride * 8;
  let start = <i32> (<i64> (task * POINTS) * groups / max(1, count)); // sets are laid out along the same axes
  for (let i = task * POINTS; i < end; i++) {
    const x = pointOf(planes, count, 0, i), row = rows + <usize> i * step, self = load<i32>(own + <usize> i * 4);
    const low = fourOf(x, 0), high = fourOf(x, 4), slack = slackOf(x);
    let best = Infinity, nearest: i32 = -1, half: f32 = Infinity, bound = f32x4.splat(-Infinity);
    const from = start & ~(BOXED - 1);
    for (let n = 0, g = from; n < groups; n++, g = g + 1 < groups ? g + 1 : 0) {
      if (g % BOXED == 0 && isFar(boxOf(otherPlanes, otherCount, stride, g), low, high, slack, half)) {
        const last = min(g + BOXED, groups) - 1;
        n += last - g;
        g = last;
        continue;
      }
      let p = otherPlanes + <usize> g * GROUP;
      let a0 = v128.load(p), a1 = v128.load(p, 16), a2 = v128.load(p, 32), a3 = v128.load(p, 48);
      for (let line: usize = 64; line <= 512; line += 64) {
        p += 64;
        const v = v128.load32_splat(x + line);
        a0 = f32x4.add(a0, f32x4.mul(v, v128.load(p)));
        a1 = f32x4.add(a1, f32x4.mul(v, v128.load(p, 16)));
        a2 = f32x4.add(a2, f32x4.mul(v, v128.load(p, 32)));
        a3 = f32x4.add(a3, f32x4.mul(v, v128.load(p, 48)));
      }
      if (!v128.any_true(f32x4.ge(f32x4.pmax(f32x4.pmax(a0, a1), f32x4.pmax(a2, a3)), bound))) continue;
      let near = candidates(planes, count, i, otherPlanes, otherCount, g, blocks, half, 0);
      for (; near; near &= near - 1) {
        const j = g * 16 + ctz(near);
        if (j >= otherCount) continue;
        const number = load<i32>(numbers + <usize> j * 4);
        if (number == self) continue;
        const distance = squared_distance(row, otherRows + <usize> j * step, stride, best);
        if (distance > best || distance == best && number > nearest) continue;
        best = distance;
        nearest = number;
        start = g;
      }
      half = <f32> (0.5 * scale * best);
      bound = f32x4.splat(-half - load<f32>(x));
    }
    store<f64>(found + <usize> i * 16, best);
    store<f64>(found + <usize> i * 16, <f64> nearest, 8);
  }
}
