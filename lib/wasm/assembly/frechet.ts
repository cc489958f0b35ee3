// @ts-nocheck AssemblyScript
/** Fréchet distances of resamples: `frechetDistance` of merged moments, as in lib/fid.ts, to the same bits. */
import { merge_records } from "./moments.ts";
import { covariance_root, nuclear_norm, squared_norm } from "./roots.ts";

/**
 * Task t is the distance of a draw from the one set and a draw from the other.
 *
 * @param a records of the parts of the one set, @param b of the other: see moments.ts
 * @param times [tasks][aParts + bParts] f64: how often each part is drawn
 * @param distances [tasks] f64
 * @param scratch `scratchBytes` a thread: 3 matrices [width][stride], 2 means, 8 vectors
 */
export function frechet_distances(
  task: i32,
  thread: i32,
  a: usize,
  aParts: i32,
  b: usize,
  bParts: i32,
  times: usize,
  width: i32,
  stride: i32,
  distances: usize,
  scratch: usize,
  scratchBytes: i32,
): void {
  const step: usize = <usize> stride * 8, square: usize = <usize> width * step;
  const rootA = scratch + <usize> thread * <usize> scratchBytes, rootB = rootA + square, matrix = rootB + square;
  const meanA = matrix + square, meanB = meanA + step, vectors = meanB + step;
  const drawn = times + <usize> (task * (aParts + bParts)) * 8;

  merge_records(a, aParts, drawn, width, stride, meanA, matrix, vectors);
  const rankA = covariance_root(matrix, width, stride, rootA, vectors);
  merge_records(b, bParts, drawn + <usize> aParts * 8, width, stride, meanB, matrix, vectors);
  const rankB = covariance_root(matrix, width, stride, rootB, vectors);

  let means = 0.0;
  for (let j: usize = 0; j < <usize> width * 8; j += 8) {
    const difference = load<f64>(meanA + j) - load<f64>(meanB + j);
    means += difference * difference;
  }
  const covariances = squared_norm(rootA, rankA, stride) + squared_norm(rootB, rankB, stride) -
    2 * nuclear_norm(rootA, rankA, rootB, rankB, stride, matrix, vectors);
  store<f64>(distances + <usize> task * 8, means + max(0, covariances));
}
