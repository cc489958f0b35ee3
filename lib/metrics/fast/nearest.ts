/** The nearest rows of another set by threads: the same bits as `nearest.ts` one folder up, its plain twin. */
import type { Nearest, NearestOptions } from "../nearest.ts";
import type { Axes } from "../neighbours.ts";
import { allNumbers, type Layout, layOut, threadedAxes } from "./layout.ts";
import { scope, type SharedLatents, tasksOf } from "./rows.ts";

/** A set laid out to be searched, any number of times. */
export interface Searchable extends Disposable {
  /** Along which it lies, and what is looked for has to lie. */
  readonly axes: Axes;
  /** The set. */
  readonly layout: Layout;
}

/** Lays out a set to be searched. */
export async function searchable(others: SharedLatents): Promise<Searchable> {
  const all = allNumbers(others.latents.count), axes = await threadedAxes(others, all);
  const layout = await layOut(others, all, axes);
  return { axes, layout, [Symbol.dispose]: () => layout[Symbol.dispose]() };
}

/** For each row of one set the nearest row of another. */
export async function nearestOf(
  rows: SharedLatents,
  { axes, layout: y }: Searchable,
  { own }: NearestOptions = {},
): Promise<Nearest> {
  const { threads, latents: { count } } = rows;
  return await scope(async (keep) => {
    const x = keep(await layOut(rows, allNumbers(count), axes));
    const order = x.order.view(Uint32Array, count).slice();
    const selves = keep(threads.upload(own ? Int32Array.from(order, (i) => own[i]) : new Int32Array(count).fill(-1)));
    const found = keep(threads.reserve(count * 16));
    await threads.run({
      kernel: "nearest_other",
      tasks: tasksOf(count),
      args: [
        ...[x.rows.address, x.planes.address, count, selves.address],
        ...[y.rows.address, y.planes.address, y.count, y.order.address],
        ...[x.stride, x.squaredScale, found.address],
      ],
    });
    const pairs = found.view(Float64Array, 2 * count);
    const distances = new Float64Array(count), numbers = new Uint32Array(count);
    for (let at = 0; at < count; at++) {
      distances[order[at]] = Math.sqrt(pairs[2 * at]);
      numbers[order[at]] = pairs[2 * at + 1];
    }
    return { distances, numbers };
  });
}
