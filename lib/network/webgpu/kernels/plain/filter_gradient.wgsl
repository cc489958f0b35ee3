// The plain twin of filter_gradient.ts: the gradient of a weight is the sum, over all pixels of all images of a chunk,
// of the output's gradient times the input that the weight met there; a bias met 1. An invocation computes one of them.

fn main(@builtin(global_invocation_id) id: vec3u) {
  let terms = inputs * 9u + 1u; // of one output: its weights, and its bias
  let chunk = id.x / (outputs * terms);
  if (chunk >= chunks) { return; }
  let output = id.x / terms % outputs;
  let term = id.x % terms;
  let isBias = term == terms - 1u;

  let chunkSize = (batch.count + chunks - 1u) / chunks;
  var sum = 0.0;
  for (var image = chunk * chunkSize; image < min((chunk + 1u) * chunkSize, batch.count); image++) {
    for (var row = 0u; row < size; row++) {
      for (var column = 0u; column < size; column++) {
        var met = 1.0;
        if (!isBias) { met = inputPixel(image, term / 9u, row + term % 9u / 3u - 1u, column + term % 3u - 1u); }
        sum = fma(outputGradient(image, output, row, column), met, sum);
      }
    }
  }
  partial[chunk * stride + select(weight + output * (terms - 1u) + term, bias + output, isBias)] = sum;
}

fn inputPixel(image: u32, channel: u32, row: u32, column: u32) -> f32 {
  if (row >= size || column >= size) { return 0.0; } // an unsigned one below zero is large
  let pixel = (channel / planes * batch.capacity + image) * size * size + row * size + column;
  return input[pixel * planes + channel % planes];
}
