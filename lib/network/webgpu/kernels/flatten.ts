/** From the last convolution's tile sums to the 128 units of the latent, with dropout, and the way back. */
import { CLASSES, LATENT_SIZE } from "../../../model.ts";
import { STREAM } from "../../../random.ts";
import { BATCH_WGSL } from "../batch.ts";

/** `pcg3d` of `random.ts` in WGSL. */
const PCG3D_WGSL = `
fn pcg3d(counters: vec3u) -> vec3u {
  var v = counters * 1664525u + 1013904223u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  v ^= v >> vec3u(16u);
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  return v;
}`;

/**
 * Averages of 4×4 windows out of sums of 2×2 tiles, flattened channel-major, once after the ReLU and with dropout, once
 * before the ReLU (the latent). Bindings: batch, sums after the ReLU, sums before it, units [capacity][128], latent.
 */
export function flattenKernel(): string {
  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> pooled: array<f32>;
@group(0) @binding(2) var<storage, read> linear: array<f32>;
@group(0) @binding(3) var<storage, read_write> units: array<f32>;
@group(0) @binding(4) var<storage, read_write> latent: array<f32>;
${PCG3D_WGSL}
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x / ${LATENT_SIZE}u;
  if (image >= batch.count) { return; }
  let unit = id.x % ${LATENT_SIZE}u;
  let channel = unit / 4u;
  let tile = unit % 4u / 2u * 8u + unit % 2u * 2u;  // the quadrant's first of 4×4 tiles
  let place = (((channel / 4u) * batch.capacity + image) * 16u + tile) * 4u + channel % 4u;
  let random = pcg3d(vec3u(batch.seed, ${(STREAM.dropout << 28) >>> 0}u | batch.step, id.x)).x;
  let scale = select(0.0, batch.keepScale, random >= batch.dropThreshold) / 16.0;
  units[id.x] = (pooled[place] + pooled[place + 4u] + pooled[place + 16u] + pooled[place + 20u]) * scale;
  latent[id.x] = (linear[place] + linear[place + 4u] + linear[place + 16u] + linear[place + 20u]) / 16.0;
}`;
}

/**
 * Softmax cross-entropy of each image and the gradient of the batch's mean with respect to the logits.
 * Bindings: batch, order, labels, logits [capacity][12], gradient [capacity][12], losses [capacity].
 */
export function lossKernel(): string {
  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> logits: array<f32>;
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> losses: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x;
  if (image >= batch.count) { return; }
  let label = u32(labels[order[batch.start + image]]);
  var largest = logits[image * 12u];
  for (var k = 1u; k < ${CLASSES}u; k++) { largest = max(largest, logits[image * 12u + k]); }
  var sum = 0.0;
  for (var k = 0u; k < ${CLASSES}u; k++) { sum += exp(logits[image * 12u + k] - largest); }
  losses[image] = log(sum) + largest - logits[image * 12u + label];
  for (var k = 0u; k < 12u; k++) {
    let probability = exp(logits[image * 12u + k] - largest) / sum;
    gradient[image * 12u + k] = select(0.0, (probability - select(0.0, 1.0, k == label)) / f32(batch.count), k < ${CLASSES}u);
  }
}`;
}
