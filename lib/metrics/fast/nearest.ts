/** The nearest rows of another set by threads: the same bits as `nearest.ts` one folder up, its plain twin. */
import { AXES_ROWS, axesOf } from "../neighbours.ts";
import { takeRows } from "../latents.ts";
import type { Nearest, NearestOptions } from "../nearest.ts";
import { layOut } from "./layout.ts";
import { scope, type SharedLatents, tasksOf } from "./rows.ts";

/** For each row of one set the nearest row of another. */
export async function nearestOf(
  rows: SharedLatents,
  others: SharedLatents,
  { own }: NearestOptions = {},
): Promise<Nearest> {
  const { threads, latents: { count } } = rows, otherCount = others.latents.count;
  const all = (length: number) => Uint32Array.from({ length }, (_, i) => i);
  const axes = axesOf(takeRows(others.latents, all(Math.min(AXES_ROWS, otherCount))));
  return await scope(async (keep) => {
    const [x, y] = [keep(await layOut(rows, all(count), axes)), keep(await layOut(others, all(otherCount), axes))];
    const order = x.order.view(Uint32Array, count).slice();
    const selves = keep(threads.upload(Int32Array.from(order, (i) => own ? own[i] : -1)));
    const found = keep(threads.allocate(count * 16));
    await threads.run({
      kernel: "nearest_other",
      tasks: tasksOf(count),
      args: [
        ...[x.rows.address, x.planes.address, count, selves.address],
        ...[y.rows.address, y.planes.address, otherCount, y.order.address],
        ...[x.stride, x.squaredScale, found.address],
      ],
    });
    const pairs = found.view(Float64Array, 2 * count);
    const distances = new Float64Array(count), numbers = new Uint32Array(count);
    for (const [at, i] of order.entries()) [distances[i], numbers[i]] = [Math.sqrt(pairs[2 * at]), pairs[2 * at + 1]];
    return { distances, numbers };
  });
}
