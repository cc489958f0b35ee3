// Sums the chunks' partial gradients, and adds the batch's losses to the running sum, always in the same order.
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < vectors) {
    var sum = vec4f(0);
    for (var chunk = 0u; chunk < chunks; chunk++) { sum += partial[chunk * vectors + id.x]; }
    gradient[id.x] = sum;
  } else if (id.x == vectors) {
    var loss = 0.0;
    for (var image = 0u; image < batch.count; image++) { loss += losses[image]; }
    runningLoss[0] += loss;
  }
}
