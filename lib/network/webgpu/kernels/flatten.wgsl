// From the last convolution's tile sums to the 128 units of the latent: averages of 4×4 windows, flattened
// channel-major, once after the ReLU and with dropout (units), once before the ReLU (latent).

// `pcg3d` of lib/random.ts.
fn pcg3d(counters: vec3u) -> vec3u {
  var v = counters * 1664525u + 1013904223u;
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  v ^= v >> vec3u(16u);
  v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
  return v;
}

fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x / latentSize;
  if (image >= batch.count) { return; }
  let unit = id.x % latentSize;
  let channel = unit / 4u;
  let tile = unit % 4u / 2u * 8u + unit % 2u * 2u;  // the quadrant's first of 4×4 tiles
  let place = (((channel / 4u) * batch.capacity + image) * 16u + tile) * 4u + channel % 4u;
  let random = pcg3d(vec3u(batch.seed, dropoutStream | batch.step, id.x)).x;
  let scale = select(0.0, batch.keepScale, random >= batch.dropThreshold) / 16.0;
  units[id.x] = (pooled[place] + pooled[place + 4u] + pooled[place + 16u] + pooled[place + 20u]) * scale;
  latent[id.x] = (linear[place] + linear[place + 4u] + linear[place + 16u] + linear[place + 20u]) / 16.0;
}
