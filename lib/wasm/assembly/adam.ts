// @ts-nocheck AssemblyScript
/** The parts' gradients added up in order, and one step of Adam. */

/**
 * Task t takes 256 parameters (Kingma & Ba, "Adam", ICLR 2015, algorithm 1, in PyTorch's order of operations);
 * task 0 also adds the parts' losses to the running sum.
 *
 * @param partials [parts][stride] floats
 * @param losses [parts] float64
 * @param parameters and moments: [stride] floats
 * @param running the sum of losses, float64
 * @param stepSize the learning rate over the first bias correction
 * @param correction the square root of the second
 */
export function adam(
  task: i32,
  thread: i32,
  partials: usize,
  losses: usize,
  parts: usize,
  stride: usize,
  parameters: usize,
  moments1: usize,
  moments2: usize,
  running: usize,
  stepSize: f32,
  correction: f32,
): void {
  if (task == 0) {
    let total = load<f64>(running);
    for (let part: usize = 0; part < parts; part++) total += load<f64>(losses + part * 8);
    store<f64>(running, total);
  }
  const bytes = stride * 4, first = usize(task) * 1024, end = min(first + 1024, bytes);
  for (let i = first; i < end; i += 16) {
    let g = v128.load(partials + i);
    for (let part: usize = 1; part < parts; part++) g = f32x4.add(g, v128.load(partials + part * bytes + i));
    const p = parameters + i, m = moments1 + i, v = moments2 + i;
    const mean = f32x4.add(f32x4.mul(f32x4.splat(0.9), v128.load(m)), f32x4.mul(f32x4.splat(0.1), g));
    const square = f32x4.mul(f32x4.mul(f32x4.splat(0.001), g), g);
    const variance = f32x4.add(f32x4.mul(f32x4.splat(0.999), v128.load(v)), square);
    v128.store(m, mean);
    v128.store(v, variance);
    const root = f32x4.div(f32x4.sqrt(variance), f32x4.splat(correction));
    const change = f32x4.div(f32x4.mul(f32x4.splat(stepSize), mean), f32x4.add(root, f32x4.splat(1e-8)));
    v128.store(p, f32x4.sub(v128.load(p), change));
  }
}
