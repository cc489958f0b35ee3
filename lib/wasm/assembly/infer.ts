// @ts-nocheck AssemblyScript
/** Outputs of whichever layers are asked for. */
import { backbone } from "./backbone.ts";
import { forward } from "./forward.ts";
import { gather } from "./gather.ts";
import { head } from "./head.ts";
import { transpose, V } from "./lanes.ts";
import { CONV1, CONV2, CONV3, HIDDEN, LATENT, Plan, POOL1, POOL2, SCRATCH, UNITS } from "./plan.ts";

/** Images a task. */
const IMAGES = 16;

/**
 * Images `start + 16 task` and on, up to 16, of `count`.
 *
 * @param table an address for each layer, 0 where its output is not asked for, [count][channels][rows][columns] floats:
 * conv1 relu1 pool1 conv2 relu2 pool2 conv3 relu3 pool3 latent flatten fc1 fc1_relu fc2 fc2_relu logits
 */
export function infer(task: i32, thread: i32, planAddress: usize, start: i32, count: i32, table: usize): void {
  const plan = changetype<Plan>(planAddress);
  const scratch = plan.scratch + usize(thread) * SCRATCH;
  const end = min(count, (task + 1) * IMAGES);
  const conv1 = address(table, 0), relu1 = address(table, 1), conv2 = address(table, 3), relu2 = address(table, 4);
  const conv3 = address(table, 6), relu3 = address(table, 7);
  const raw = (conv1 | relu1 | conv2 | relu2 | conv3 | relu3) != 0;
  const classes: usize = 10;
  for (let image = task * IMAGES; image < end; image += 4) {
    gather(plan, scratch, start + image, start + count);
    if (raw) backbone(plan, scratch, conv1 != 0 || relu1 != 0);
    else forward(plan, scratch);
    head(plan, scratch);
    const first = usize(image), lanes = min(4, end - image);
    if (conv1) storeTiles(scratch + CONV1, 8, 16, false, conv1, first, lanes);
    if (relu1) storeTiles(scratch + CONV1, 8, 16, true, relu1, first, lanes);
    if (conv2) storeTiles(scratch + CONV2, 16, 8, false, conv2, first, lanes);
    if (relu2) storeTiles(scratch + CONV2, 16, 8, true, relu2, first, lanes);
    if (conv3) storeTiles(scratch + CONV3, 32, 4, false, conv3, first, lanes);
    if (relu3) storeTiles(scratch + CONV3, 32, 4, true, relu3, first, lanes);
    storeMaps(scratch + POOL1, 8, 16, address(table, 2), first, lanes);
    storeMaps(scratch + POOL2, 16, 8, address(table, 5), first, lanes);
    storeUnits(scratch + UNITS, 128, address(table, 8), first, lanes);
    storeUnits(scratch + LATENT, 128, address(table, 9), first, lanes);
    storeUnits(scratch + UNITS, 128, address(table, 10), first, lanes);
    let hidden: usize = 0;
    if (plan.layers > 1) {
      const width1 = usize(plan.width1), width2 = usize(plan.width2);
      storeUnits(scratch + HIDDEN, width1, address(table, 11), first, lanes);
      storeUnits(scratch + UNITS + 128 * V, width1, address(table, 12), first, lanes);
      storeUnits(scratch + HIDDEN + width1 * V, width2, address(table, 13), first, lanes);
      storeUnits(scratch + UNITS + (128 + width1) * V, width2, address(table, 14), first, lanes);
      hidden = width1 + width2;
    }
    storeUnits(scratch + UNITS + (128 + hidden) * V, classes, address(table, 15), first, lanes);
  }
}

// @inline
function address(table: usize, layer: usize): usize {
  return load<usize>(table + layer * 4);
}

/** A number of each of the first `lanes` images, `stride` bytes apart. */
// @inline
function put(value: v128, to: usize, stride: usize, lanes: i32): void {
  v128.store_lane<f32>(to, value, 0);
  if (lanes > 1) v128.store_lane<f32>(to + stride, value, 1);
  if (lanes > 2) v128.store_lane<f32>(to + 2 * stride, value, 2);
  if (lanes > 3) v128.store_lane<f32>(to + 3 * stride, value, 3);
}

/** `count` numbers an image, one after the other. */
function storeUnits(from: usize, count: usize, to: usize, image: usize, lanes: i32): void {
  if (to) storeRow(from, count, to + image * count * 4, count * 4, lanes);
}

/** `count` numbers of each of the first `lanes` images, `stride` bytes apart. */
function storeRow(from: usize, count: usize, to: usize, stride: usize, lanes: i32): void {
  let k: usize = 0;
  for (; lanes == 4 && k + 4 <= count; k += 4) transpose(from + k * V, V, to + k * 4, stride);
  for (; k < count; k++) put(v128.load(from + k * V), to + k * 4, stride, lanes);
}

/** Maps that lie within a border. */
function storeMaps(from: usize, channels: usize, side: usize, to: usize, image: usize, lanes: i32): void {
  if (!to) return;
  const stride = channels * side * side * 4, line = (side + 2) * V;
  let p = from + line + V, q = to + image * stride;
  for (let channel: usize = 0; channel < channels; channel++, p += 2 * line) {
    for (let row: usize = 0; row < side; row++, p += line, q += side * 4) storeRow(p, side, q, stride, lanes);
  }
}

/** Maps that lie in tiles of 2×2 pixels, `columns` tiles a row. */
function storeTiles(
  from: usize,
  channels: usize,
  columns: usize,
  relu: bool,
  to: usize,
  image: usize,
  lanes: i32,
): void {
  const side = columns * 2, size = channels * side * side;
  const least = relu ? f32x4.splat(0) : f32x4.splat(-Infinity);
  for (let k: usize = 0; k < size; k++) {
    const column = k % side, row = k / side % side, channel = k / (side * side);
    const tile = (channel * columns + row / 2) * columns + column / 2;
    const value = v128.load(from + (tile * 4 + row % 2 * 2 + column % 2) * V);
    put(f32x4.max(value, least), to + (image * size + k) * 4, size * 4, lanes);
  }
}
