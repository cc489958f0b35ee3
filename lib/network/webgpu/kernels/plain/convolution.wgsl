// The plain twin of convolution.ts: a 3×3 "same" convolution with bias, ReLU and the first step of its pooling.
// An invocation computes a 2×2 tile of eight channels.

fn main(@builtin(global_invocation_id) id: vec3u) {
  let across = size / 2u;
  let tiles = across * across;
  let image = id.x / tiles / (outputs / 8u);
  if (image >= batch.count) { return; }
  let group = id.x / tiles % (outputs / 8u);
  let tile = id.x % tiles;

  var gate = 0u;
  for (var k = 0u; k < 8u; k++) {
    let channel = group * 8u + k;
    var pixels: array<f32, 4>;
    for (var p = 0u; p < 4u; p++) {
      pixels[p] = convolved(image, channel, tile / across * 2u + p / 2u, tile % across * 2u + p % 2u);
    }
    let place = ((channel / 4u * batch.capacity + image) * tiles + tile) * 4u + channel % 4u;
    if (pool == 2u) {
      var best = 0u; // of equal pixels the first
      for (var p = 1u; p < 4u; p++) { if (pixels[p] > pixels[best]) { best = p; } }
      pooled[place] = max(pixels[best], 0.0);
      if (pixels[best] > 0.0) { gate |= 1u << (4u * k + best); }
    } else {
      var sum = 0.0;
      var positive = 0.0;
      for (var p = 0u; p < 4u; p++) {
        sum += pixels[p];
        positive += max(pixels[p], 0.0);
        if (pixels[p] > 0.0) { gate |= 1u << (4u * k + p); }
      }
      linear[place] = sum;
      pooled[place] = positive;
    }
  }
  gates[(group * batch.capacity + image) * tiles + tile] = gate;
}

fn convolved(image: u32, channel: u32, row: u32, column: u32) -> f32 {
  var sum = parameters[bias + channel];
  for (var i = 0u; i < inputs; i++) {
    for (var tap = 0u; tap < 9u; tap++) {
      let r = row + tap / 3u - 1u; // an unsigned one below zero is large
      let c = column + tap % 3u - 1u;
      if (r >= size || c >= size) { continue; }
      let pixel = ((i / planes * batch.capacity + image) * size * size + r * size + c) * planes + i % planes;
      sum = fma(input[pixel], parameters[weight + (channel * inputs + i) * 9u + tap], sum);
    }
  }
  return sum;
}
