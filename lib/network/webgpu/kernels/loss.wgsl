// Softmax cross-entropy of each image, and the gradient of the batch's mean with respect to the logits.
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x;
  if (image >= batch.count) { return; }
  let label = u32(labels[order[batch.start + image]]);
  var largest = logits[image * rowLength];
  for (var k = 1u; k < classes; k++) { largest = max(largest, logits[image * rowLength + k]); }
  var sum = 0.0;
  for (var k = 0u; k < classes; k++) { sum += exp(logits[image * rowLength + k] - largest); }
  losses[image] = log(sum) + largest - logits[image * rowLength + label];
  for (var k = 0u; k < rowLength; k++) {
    let probability = exp(logits[image * rowLength + k] - largest) / sum;
    gradient[image * rowLength + k] = select(0.0, (probability - select(0.0, 1.0, k == label)) / f32(batch.count), k < classes);
  }
}
