// @ts-nocheck AssemblyScript
/** Sums of partial results, always in the order of the parts. */

/**
 * Task t adds up 64 floats, from the t-th 64 on: `sum[i] = parts[0][i] + parts[1][i] + …`.
 *
 * @param parts [count][stride] floats
 * @param stride floats of a part, a multiple of 4
 * @param sum [stride] floats
 */
export function sum_parts(task: i32, thread: i32, parts: usize, count: i32, stride: usize, sum: usize): void {
  const first: usize = (<usize> task) * 256;
  const end = min(first + 256, stride * 4);
  for (let i: usize = first; i < end; i += 16) {
    let total = v128.load(parts + i);
    for (let part: usize = 1; part < <usize> count; part++) {
      total = f32x4.add(total, v128.load(parts + part * stride * 4 + i));
    }
    v128.store(sum + i, total);
  }
}
