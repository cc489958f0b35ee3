// @ts-nocheck AssemblyScript
/** Who is near whom, among points as `points.ts` lays them out: the same, to the bit, as in lib/metrics/neighbours.ts. */
import { blocksOf, BOXED, boxOf, fourOf, GROUP, groupsOf, halvesOf, isFar, pointOf, slackOf } from "./points.ts";

/** Points of a task. */
const POINTS: i32 = 64;
/** So few candidates of a group are measured at once; of more, the next block is looked at first. */
const FEW: i32 = 2;

/**
 * Task t finds the squared distances of 64 points, from the 64 t-th on, to their nearest others.
 *
 * @param scale square of what the planes are scaled by
 * @param small which neighbour makes the small ball
 * @param large how many neighbours are found, the last of which makes the large ball; not below `small`
 * @param nearest [count][k] f64, ascending; k is `large`, or one less than the count if that is smaller
 */
export function nearest_distances(
  task: i32,
  thread: i32,
  rows: usize,
  planes: usize,
  count: i32,
  stride: i32,
  scale: f64,
  small: i32,
  large: i32,
  nearest: usize,
): void {
  const end = min(count, (task + 1) * POINTS), k = min(large, count - 1), groups = groupsOf(count);
  const halves = halvesOf(planes, count, stride);
  for (let i = task * POINTS; i < end; i += 2) {
    const other = min(i + 1, end - 1);
    for (let n = i * k; n < (other + 1) * k; n++) store<f64>(nearest + <usize> n * 8, Infinity);
    const x = pointOf(planes, count, 0, i), y = pointOf(planes, count, 0, other);
    const lowX = fourOf(x, 0), highX = fourOf(x, 4), slackX = slackOf(x);
    const lowY = fourOf(y, 0), highY = fourOf(y, 4), slackY = slackOf(y);
    let boundX = f32x4.splat(-Infinity), boundY = boundX;
    const lastX = nearest + <usize> (i * k + k - 1) * 8, lastY = nearest + <usize> (other * k + k - 1) * 8;
    const from = (i >> 4) & ~(BOXED - 1); // own box first: soon near
    for (let n = 0, g = from; n < groups; n++, g = g + 1 < groups ? g + 1 : 0) {
      if (g % BOXED == 0) {
        const box = boxOf(planes, count, stride, g);
        const halfX = <f32> (0.5 * scale * load<f64>(lastX)), halfY = <f32> (0.5 * scale * load<f64>(lastY));
        if (isFar(box, lowX, highX, slackX, halfX) && isFar(box, lowY, highY, slackY, halfY)) {
          const last = min(g + BOXED, groups) - 1;
          n += last - g;
          g = last;
          continue;
        }
      }
      let p = planes + <usize> g * GROUP;
      let a0 = v128.load(p), a1 = v128.load(p, 16), a2 = v128.load(p, 32), a3 = v128.load(p, 48);
      let b0 = a0, b1 = a1, b2 = a2, b3 = a3;
      for (let row: usize = 64; row <= 512; row += 64) {
        p += 64;
        const v = v128.load32_splat(x + row), w = v128.load32_splat(y + row);
        let q = v128.load(p);
        a0 = f32x4.add(a0, f32x4.mul(v, q));
        b0 = f32x4.add(b0, f32x4.mul(w, q));
        q = v128.load(p, 16);
        a1 = f32x4.add(a1, f32x4.mul(v, q));
        b1 = f32x4.add(b1, f32x4.mul(w, q));
        q = v128.load(p, 32);
        a2 = f32x4.add(a2, f32x4.mul(v, q));
        b2 = f32x4.add(b2, f32x4.mul(w, q));
        q = v128.load(p, 48);
        a3 = f32x4.add(a3, f32x4.mul(v, q));
        b3 = f32x4.add(b3, f32x4.mul(w, q));
      }
      const nearX = f32x4.ge(f32x4.pmax(f32x4.pmax(a0, a1), f32x4.pmax(a2, a3)), boundX);
      const nearY = f32x4.ge(f32x4.pmax(f32x4.pmax(b0, b1), f32x4.pmax(b2, b3)), boundY);
      if (!v128.any_true(v128.or(nearX, nearY))) continue;
      if (v128.any_true(nearX)) boundX = f32x4.splat(admit(rows, planes, count, stride, scale, k, nearest, i, g));
      if (other == i) boundY = boundX;
      else if (v128.any_true(nearY)) {
        boundY = f32x4.splat(admit(rows, planes, count, stride, scale, k, nearest, other, g));
      }
    }
    for (let j = i; j <= other; j++) {
      const radius = load<f64>(nearest + <usize> (j * k + min(small, k) - 1) * 8);
      store<f32>(halves + <usize> j * 4, <f32> (0.5 * scale * radius));
    }
  }
}

