/** Points laid out for the search of neighbours, as lib/wasm/assembly/points.ts describes. */
import type { Block } from "../../wasm/threads.ts";
import { type Axes, AXES_ROWS, axesAlong } from "../neighbours.ts";
import { SharedMoments } from "./frechet.ts";
import { scope, type SharedLatents, strideOf, type Taken, tasksOf } from "./rows.ts";

/** Points side by side, coordinates of a block, and bytes of such a block: see lib/wasm/assembly/points.ts. */
const GROUP = { points: 16, coordinates: 8, bytes: 9 * 64 };
/** Groups that have a box around them, and bytes of that. */
const BOX = { groups: 4, bytes: 80 };
/** Axes along which points are ordered: those of most of their spread. */
const ORDER_AXES = 8;

/** Rows of a set in order of nearness, in double and in single precision. */
export interface Layout extends Disposable {
  /** How many points. */
  readonly count: number;
  /** Numbers from a row to the next. */
  readonly stride: number;
  /** What squared distances are multiplied by in single precision. */
  readonly squaredScale: number;
  /** The points along the axes, in double precision. */
  readonly rows: Taken;
  /** The same in single precision, 16 side by side. */
  readonly planes: Block;
  /** Where in the sample each point was. */
  readonly order: Block;
}

/** 0 … count − 1: all rows, in their order. */
export function allNumbers(count: number): Uint32Array<ArrayBuffer> {
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

/** Axes of the first of a set's rows of these numbers: those of `axesOf`, to the bit. */
export async function threadedAxes(shared: SharedLatents, numbers: Uint32Array): Promise<Axes> {
  const few = await SharedMoments.of(shared, [numbers.subarray(0, AXES_ROWS)]), [moments] = few.read();
  few[Symbol.dispose]();
  return axesAlong(moments);
}

/**
 * Lays out the rows of the given numbers.
 *
 * @param axes the same for sets that are to be compared
 */
export async function layOut(shared: SharedLatents, sample: Uint32Array, axes: Axes): Promise<Layout> {
  const { threads, latents: { width } } = shared, count = sample.length, stride = strideOf(width);
  const groups = Math.ceil(count / GROUP.points), blocks = Math.ceil(stride / GROUP.coordinates);
  const scale = 2 ** -Math.max(-400, Math.min(400, Math.ceil(Math.log2(axes.spread || 1))));
  // A sum of n terms in single precision is off by n 2^-24 of their sizes at most; this is more than twice that.
  const slack = (width + 32) * 2 ** -22;
  return await scope(async (keep) => {
    const vectors = keep(threads.upload(padded(axes.vectors, width, stride)));
    const centre = keep(threads.upload(padded(axes.centre, width, stride)));
    const rotated = keep(threads.allocate(count * stride * 8));
    const order = threads.upload(allNumbers(count));
    const boxes = Math.ceil(groups / BOX.groups) * BOX.bytes;
    const planes = threads.allocate(blocks * groups * GROUP.bytes + groups * GROUP.points * 4 + boxes);
    const rows = shared.take(sample), tasks = tasksOf(count);
    await threads.run(
      rows.phase,
      { kernel: "multiply_rows", tasks, args: [rows.address, count, vectors.address, width, stride, rotated.address] },
      { kernel: "order_points", tasks: 1, args: [rotated.address, count, stride, order.address, ORDER_AXES] },
      { kernel: "gather_rows", tasks, args: [rotated.address, 0, stride, order.address, count, rows.address, stride] },
      {
        kernel: "fill_planes",
        tasks,
        args: [rows.address, count, stride, planes.address, centre.address, scale, slack],
      },
    );
    const dispose = () => [rows, planes, order].forEach((item) => item[Symbol.dispose]());
    return { count, stride, squaredScale: scale ** 2, rows, planes, order, [Symbol.dispose]: dispose };
  });
}

/** Rows of `width` numbers, each filled with zeros to the stride. */
function padded(values: Float64Array, width: number, stride: number): Float64Array {
  const rows = new Float64Array(values.length / width * stride);
  for (let i = 0; i * width < values.length; i++) {
    rows.set(values.subarray(i * width, (i + 1) * width), i * stride);
  }
  return rows;
}
