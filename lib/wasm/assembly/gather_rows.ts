// @ts-nocheck AssemblyScript
/** Rows of latents in double precision, in the order asked for, at a stride that fills whole vectors. */

/** Rows of a task. */
export const ROWS: i32 = 64;

/**
 * Task t copies 64 rows, from the 64 t-th on: row i becomes row `order[i]` of the latents.
 *
 * @param latents [any][width] f32 (`single` 1) or f64 (0)
 * @param order [count] u32
 * @param rows [count][stride] f64; the stride is a multiple of 4, not below the width; what is beyond it becomes 0
 */
export function gather_rows(
  task: i32,
  thread: i32,
  latents: usize,
  single: i32,
  width: i32,
  order: usize,
  count: i32,
  rows: usize,
  stride: i32,
): void {
  const end = min(count, (task + 1) * ROWS);
  for (let i = task * ROWS; i < end; i++) {
    const first = <usize> load<u32>(order + <usize> i * 4) * <usize> width;
    const row = rows + <usize> i * <usize> stride * 8;
    for (let k: usize = 0; k < <usize> stride; k++) {
      const value = k >= <usize> width
        ? 0
        : single
        ? <f64> load<f32>(latents + (first + k) * 4)
        : load<f64>(latents + (first + k) * 8);
      store<f64>(row + k * 8, value);
    }
  }
}
