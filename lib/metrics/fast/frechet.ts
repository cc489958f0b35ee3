/** Moments and Fréchet distances by threads: the same bits as `lib/fid.ts` and `moments.ts`, their plain twins. */
import type { Block, Threads } from "../../wasm/threads.ts";
import { checkWidths } from "../latents.ts";
import { type Draw, Moments } from "../moments.ts";
import { scope, type SharedLatents, strideOf } from "./rows.ts";

/** Rows that are in double precision at one time, at least: 10 MB of 128 numbers each. */
const ROWS_AT_ONCE = 10_000;
/** Doubles of a record before the mean: see lib/wasm/assembly/moments.ts. */
const HEAD = 4;

/** Moments of parts of a set, in the threads' memory. */
export class SharedMoments implements Disposable {
  readonly #records: Block;

  private constructor(readonly parts: number, readonly width: number, records: Block) {
    this.#records = records;
  }

  /** Where the kernels find them. */
  get address(): number {
    return this.#records.address;
  }

  /** Moments of the named rows of a set, part by part. */
  static async of(shared: SharedLatents, parts: readonly Uint32Array[]): Promise<SharedMoments> {
    const { threads, latents: { width } } = shared, stride = strideOf(width), bytes = recordLength(width) * 8;
    const records = threads.allocate(parts.length * bytes);
    await scope(async (keep) => {
      const scratch = keep(threads.allocate(threads.count * 16 * stride * 8));
      for (let first = 0, last = 0; first < parts.length; first = last) {
        let count = 0;
        while (last < parts.length && (last === first || count < ROWS_AT_ONCE)) count += parts[last++].length;
        const order = new Uint32Array(count), edges = new Int32Array(last - first + 1);
        for (let part = first; part < last; part++) {
          order.set(parts[part], edges[part - first]);
          edges[part - first + 1] = edges[part - first] + parts[part].length;
        }
        await scope(async (keep) => {
          const rows = keep(shared.take(order)), edgesBlock = keep(threads.upload(edges));
          await threads.run(rows.phase, {
            kernel: "part_moments",
            tasks: last - first,
            args: [
              ...[rows.address, width, stride, edgesBlock.address],
              ...[records.address + first * bytes, scratch.address],
            ],
          });
        });
      }
    });
    return new SharedMoments(parts.length, width, records);
  }

  /** Moments from elsewhere. */
  static from(threads: Threads, moments: readonly Moments[]): SharedMoments {
    const { width } = moments[0], stride = strideOf(width), length = recordLength(width);
    const records = threads.allocate(moments.length * length * 8);
    const view = records.view(Float64Array);
    for (const [part, { count, mean, scatter }] of moments.entries()) {
      const record = view.subarray(part * length, (part + 1) * length);
      record[0] = count;
      record.set(mean, HEAD);
      for (let j = 0; j < width; j++) {
        record.set(scatter.subarray(j * width, j * width + j + 1), HEAD + (j + 1) * stride);
      }
    }
    return new SharedMoments(moments.length, width, records);
  }

  /** Copies of them. */
  read(): Moments[] {
    const { width, parts } = this, stride = strideOf(width), length = recordLength(width);
    const view = this.#records.view(Float64Array);
    return Array.from({ length: parts }, (_, part) => {
      const record = view.subarray(part * length, (part + 1) * length);
      const scatter = new Float64Array(width * width);
      for (let j = 0; j < width; j++) {
        const from = HEAD + (j + 1) * stride;
        scatter.set(record.subarray(from, from + j + 1), j * width);
      }
      return Moments.fromScatter(record[0], record.slice(HEAD, HEAD + width), scatter);
    });
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.#records.free();
  }
}

function recordLength(width: number): number {
  return HEAD + strideOf(width) * (width + 1);
}

/** The Fréchet distances of draws from two sets: how often each part of either is drawn. */
export async function distancesOf(
  threads: Threads,
  a: SharedMoments,
  b: SharedMoments,
  draws: readonly Draw[],
): Promise<number[]> {
  checkWidths(a, b);
  const { width } = a, stride = strideOf(width);
  const scratchBytes = 8 * (3 * width * stride + 2 * stride + 5 * (stride + 16));
  return await scope(async (keep) => {
    const times = keep(threads.upload(Float64Array.from(draws.flatMap((draw) => [...draw.a, ...draw.b]))));
    const distances = keep(threads.allocate(draws.length * 8));
    const scratch = keep(threads.allocate(threads.count * scratchBytes));
    await threads.run({
      kernel: "frechet_distances",
      tasks: draws.length,
      args: [
        ...[a.address, a.parts, b.address, b.parts, times.address],
        ...[width, stride, distances.address, scratch.address, scratchBytes],
      ],
    });
    return [...distances.view(Float64Array, draws.length)];
  });
}
