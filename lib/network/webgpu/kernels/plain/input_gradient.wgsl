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
