// What both plain gradients begin with: the gradient of one pixel of the convolution, before its ReLU. It is that of the
// pixel's pooling window, if the pixel's gate is open.

fn outputGradient(image: u32, channel: u32, row: u32, column: u32) -> f32 {
  let across = size / 2u;
  let tile = row / 2u * across + column / 2u;
  let gate = gates[(channel / 8u * batch.capacity + image) * across * across + tile];
  if (((gate >> (4u * (channel % 8u) + row % 2u * 2u + column % 2u)) & 1u) == 0u) { return 0.0; }
  let windows = size / pool;
  let window = row / pool * windows + column / pool;
  return gradient[((channel / 4u * batch.capacity + image) * windows * windows + window) * 4u + channel % 4u];
}
