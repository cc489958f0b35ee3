// @ts-nocheck AssemblyScript
/**
 * Counts, means and scatter matrices of rows, as in lib/metrics/moments.ts: to the same bits.
 *
 * A record of doubles holds the moments of a set: the count, three that are not used, the mean [stride], and the lower
 * triangle of the sum of products of deviations, [width][stride]. Strides are multiples of 4, filled with zeros.
 */

/** Doubles before the mean. */
const HEAD: usize = 4;

// @inline
export function recordBytes(width: i32, stride: i32): usize {
  return (HEAD + <usize> stride + <usize> width * <usize> stride) * 8;
}

// @inline
export function meanOf(record: usize): usize {
  return record + HEAD * 8;
}

// @inline
export function scatterOf(record: usize, stride: i32): usize {
  return record + (HEAD + <usize> stride) * 8;
}

/** Rows whose deviations are in the nearest cache at one time. */
const ROWS: i32 = 16;

/**
 * Task t gathers the moments of a part: the rows `edges[t]` … `edges[t + 1] - 1`.
 *
 * @param edges [tasks + 1] i32
 * @param records a record a task
 * @param scratch 16 · stride doubles a thread
 */
export function part_moments(
  task: i32,
  thread: i32,
  rows: usize,
  width: i32,
  stride: i32,
  edges: usize,
  records: usize,
  scratch: usize,
): void {
  const from = load<i32>(edges + <usize> task * 4), to = load<i32>(edges + <usize> task * 4, 4);
  const record = records + <usize> task * recordBytes(width, stride);
  const mean = meanOf(record), scatter = scatterOf(record, stride), step: usize = <usize> stride * 8;
  memory.fill(record, 0, recordBytes(width, stride));
  store<f64>(record, <f64> (to - from));
  const count = f64x2.splat(<f64> (to - from));
  for (let i = from; i < to; i++) {
    const row = rows + <usize> i * step;
    for (let j: usize = 0; j < step; j += 16) {
      v128.store(mean + j, f64x2.add(v128.load(mean + j), f64x2.div(v128.load(row + j), count)));
    }
  }
  const deviations = scratch + <usize> thread * <usize> ROWS * step;
  for (let first = from; first < to; first += ROWS) {
    const few = min(ROWS, to - first);
    for (let i = 0; i < few; i++) {
      const row = rows + <usize> (first + i) * step, out = deviations + <usize> i * step;
      for (let j: usize = 0; j < step; j += 16) {
        v128.store(out + j, f64x2.sub(v128.load(row + j), v128.load(mean + j)));
      }
    }
    add_products(scatter, deviations, few, width, step);
  }
}

/** Adds the products of all pairs of columns to a lower triangle, tiles of 2 rows and 8 columns at a time. */
function add_products(scatter: usize, deviations: usize, count: i32, width: i32, step: usize): void {
  const end: usize = <usize> count * step;
  for (let j = 0; j < width; j += 2) {
    for (let k: usize = 0; k <= <usize> j * 8 + 8 && k < step; k += 64) {
      const p = scatter + <usize> j * step + k;
      const q = j + 1 < width ? p + step : p;
      if (k + 64 > step) {
        for (let l = k; l < step; l += 16) {
          const at = scatter + <usize> j * step + l, under = q == p ? at : at + step;
          let a = v128.load(at), b = v128.load(under);
          for (let i: usize = 0; i < end; i += step) {
            const d = v128.load(deviations + i + l);
            a = f64x2.add(a, f64x2.mul(v128.load64_splat(deviations + i + <usize> j * 8), d));
            b = f64x2.add(b, f64x2.mul(v128.load64_splat(deviations + i + <usize> j * 8, 8), d));
          }
          if (under != at) v128.store(under, b);
          v128.store(at, a);
        }
        continue;
      }
      let a0 = v128.load(p), a1 = v128.load(p, 16), a2 = v128.load(p, 32), a3 = v128.load(p, 48);
      let b0 = v128.load(q), b1 = v128.load(q, 16), b2 = v128.load(q, 32), b3 = v128.load(q, 48);
      for (let i: usize = 0; i < end; i += step) {
        const d = deviations + i + k, at = deviations + i + <usize> j * 8;
        const f = v128.load64_splat(at), g = v128.load64_splat(at, 8);
        let v = v128.load(d);
        a0 = f64x2.add(a0, f64x2.mul(f, v));
        b0 = f64x2.add(b0, f64x2.mul(g, v));
        v = v128.load(d, 16);
        a1 = f64x2.add(a1, f64x2.mul(f, v));
        b1 = f64x2.add(b1, f64x2.mul(g, v));
        v = v128.load(d, 32);
        a2 = f64x2.add(a2, f64x2.mul(f, v));
        b2 = f64x2.add(b2, f64x2.mul(g, v));
        v = v128.load(d, 48);
        a3 = f64x2.add(a3, f64x2.mul(f, v));
        b3 = f64x2.add(b3, f64x2.mul(g, v));
      }
      if (q != p) {
        v128.store(q, b0);
        v128.store(q, b1, 16);
        v128.store(q, b2, 32);
        v128.store(q, b3, 48);
      }
      v128.store(p, a0);
      v128.store(p, a1, 16);
      v128.store(p, a2, 32);
      v128.store(p, a3, 48);
    }
  }
}