/** Takes in the points of a group that are among the nearest so far. @returns what row 0 + x·y has to reach from now on */
function admit(
  rows: usize,
  planes: usize,
  count: i32,
  stride: i32,
  scale: f64,
  k: i32,
  nearest: usize,
  i: i32,
  g: i32,
): f32 {
  const list = nearest + <usize> (i * k) * 8, last = list + <usize> (k - 1) * 8;
  const step: usize = <usize> stride * 8, row = rows + <usize> i * step;
  const half = <f32> (0.5 * scale * load<f64>(last));
  let found = candidates(planes, count, i, planes, count, g, blocksOf(stride), half, 0);
  for (; found; found &= found - 1) {
    const j = g * 16 + ctz(found);
    if (j == i || j >= count) continue;
    insert(list, last, squared_distance(row, rows + <usize> j * step, stride, load<f64>(last)));
  }
  return -(<f32> (0.5 * scale * load<f64>(last))) - load<f32>(pointOf(planes, count, 0, i));
}

/** Puts a value into an ascending list, dropping the largest. */
function insert(list: usize, last: usize, value: f64): void {
  if (value >= load<f64>(last)) return;
  for (; last > list && load<f64>(last - 8) > value; last -= 8) store<f64>(last, load<f64>(last - 8));
  store<f64>(last, value);
}

/**
 * Which of the 16 points of a group may be within the bound of point i, a bit each.
 *
 * @param half half the squared bound, scaled
 * @param halves the same of each point of the planes, of which the larger counts; 0: none
 */
export function candidates(
  own: usize,
  ownCount: i32,
  i: i32,
  planes: usize,
  count: i32,
  g: i32,
  blocks: i32,
  half: f32,
  halves: usize,
): i32 {
  let a0 = f32x4.splat(half), a1 = a0, a2 = a0, a3 = a0;
  if (halves) {
    const at = halves + <usize> g * 64;
    a0 = f32x4.pmax(a0, v128.load(at));
    a1 = f32x4.pmax(a1, v128.load(at, 16));
    a2 = f32x4.pmax(a2, v128.load(at, 32));
    a3 = f32x4.pmax(a3, v128.load(at, 48));
  }
  const b0 = f32x4.neg(a0), b1 = f32x4.neg(a1), b2 = f32x4.neg(a2), b3 = f32x4.neg(a3);
  a0 =
    a1 =
    a2 =
    a3 =
      f32x4.splat(0);
  let found = 0;
  for (let block = 0; block < blocks; block++) {
    const x = pointOf(own, ownCount, block, i);
    let p = planes + <usize> (block * groupsOf(count) + g) * GROUP;
    const v = v128.load32_splat(x);
    a0 = f32x4.add(a0, f32x4.add(v, v128.load(p)));
    a1 = f32x4.add(a1, f32x4.add(v, v128.load(p, 16)));
    a2 = f32x4.add(a2, f32x4.add(v, v128.load(p, 32)));
    a3 = f32x4.add(a3, f32x4.add(v, v128.load(p, 48)));
    for (let row: usize = 64; row <= 512; row += 64) {
      p += 64;
      const w = v128.load32_splat(x + row);
      a0 = f32x4.add(a0, f32x4.mul(w, v128.load(p)));
      a1 = f32x4.add(a1, f32x4.mul(w, v128.load(p, 16)));
      a2 = f32x4.add(a2, f32x4.mul(w, v128.load(p, 32)));
      a3 = f32x4.add(a3, f32x4.mul(w, v128.load(p, 48)));
    }
    found = i32x4.bitmask(f32x4.ge(a0, b0)) | i32x4.bitmask(f32x4.ge(a1, b1)) << 4 |
      i32x4.bitmask(f32x4.ge(a2, b2)) << 8 | i32x4.bitmask(f32x4.ge(a3, b3)) << 12;
    if (popcnt(found) <= FEW) break;
  }
  return found;
}

