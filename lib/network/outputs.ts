/** Images through a network, a batch at a time: the one way to read what its layers put out. */
import type { Images } from "../data/images.ts";
import type { Latents } from "../metrics/latents.ts";
import { type Arch, layerNamed, sizeOf } from "../model.ts";
import type { Network } from "./network.ts";

/** Images a batch: reading a batch's outputs costs Deno some 10 ms of waiting, so there are few. */
const BATCH = 1000;

/** Outputs of the layers asked for, for images `start` … `start + count - 1`. */
export interface OutputBatch {
  /** Index of the first image. */
  readonly start: number;
  /** Number of images. */
  readonly count: number;
  /** For each layer asked for `count` × its shape, channels first. */
  readonly outputs: readonly Float32Array[];
}

/** Something that is made of the outputs of some layers, such as their rows or their means. */
export interface OutputReader {
  /** The layers that it reads. */
  readonly names: readonly string[];
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
  names: readonly string[],
): AsyncGenerator<OutputBatch> {
  using resident = network.upload(images);
  for (let start = 0; start < images.count; start += BATCH) {
    const count = Math.min(BATCH, images.count - start);
    yield { start, count, outputs: await network.outputs(resident, start, count, names) };
  }
}

/** Lets several readers read in one pass over the images. */
export async function readOutputs(network: Network, images: Images, readers: readonly OutputReader[]): Promise<void> {
  const names = [...new Set(readers.flatMap((reader) => reader.names))];
  for await (const { start, count, outputs } of layerOutputs(network, images, names)) {
    for (const reader of readers) {
      reader.read({ start, count, outputs: reader.names.map((name) => outputs[names.indexOf(name)]) });
    }
  }
}

/**
 * The outputs of some layers for all images, kept in memory: for each layer a row an image, channels first.
 *
 * @throws DigitFidError if there is no layer of a name
 */
export async function layerRows(network: Network, images: Images, names: readonly string[]): Promise<Latents[]> {
  const kept = new LayerRows(network.arch, images.count, names);
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
  constructor(arch: Arch, count: number, readonly names: readonly string[]) {
    const widths = names.map((name) => sizeOf(layerNamed(arch, name).shape));
    this.rows = widths.map((width) => ({ count, width, data: new Float32Array(count * width) }));
  }

  /** Keeps a batch. */
  read({ start, outputs }: OutputBatch): void {
    for (const [i, { width, data }] of this.rows.entries()) data.set(outputs[i], start * width);
  }
}
