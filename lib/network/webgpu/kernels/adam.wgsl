// One Adam step on all parameters (Kingma & Ba, "Adam", ICLR 2015, algorithm 1, in PyTorch's order of operations).
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= vectors) { return; }
  let g = gradient[id.x];
  let m = beta1 * firstMoment[id.x] + (1 - beta1) * g;
  let v = beta2 * secondMoment[id.x] + (1 - beta2) * g * g;
  firstMoment[id.x] = m;
  secondMoment[id.x] = v;
  parameters[id.x] -= batch.stepSize * m / (sqrt(v) / batch.secondCorrection + epsilon);
}