/** Squared distance of two rows, or anything above the bound if it is above the bound. */
export function squared_distance(x: usize, y: usize, stride: i32, bound: f64): f64 {
  let distance = 0.0;
  for (const end = x + <usize> stride * 8; x < end && distance <= bound; x += 32, y += 32) {
    const d0 = load<f64>(x) - load<f64>(y), d1 = load<f64>(x, 8) - load<f64>(y, 8);
    const d2 = load<f64>(x, 16) - load<f64>(y, 16), d3 = load<f64>(x, 24) - load<f64>(y, 24);
    distance += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3);
  }
  return distance;
}

/**
 * Task t finds who lies in whose balls, for 64 real points from the 64 t-th on.
 *
 * @param nearest of the real points and of the generated ones, from `nearest_distances` with the same sizes of balls
 * @param marks bytes, 1 for yes: [fakeCount] precise, [count] recalled, [count] covered. More than one task may write a
 * byte of the first part, but all of them write 1
 * @param dense [tasks] i32: pairs of a generated point and a large ball around a real one that holds it
 */
export function count_inside(
  task: i32,
  thread: i32,
  rows: usize,
  planes: usize,
  count: i32,
  fakeRows: usize,
  fakePlanes: usize,
  fakeCount: i32,
  stride: i32,
  nearest: usize,
  fakeNearest: usize,
  scale: f64,
  small: i32,
  large: i32,
  marks: usize,
  dense: usize,
): void {
  const end = min(count, (task + 1) * POINTS), groups = groupsOf(fakeCount), blocks = blocksOf(stride);
  const k = min(large, count - 1), realSmall = min(small, k) - 1;
  const fakeK = min(large, fakeCount - 1), fakeSmall = min(small, fakeK) - 1;
  const halves = halvesOf(fakePlanes, fakeCount, stride);
  const recalled = marks + <usize> fakeCount, covered = recalled + <usize> count;
  const step: usize = <usize> stride * 8;
  let pairs = 0;
  for (let i = task * POINTS; i < end; i++) {
    const x = pointOf(planes, count, 0, i), row = rows + <usize> i * step;
    const smallBall = load<f64>(nearest + <usize> (i * k + realSmall) * 8);
    const largeBall = load<f64>(nearest + <usize> (i * k + k - 1) * 8);
    const half = <f32> (0.5 * scale * largeBall), bound = f32x4.splat(half);
    const least = f32x4.splat(-load<f32>(x));
    for (let g = 0; g < groups; g++) {
      let p = fakePlanes + <usize> g * GROUP;
      const at = halves + <usize> g * 64;
      let a0 = f32x4.add(v128.load(p), f32x4.pmax(bound, v128.load(at)));
      let a1 = f32x4.add(v128.load(p, 16), f32x4.pmax(bound, v128.load(at, 16)));
      let a2 = f32x4.add(v128.load(p, 32), f32x4.pmax(bound, v128.load(at, 32)));
      let a3 = f32x4.add(v128.load(p, 48), f32x4.pmax(bound, v128.load(at, 48)));
      for (let line: usize = 64; line <= 512; line += 64) {
        p += 64;
        const v = v128.load32_splat(x + line);
        a0 = f32x4.add(a0, f32x4.mul(v, v128.load(p)));
        a1 = f32x4.add(a1, f32x4.mul(v, v128.load(p, 16)));
        a2 = f32x4.add(a2, f32x4.mul(v, v128.load(p, 32)));
        a3 = f32x4.add(a3, f32x4.mul(v, v128.load(p, 48)));
      }
      if (!v128.any_true(f32x4.ge(f32x4.pmax(f32x4.pmax(a0, a1), f32x4.pmax(a2, a3)), least))) continue;
      let found = candidates(planes, count, i, fakePlanes, fakeCount, g, blocks, half, halves);
      for (; found; found &= found - 1) {
        const j = g * 16 + ctz(found);
        if (j >= fakeCount) continue;
        const fakeBall = load<f64>(fakeNearest + <usize> (j * fakeK + fakeSmall) * 8);
        const distance = squared_distance(row, fakeRows + <usize> j * step, stride, max(largeBall, fakeBall));
        if (distance <= smallBall) store<u8>(marks + <usize> j, 1);
        if (distance <= fakeBall) store<u8>(recalled + <usize> i, 1);
        if (distance <= largeBall) {
          store<u8>(covered + <usize> i, 1);
          pairs++;
        }
      }
    }
  }
  store<i32>(dense + <usize> task * 4, pairs);
}
