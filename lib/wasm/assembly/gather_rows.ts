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
    const pairs: usize = <usize> width & ~1;
    let from = latents + first * (single ? 4 : 8), to = row;
    for (let k: usize = 0; k < pairs; k += 2, to += 16) {
      v128.store(to, single ? f64x2.promote_low_f32x4(v128.load64_zero(from)) : v128.load(from));
      from += single ? 8 : 16;
    }
    if (pairs < <usize> width) {
      store<f64>(to, single ? <f64> load<f32>(from) : load<f64>(from));
      to += 8;
    }
    for (const end = row + <usize> stride * 8; to < end; to += 8) store<f64>(to, 0);
  }
}
