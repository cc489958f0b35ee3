/** From partial gradients to new parameters: the sum over chunks in a fixed order, and Adam. */
import { BATCH_WGSL } from "../batch.ts";

/**
 * Sums the chunks' partial gradients, and adds the batch's losses to the running sum, always in the same order.
 * Bindings: batch, partial gradients, losses, gradient, running loss [1].
 *
 * @param stride length of one chunk's partial gradients, a multiple of four
 */
export function sumKernel(chunks: number, stride: number): string {
  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> partial: array<vec4f>;
@group(0) @binding(2) var<storage, read> losses: array<f32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> runningLoss: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < ${stride / 4}u) {
    var sum = vec4f(0);
    for (var chunk = 0u; chunk < ${chunks}u; chunk++) { sum += partial[chunk * ${stride / 4}u + id.x]; }
    gradient[id.x] = sum;
  } else if (id.x == ${stride / 4}u) {
    var loss = 0.0;
    for (var image = 0u; image < batch.count; image++) { loss += losses[image]; }
    runningLoss[0] += loss;
  }
}`;
}

/**
 * One Adam step on all parameters (Kingma & Ba, "Adam", ICLR 2015, algorithm 1, in PyTorch's order of operations).
 * Bindings: batch, gradient, parameters, first moment, second moment.
 */
export function adamKernel(stride: number): string {
  return `${BATCH_WGSL}
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> parameters: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> firstMoment: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> secondMoment: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= ${stride / 4}u) { return; }
  let g = gradient[id.x];
  let m = 0.9 * firstMoment[id.x] + 0.1 * g;
  let v = 0.999 * secondMoment[id.x] + 0.001 * g * g;
  firstMoment[id.x] = m;
  secondMoment[id.x] = v;
  parameters[id.x] -= batch.stepSize * m / (sqrt(v) / batch.secondCorrection + 1e-8);
}`;
}