/**
 * Mean and covariance of everything in some records, each counted as many times as told.
 *
 * @param records `parts` of them
 * @param times [parts] f64
 * @param mean [stride] out
 * @param covariance [width][stride] out, both triangles
 * @param deviation [stride] scratch
 */
export function merge_records(
  records: usize,
  parts: i32,
  times: usize,
  width: i32,
  stride: i32,
  mean: usize,
  covariance: usize,
  deviation: usize,
): void {
  const bytes = recordBytes(width, stride), step: usize = <usize> stride * 8;
  let count = 0.0;
  for (let part = 0; part < parts; part++) {
    count += load<f64>(times + <usize> part * 8) * load<f64>(records + <usize> part * bytes);
  }
  memory.fill(mean, 0, step);
  memory.fill(covariance, 0, <usize> width * step);
  for (let part = 0; part < parts; part++) {
    const record = records + <usize> part * bytes;
    const share = load<f64>(times + <usize> part * 8) * load<f64>(record) / count;
    if (share > 0) add_multiple(mean, share, meanOf(record), step);
  }
  for (let part = 0; part < parts; part++) {
    const record = records + <usize> part * bytes, often = load<f64>(times + <usize> part * 8);
    if (!(often > 0)) continue;
    const partMean = meanOf(record), scatter = scatterOf(record, stride), weight = often * load<f64>(record);
    for (let j: usize = 0; j < step; j += 16) {
      v128.store(deviation + j, f64x2.sub(v128.load(partMean + j), v128.load(mean + j)));
    }
    const t = f64x2.splat(often);
    for (let j: usize = 0; j < <usize> width; j++) {
      const factor = f64x2.splat(weight * load<f64>(deviation + j * 8));
      const from = scatter + j * step, to = covariance + j * step;
      for (let k: usize = 0; k <= j * 8; k += 16) {
        const product = f64x2.mul(factor, v128.load(deviation + k));
        v128.store(to + k, f64x2.add(v128.load(to + k), f64x2.add(f64x2.mul(t, v128.load(from + k)), product)));
      }
    }
  }
  for (let j: usize = 0; j < <usize> width; j++) {
    for (let k: usize = 0; k <= j; k++) {
      const value = load<f64>(covariance + j * step + k * 8) / (count - 1);
      store<f64>(covariance + j * step + k * 8, value);
      store<f64>(covariance + k * step + j * 8, value);
    }
  }
}

/** y[…] += factor · x[…]. */
export function add_multiple(y: usize, factor: f64, x: usize, bytes: usize): void {
  const f = f64x2.splat(factor);
  for (let k: usize = 0; k < bytes; k += 16) {
    v128.store(y + k, f64x2.add(v128.load(y + k), f64x2.mul(f, v128.load(x + k))));
  }
}
