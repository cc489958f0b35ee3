/** Images through a network, a batch at a time: the one way to read what its layers put out. */
import type { Images } from "../data/images.ts";
import type { Latents } from "../metrics/latents.ts";
import type { Arch } from "../model.ts";
import { type Asked, widthOf } from "./layer_sums.ts";
import type { Network } from "./network.ts";

/** Images a batch: reading a batch's outputs costs Deno some 10 ms of waiting, so there are few. */
const BATCH = 1000;

/** Outputs of the layers asked for, for images `start` … `start + count - 1`. */
export interface OutputBatch {
  /** Index of the first image. */
  readonly start: number;
  /** Number of images. */
  readonly count: number;
  /** For each layer asked for `count` × its shape, channels first, or `count` × its sums. */
  readonly outputs: readonly Float32Array[];
}

/** Something that is made of the outputs of some layers, such as their rows or their means. */
export interface OutputReader {
  /** The layers that it reads, or sums of them. */
  readonly asked: readonly Asked[];
  /** Takes a batch of their outputs. */
  read(batch: OutputBatch): void;
}

/**
 * Runs all images through the network, dropout off, and yields the named layers' outputs in order.
 *
 * @throws DigitFidError if there is no layer of a name
 */
export async function* layerOutputs(
  network: Network,
  images: Images,
  asked: readonly Asked[],
): AsyncGenerator<OutputBatch> {
  using resident = network.upload(images);
  const read = (start: number) => {
    const count = Math.min(BATCH, images.count - start);
    if (count <= 0) return undefined;
    const outputs = network.outputs(resident, start, count, asked);
    outputs.catch(() => {}); // it is heard of when its turn has come
    return { start, count, outputs };
  };
  let ahead = read(0); // the network has the next batch to do while one is looked at
  try {
    while (ahead) {
      const { start, count, outputs } = ahead;
      const batch = { start, count, outputs: await outputs };
      ahead = read(start + count);
      yield batch;
    }
  } finally {
    await ahead?.outputs.catch(() => {});
  }
}

/** Lets several readers read in one pass over the images. */
export async function readOutputs(network: Network, images: Images, readers: readonly OutputReader[]): Promise<void> {
  const asked = [...new Set(readers.flatMap((reader) => reader.asked))];
  for await (const { start, count, outputs } of layerOutputs(network, images, asked)) {
    for (const reader of readers) {
      reader.read({ start, count, outputs: reader.asked.map((each) => outputs[asked.indexOf(each)]) });
    }
  }
}

/**
 * The outputs of some layers, or sums of them, for all images, kept in memory: for each a row an image, channels first.
 *
 * @throws DigitFidError if there is no layer of a name
 */
export async function layerRows(network: Network, images: Images, asked: readonly Asked[]): Promise<Latents[]> {
  const kept = new LayerRows(network.arch, images.count, asked);
  await readOutputs(network, images, [kept]);
  return kept.rows;
}

/** Keeps the outputs of layers, a row an image. */
export class LayerRows implements OutputReader {
  /** For each layer its rows; whole once all images are read. */
  readonly rows: Latents[];

  /**
   * Makes room for the rows of `count` images.
   *
   * @throws DigitFidError if there is no layer of a name
   */
  constructor(arch: Arch, count: number, readonly asked: readonly Asked[]) {
    const widths = asked.map((each) => widthOf(arch, each));
    this.rows = widths.map((width) => ({ count, width, data: new Float32Array(count * width) }));
  }

  /** Keeps a batch. */
  read({ start, outputs }: OutputBatch): void {
    for (const [i, { width, data }] of this.rows.entries()) data.set(outputs[i], start * width);
  }
}
