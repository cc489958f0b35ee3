/**
 * What the network made of images, a row an image, and the order in which they are scored.
 *
 * Each image has a key, hashed from the bits of its logits. In the order of their keys images lie as though they had been
 * shuffled, and always in the same way: what is summed up or drawn at random in that order is the same whatever the
 * order, the batches and the parts in which they came.
 */
import { DEFECTS, type Outputs } from "../metrics/embedding.ts";
import { CLASSES, LATENT_SIZE } from "../model.ts";
import { keyOf } from "../random.ts";
import { takeRows } from "./sample.ts";

/** Outputs of the network for images, and their classes where they are known. */
export interface ImageOutputs extends Omit<Outputs, "defects"> {
  /** N × {@linkcode DEFECTS}, where the network has the digit distance's space. */
  readonly defects?: Float32Array;
  /** The class of each image, if that is known of all. */
  readonly labels?: Uint8Array<ArrayBuffer>;
  /** Of how many images the class is not known, if it is of some. */
  readonly unlabelled?: number;
}

const COLUMNS = ["latents", "logits", "defects", "labels"] as const;

/** The parts of rows by their names, each row after row. */
export type Columns<Values = Float32Array<ArrayBuffer>> = Readonly<Record<typeof COLUMNS[number], Values>>;

/** Something made of each column. */
export function eachColumn<Result>(make: (name: keyof Columns) => Result): Columns<Result> {
  return Object.fromEntries(COLUMNS.map((name) => [name, make(name)])) as Columns<Result>;
}

/** Stands for the class of an image whose class is not known. */
const NO_LABEL = -1;

/** Rows of any number of images, numbered as they came. */
export class Rows {
  /** Numbers of a row in each column. */
  readonly widths: Columns<number>;
  #columns: Columns;
  #count = 0;

  /**
   * None yet.
   *
   * @param hasDefects whether images have defects
   * @param room how many images are expected
   */
  constructor(hasDefects: boolean, room = 0) {
    this.widths = { latents: LATENT_SIZE, logits: CLASSES, defects: hasDefects ? DEFECTS : 0, labels: 1 };
    this.#columns = eachColumn((name) => new Float32Array(room * this.widths[name]));
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** All of them, for {@linkcode append}. */
  get columns(): Columns {
    return eachColumn((name) => this.#columns[name].subarray(0, this.#count * this.widths[name]));
  }

  /** Adds what the network made of images. */
  add({ latents, logits, defects = new Float32Array(0), labels }: ImageOutputs): void {
    this.append({
      latents: latents.data,
      logits,
      defects,
      labels: labels ?? new Float32Array(latents.count).fill(NO_LABEL),
    });
  }

  /** Adds columns of other rows. */
  append(columns: Columns<ArrayLike<number>>): void {
    const count = this.#count + columns.labels.length;
    if (count > this.#columns.labels.length) this.#resize(Math.max(count, Math.ceil(1.5 * this.#count)));
    for (const name of COLUMNS) this.#columns[name].set(columns[name], this.#count * this.widths[name]);
    this.#count = count;
  }

  /** The key of each row: 53 bits. */
  keys(): Float64Array<ArrayBuffer> {
    const keys = new Float64Array(this.#count), bits = new Uint32Array(this.#columns.logits.buffer);
    for (let row = 0; row < keys.length; row++) keys[row] = keyOf(bits, row * CLASSES, (row + 1) * CLASSES);
    return keys;
  }

  /** Numbers of the rows in the order of their keys; of equal keys in that of all their bits. */
  order(keys: Float64Array = this.keys()): Uint32Array<ArrayBuffer> {
    const { widths } = this, bits = eachColumn((name) => new Uint32Array(this.#columns[name].buffer));
    return orderOf(keys, (a, b) => {
      for (const name of COLUMNS) {
        const own = bits[name], width = widths[name];
        for (let k = 0; k < width; k++) {
          if (own[a * width + k] !== own[b * width + k]) return own[a * width + k] - own[b * width + k];
        }
      }
      return 0;
    });
  }

  /** The rows of these numbers, in their order. */
  take(numbers: Uint32Array): ImageOutputs {
    const { latents, logits, defects, labels } = this.#taken(numbers);
    const count = numbers.length, unlabelled = labels.filter((label) => label === NO_LABEL).length;
    return {
      latents: { count, width: LATENT_SIZE, data: latents },
      logits,
      ...(this.widths.defects > 0 && { defects }),
      ...(unlabelled === 0 && { labels: Uint8Array.from(labels) }),
      ...(unlabelled > 0 && unlabelled < count && { unlabelled }),
    };
  }

  /** Keeps the rows of these numbers alone, in their order. */
  retain(numbers: Uint32Array): void {
    this.#columns = this.#taken(numbers);
    this.#count = numbers.length;
  }

  #taken(numbers: Uint32Array): Columns {
    return eachColumn((name) => takeRows(this.#columns[name], this.widths[name], numbers));
  }

  #resize(room: number): void {
    const old = this.columns;
    this.#columns = eachColumn((name) => {
      const values = new Float32Array(room * this.widths[name]);
      values.set(old[name]);
      return values;
    });
  }
}

/**
 * Numbers of keys in their order. Numbers are sorted by far the fastest, so each key gives its last bits away to what it
 * is the key of, and only keys that are then alike, of which there are few, are compared.
 *
 * @param compare of two numbers whose keys are equal
 */
function orderOf(keys: Float64Array, compare: (a: number, b: number) => number): Uint32Array<ArrayBuffer> {
  const count = keys.length, room = 2 ** Math.ceil(Math.log2(count + 1));
  const shortened = (key: number) => Math.floor(key / room) * room;
  const sorted = keys.map((key, number) => shortened(key) + number).sort();
  const order = new Uint32Array(count);
  for (let from = 0, to = 0; from < count; from = to) {
    const key = shortened(sorted[from]);
    for (; to < count && sorted[to] < key + room; to++) order[to] = sorted[to] - key;
    if (to > from + 1) order.subarray(from, to).sort((a, b) => keys[a] - keys[b] || compare(a, b));
  }
  return order;
}

/** The same images in the order of their keys, and which image each row then is of. */
export function inKeyOrder(outputs: ImageOutputs): ImageOutputs & { readonly order: Uint32Array<ArrayBuffer> } {
  const rows = new Rows(outputs.defects !== undefined, outputs.latents.count);
  rows.add(outputs);
  const order = rows.order();
  return { ...rows.take(order), order };
}
