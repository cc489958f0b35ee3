/** Precision, recall, density and coverage by threads: the same bits as `neighbours.ts` one folder up, its plain twin. */
import { DRAW, Random, STREAM } from "../../random.ts";
import type { Block, Threads } from "../../wasm/threads.ts";
import {
  type Axes,
  type BallSizes,
  ballSizes,
  drawSample,
  type NeighbourOptions,
  type NeighbourScores,
} from "../neighbours.ts";
import { mean } from "../numbers.ts";
import { type Layout, layOut, threadedAxes } from "./layout.ts";
import { scope, type SharedLatents, tasksOf } from "./rows.ts";

/** What is known of the real set whatever it is compared with. */
export interface RealSide {
  /** The real sample. */
  readonly points: Points;
  /** Along which other sets have to be laid out. */
  readonly axes: Axes;
}

/** Lays out a real set, for any number of comparisons with the same options. */
export async function realSide(real: SharedLatents, options: NeighbourOptions = {}): Promise<RealSide> {
  const { seed = 0 } = options, sizes = ballSizes(options);
  const sample = drawSample(real.latents.count, new Random(seed, STREAM.bootstrap, DRAW.neighbours));
  const axes = await threadedAxes(real, sample);
  return { points: await Points.of(real, sample, axes, sizes), axes };
}

/** {@linkcode neighbourScores} of the plain twin, against a real set laid out with the same options. */
export async function neighbourScores(
  { points, axes }: RealSide,
  real: SharedLatents,
  fake: SharedLatents,
  options: NeighbourOptions = {},
): Promise<NeighbourScores> {
  const { seed = 0 } = options;
  const random = new Random(seed, STREAM.bootstrap, DRAW.neighbours);
  drawSample(real.latents.count, random); // the generated sample is what comes after the real one
  const sample = drawSample(fake.latents.count, random);
  return await scope(async (keep) => {
    const ofFake = keep(await Points.of(fake, sample, axes, points.sizes));
    return await compare(real.threads, points, ofFake);
  });
}

/** A sample of a set, laid out for the search, and each point's distances to its nearest neighbours in the set. */
export class Points implements Disposable {
  /** @internal */
  private constructor(
    readonly layout: Layout,
    readonly nearest: Block,
    /** How many neighbours those are, and which make a ball. */
    readonly sizes: BallSizes,
  ) {}

  /** @param axes the same for sets that are to be compared, as the sizes */
  static async of(shared: SharedLatents, sample: Uint32Array, axes: Axes, sizes: BallSizes): Promise<Points> {
    const { threads } = shared;
    const layout = await layOut(shared, sample, axes), { count, stride, rows, planes, squaredScale } = layout;
    const nearest = threads.allocate(count * Math.min(sizes.large, count - 1) * 8);
    await threads.run({
      kernel: "nearest_distances",
      tasks: tasksOf(count),
      args: [rows.address, planes.address, count, stride, squaredScale, sizes.small, sizes.large, nearest.address],
    });
    return new Points(layout, nearest, sizes);
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    this.layout[Symbol.dispose]();
    this.nearest.free();
  }
}

/** Who lies in whose balls. */
export async function compare(threads: Threads, realSide: Points, fakeSide: Points): Promise<NeighbourScores> {
  const real = { ...realSide.layout, nearest: realSide.nearest };
  const fake = { ...fakeSide.layout, nearest: fakeSide.nearest };
  const { small, large } = realSide.sizes, tasks = tasksOf(real.count);
  return await scope(async (keep) => {
    const marks = keep(threads.allocate(fake.count + 2 * real.count));
    const dense = keep(threads.allocate(tasks * 4));
    await threads.run({
      kernel: "count_inside",
      tasks,
      args: [
        ...[real.rows.address, real.planes.address, real.count],
        ...[fake.rows.address, fake.planes.address, fake.count],
        ...[real.stride, real.nearest.address, fake.nearest.address, real.squaredScale, small, large],
        ...[marks.address, dense.address],
      ],
    });
    const [recalled, covered] = [fake.count, fake.count + real.count];
    return {
      precision: mean(marks.view(Uint8Array, fake.count)),
      recall: mean(marks.view(Uint8Array, real.count, recalled)),
      density: dense.view(Int32Array, tasks).reduce((sum, pairs) => sum + pairs, 0) / (large * fake.count),
      coverage: mean(marks.view(Uint8Array, real.count, covered)),
    };
  });
}
