// @ts-nocheck AssemblyScript
/** Loss and gradient of one part of a batch: block after block of four images, forward and back while in the cache. */
import { backbone, backboneGradient } from "./backbone.ts";
import { dropout } from "./dropout.ts";
import { channelGradients, filterGradients } from "./filters.ts";
import { gather, indexOf } from "./gather.ts";
import { head, headGradient, headWeightGradients, keepRows } from "./head.ts";
import { add, clear, sum, V } from "./lanes.ts";
import { crossEntropy } from "./loss.ts";
import {
  BIAS1,
  BIAS2,
  BIAS3,
  BIAS_SUMS,
  Plan,
  SCRATCH,
  SUMS1,
  SUMS2,
  SUMS3,
  UNIT_GRADIENTS,
  UNITS,
  WEIGHT1,
  WEIGHT2,
  WEIGHT3,
} from "./plan.ts";

/** Blocks whose rows of units are kept before they become gradients of the head's weights. */
const KEPT_BLOCKS: usize = 4;

/**
 * Part `task` of the batch of images order[start] … order[start + count - 1].
 *
 * @param images of a part, a multiple of 4; fewer are left for the last one
 * @param seed and the rest: for `dropout`
 */
export function train_part(
  task: i32,
  thread: i32,
  planAddress: usize,
  start: i32,
  count: i32,
  images: i32,
  seed: i32,
  stream: i32,
  threshold: i32,
  scale: f32,
): void {
  const plan = changetype<Plan>(planAddress);
  const scratch = plan.scratch + usize(thread) * SCRATCH;
  const partial = plan.partials + usize(task) * plan.stride * 4;
  const end = min(count, (task + 1) * images);
  clear(scratch + SUMS1, SCRATCH - SUMS1);
  clear(partial, plan.stride * 4);
  let loss: f64 = 0;
  let kept: usize = 0;
  for (let image = task * images; image < end; image += 4) {
    const valid = min(4, end - image);
    gather(plan, scratch, start + image, start + end);
    backbone(plan, scratch, false);
    dropout(scratch, image, seed, stream, threshold, scale);
    head(plan, scratch);
    loss += blockLoss(plan, scratch, start + image, valid, f32(1) / f32(count));
    headGradient(plan, scratch);
    backboneGradient(plan, scratch);
    keepRows(scratch, kept++);
    if (kept < KEPT_BLOCKS && image + 4 < end) continue;
    headWeightGradients(plan, scratch, kept * 4, partial);
    kept = 0;
  }
  backboneSums(scratch, partial);
  store<f64>(plan.losses + usize(task) * 8, loss);
}

/** Sum of the losses of a block's first `valid` images; the others get no gradient. */
function blockLoss(plan: Plan, scratch: usize, place: i32, valid: i32, scale: f32): f64 {
  let first: usize = 0;
  for (let layer = 0; layer < plan.layers; layer++) {
    first += usize(load<i32>(changetype<usize>(plan) + offsetof<Plan>("width0") + usize(layer) * 4)) * V;
  }
  const last = place + valid - 1;
  const labels = i32x4.replace_lane(
    i32x4.replace_lane(
      i32x4.replace_lane(i32x4.splat(label(plan, place)), 1, label(plan, min(place + 1, last))),
      2,
      label(plan, min(place + 2, last)),
    ),
    3,
    label(plan, min(place + 3, last)),
  );
  const scales = v128.and(f32x4.splat(scale), i32x4.gt_s(i32x4.splat(valid), i32x4(0, 1, 2, 3)));
  const losses = crossEntropy(scratch + UNITS + first, labels, scales, scratch + UNIT_GRADIENTS + first);
  let total = f64(f32x4.extract_lane(losses, 0));
  if (valid > 1) total += f64(f32x4.extract_lane(losses, 1));
  if (valid > 2) total += f64(f32x4.extract_lane(losses, 2));
  if (valid > 3) total += f64(f32x4.extract_lane(losses, 3));
  return total;
}

// @inline
function label(plan: Plan, place: i32): i32 {
  return i32(load<u8>(plan.labels + indexOf(plan, place)));
}

/** The part's gradients of the convolutions out of the lanes' sums. */
function backboneSums(scratch: usize, partial: usize): void {
  for (let k: usize = 0; k < 72; k++) {
    store<f32>(partial + (WEIGHT1 + k) * 4, sum(v128.load(scratch + SUMS1 + k * V)));
  }
  channelGradients(scratch + SUMS2, partial + WEIGHT2 * 4);
  filterGradients(scratch + SUMS3, 512, partial + WEIGHT3 * 4);
  biasSums(scratch + BIAS_SUMS, 8, partial + BIAS1 * 4);
  biasSums(scratch + BIAS_SUMS + 8 * V, 16, partial + BIAS2 * 4);
  biasSums(scratch + BIAS_SUMS + 24 * V, 32, partial + BIAS3 * 4);
}

function biasSums(sums: usize, count: usize, to: usize): void {
  for (let k: usize = 0; k < count; k++) store<f32>(to + k * 4, sum(v128.load(sums + k * V)));
}
