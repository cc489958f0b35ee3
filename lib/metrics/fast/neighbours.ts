/** Precision, recall, density and coverage by threads: the same bits as `neighbours.ts` one folder up, its plain twin. */
import { DRAW, Random, type Seeded, STREAM } from "../../random.ts";
import type { Block, Threads } from "../../wasm/threads.ts";
import { takeRows } from "../latents.ts";
import { type Axes, AXES_ROWS, axesOf, COVERAGE_NEIGHBOURS, drawSample, type NeighbourScores } from "../neighbours.ts";
import { mean } from "../numbers.ts";
import { scope, type SharedLatents, strideOf, tasksOf } from "./rows.ts";

/** Points side by side, coordinates of a block, and bytes of such a block: see lib/wasm/assembly/points.ts. */
const GROUP = { points: 16, coordinates: 8, bytes: 9 * 64 };
/** Axes along which points are ordered: those of most of their spread. */
const ORDER_AXES = 8;

/** What is known of the real set whatever it is compared with. */
export interface RealSide {
  /** The real sample. */
  readonly points: Points;
  /** Along which other sets have to be laid out. */
  readonly axes: Axes;
}

/** Lays out a real set, for any number of comparisons with one seed. */
export async function realSide(real: SharedLatents, { seed = 0 }: Seeded = {}): Promise<RealSide> {
  const sample = drawSample(real.latents.count, new Random(seed, STREAM.bootstrap, DRAW.neighbours));
  const axes = axesOf(takeRows(real.latents, sample.subarray(0, AXES_ROWS)));
  return { points: await Points.of(real, sample, axes), axes };
}

/** {@linkcode neighbourScores} of the plain twin, against a real set laid out with the same seed. */
export async function neighbourScores(
  { points, axes }: RealSide,
  real: SharedLatents,
  fake: SharedLatents,
  { seed = 0 }: Seeded = {},
): Promise<NeighbourScores> {
  const random = new Random(seed, STREAM.bootstrap, DRAW.neighbours);
  drawSample(real.latents.count, random); // the generated sample is what comes after the real one
  const sample = drawSample(fake.latents.count, random);
  return await scope(async (keep) => await compare(real.threads, points, keep(await Points.of(fake, sample, axes))));
}

/** A sample of a set, laid out for the search, and each point's distances to its nearest neighbours in the set. */
export class Points implements Disposable {
  /** @internal */
  private constructor(
    readonly count: number,
    readonly stride: number,
    /** What squared distances are multiplied by in single precision. */
    readonly squaredScale: number,
    readonly rows: Block,
    readonly planes: Block,
    readonly nearest: Block,
  ) {}

  /** @param axes the same for sets that are to be compared */
  static async of(shared: SharedLatents, sample: Uint32Array, axes: Axes): Promise<Points> {
    const { threads, latents: { width } } = shared, count = sample.length, stride = strideOf(width);
    const groups = Math.ceil(count / GROUP.points), blocks = Math.ceil(stride / GROUP.coordinates);
    const scale = 2 ** -Math.max(-400, Math.min(400, Math.ceil(Math.log2(axes.spread || 1))));
    // A sum of n terms in single precision is off by n 2^-24 of their sizes at most; this is more than twice that.
    const slack = (width + 32) * 2 ** -22;

    return await scope(async (keep) => {
      const vectors = keep(threads.upload(padded(axes.vectors, width, stride)));
      const centre = keep(threads.upload(padded(axes.centre, width, stride)));
      const rotated = keep(threads.allocate(count * stride * 8));
      const order = keep(threads.upload(Uint32Array.from({ length: count }, (_, i) => i)));
      const planes = threads.allocate(blocks * groups * GROUP.bytes + groups * GROUP.points * 4);
      const nearest = threads.allocate(count * Math.min(COVERAGE_NEIGHBOURS, count - 1) * 8);

      const rows = await shared.take(sample);
      const tasks = tasksOf(count);
      await threads.run(
        {
          kernel: "multiply_rows",
          tasks,
          args: [rows.address, count, vectors.address, width, stride, rotated.address],
        },
        { kernel: "order_points", tasks: 1, args: [rotated.address, count, stride, order.address, ORDER_AXES] },
        {
          kernel: "gather_rows",
          tasks,
          args: [rotated.address, 0, stride, order.address, count, rows.address, stride],
        },
        {
          kernel: "fill_planes",
          tasks,
          args: [rows.address, count, stride, planes.address, centre.address, scale, slack],
        },
        {
          kernel: "nearest_distances",
          tasks,
          args: [rows.address, planes.address, count, stride, scale ** 2, nearest.address],
        },
      );
      return new Points(count, stride, scale ** 2, rows, planes, nearest);
    });
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    for (const block of [this.rows, this.planes, this.nearest]) block.free();
  }
}

/** Who lies in whose balls. */
export async function compare(threads: Threads, real: Points, fake: Points): Promise<NeighbourScores> {
  const tasks = tasksOf(real.count);
  return await scope(async (keep) => {
    const marks = keep(threads.allocate(fake.count + 2 * real.count));
    const dense = keep(threads.allocate(tasks * 4));
    await threads.run({
      kernel: "count_inside",
      tasks,
      args: [
        ...[real.rows.address, real.planes.address, real.count],
        ...[fake.rows.address, fake.planes.address, fake.count],
        ...[real.stride, real.nearest.address, fake.nearest.address, real.squaredScale, marks.address, dense.address],
      ],
    });
    const [recalled, covered] = [fake.count, fake.count + real.count];
    return {
      precision: mean(marks.view(Uint8Array, fake.count)),
      recall: mean(marks.view(Uint8Array, real.count, recalled)),
      density: dense.view(Int32Array, tasks).reduce((sum, pairs) => sum + pairs, 0) /
        (COVERAGE_NEIGHBOURS * fake.count),
      coverage: mean(marks.view(Uint8Array, real.count, covered)),
    };
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
