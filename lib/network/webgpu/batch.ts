/** What changes from one batch to the next, as one small uniform buffer that every kernel may read. */
import { write } from "./memory.ts";

/** The numbers and their types in WGSL, each four bytes, in the order in which they lie. */
const FIELDS = {
  /** First image of the batch within the order. */
  start: "u32",
  /** Images in the batch. */
  count: "u32",
  /** Adam steps taken before this one. */
  step: "u32",
  seed: "u32",
  /** Images that the buffers are laid out for. */
  capacity: "u32",
  /** A latent unit is dropped if its random 32 bits are below this. */
  dropThreshold: "u32",
  /** What units that are kept are multiplied by. */
  keepScale: "f32",
  /** Adam's, see `adamCorrections`. */
  stepSize: "f32",
  secondCorrection: "f32",
} as const;

/** The numbers of a batch. */
export type Batch = { readonly [Field in keyof typeof FIELDS]: number };

/** Dropout of a probability, as the kernels know it. */
export function dropoutFields(probability: number): Pick<Batch, "dropThreshold" | "keepScale"> {
  return { dropThreshold: Math.floor(probability * 2 ** 32), keepScale: 1 / (1 - probability) };
}

/** Numbers of a batch outside of training: no dropout, no step. */
export function inferenceBatch(count: number, capacity: number): Batch {
  return { start: 0, count, step: 0, seed: 0, capacity, ...dropoutFields(0), stepSize: 0, secondCorrection: 1 };
}

const LAYOUT = Object.entries(FIELDS) as [keyof Batch, "u32" | "f32"][];

/** WGSL of {@linkcode Batch}: the first declaration of every kernel, at binding 0. */
export const BATCH_WGSL = `struct Batch {
${LAYOUT.map(([field, type]) => `  ${field}: ${type},`).join("\n")}
}
@group(0) @binding(0) var<uniform> batch: Batch;`;

/** Length of the uniform buffer, in whole vec4s. */
export const BATCH_BYTES = Math.ceil(LAYOUT.length / 4) * 16;

/** Sets the numbers for the kernels that are submitted next. */
export function writeBatch(buffer: GPUBuffer, batch: Batch): void {
  const data = new DataView(new ArrayBuffer(BATCH_BYTES));
  for (const [i, [field, type]] of LAYOUT.entries()) {
    if (type === "u32") data.setUint32(4 * i, batch[field], true);
    else data.setFloat32(4 * i, batch[field], true);
  }
  write(buffer, data);
}
