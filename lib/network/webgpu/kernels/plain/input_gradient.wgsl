// The plain twin of input_gradient.ts: every pixel of the input passed its value on to the nine outputs around it, and
// gets their gradients back by the same weights. An invocation computes one pixel of one channel.

fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x / (inputs * size * size);
  if (image >= batch.count) { return; }
  let channel = id.x / (size * size) % inputs;
  let row = id.x / size % size;
  let column = id.x % size;

  var sum = 0.0;
  for (var output = 0u; output < outputs; output++) {
    for (var tap = 0u; tap < 9u; tap++) {
      let r = row + 1u - tap / 3u; // an unsigned one below zero is large
      let c = column + 1u - tap % 3u;
      if (r >= size || c >= size) { continue; }
      sum = fma(outputGradient(image, output, r, c), parameters[weight + (output * inputs + channel) * 9u + tap], sum);
    }
  }
  let pixel = ((channel / 4u * batch.capacity + image) * size * size + row * size + column) * 4u + channel % 4u;
  inputGradient[pixel] = select(0.0, sum, input[pixel] > 0.0); // a ReLU made the input
}

// The gradient of one pixel of the convolution: its window's, if its gate is open.
fn outputGradient(image: u32, channel: u32, row: u32, column: u32) -> f32 {
  let across = size / 2u;
  let tile = row / 2u * across + column / 2u;
  let gate = gates[(channel / 8u * batch.capacity + image) * across * across + tile];
  if (((gate >> (4u * (channel % 8u) + row % 2u * 2u + column % 2u)) & 1u) == 0u) { return 0.0; }
  let windows = size / pool;
  let window = row / pool * windows + column / pool;
  return gradient[((channel / 4u * batch.capacity + image) * windows * windows + window) * 4u + channel % 4u];
}
