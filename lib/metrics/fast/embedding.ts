/** Mean embeddings by threads: the same bits as `mean_embedding.ts` one folder up, its plain twin. */
import { type Outputs, type Projection, viewOf } from "../embedding.ts";
import { together } from "../../together.ts";
import { MeanEmbedding } from "../mean_embedding.ts";
import { scope, SharedLatents, strideOf } from "./rows.ts";

/**
 * Mean embeddings of parts of a set, each of the rows whose numbers it has.
 *
 * @param latents the set's
 * @param outputs the rest of it
 */
export async function embedParts(
  latents: SharedLatents,
  projections: readonly Projection[],
  outputs: Omit<Outputs, "latents">,
  parts: readonly Uint32Array[],
): Promise<MeanEmbedding[]> {
  const order = Uint32Array.from(parts.flatMap((part) => [...part]));
  const sums = await together(
    ...projections.map((projection) => sumsOf(latents, projection, outputs, order, parts.length)),
  );
  return parts.map(({ length }, part) => {
    const ofPart = sums.map((sum, i) => {
      const size = 2 * projections[i].frequencies;
      return sum.subarray(part * size, (part + 1) * size);
    });
    return new MeanEmbedding(projections).addSums(length, ofPart);
  });
}

/** The sums of all parts, one part after the other. */
async function sumsOf(
  shared: SharedLatents,
  { name, width, frequencies, matrix, offset }: Projection,
  outputs: Omit<Outputs, "latents">,
  order: Uint32Array,
  parts: number,
): Promise<Float64Array> {
  return await scope(async (keep) => {
    const { threads, latents } = shared;
    const view = name === "latent" ? shared : keep(new SharedLatents(threads, viewOf({ ...outputs, latents }, name)));
    const rows = keep(view.take(order));
    const columns = keep(threads.upload(inBlocks(matrix, width, frequencies)));
    const turns = keep(threads.upload(offset));
    const sums = keep(threads.allocate(parts * 2 * frequencies * 8));
    await threads.run(rows.phase, {
      kernel: "embed",
      tasks: parts,
      args: [
        rows.address,
        order.length,
        parts,
        width,
        strideOf(width),
        columns.address,
        turns.address,
        frequencies,
        sums.address,
      ],
    });
    return sums.view(Float64Array, parts * 2 * frequencies).slice();
  });
}

/** Frequencies that the kernel takes at a time. */
const BLOCK = 4;

/**
 * A matrix [width][frequencies] as [frequencies / 4][width, made even by zeros][4]: lines far apart would push each other
 * out of the cache.
 */
function inBlocks(matrix: Float64Array, width: number, frequencies: number): Float64Array {
  const length = Math.ceil(width / 2) * 2 * BLOCK, blocks = new Float64Array(frequencies / BLOCK * length);
  for (let j = 0, block = 0; j < frequencies; j += BLOCK, block += length) {
    for (let k = 0; k < width; k++) {
      blocks.set(matrix.subarray(k * frequencies + j, k * frequencies + j + BLOCK), block + k * BLOCK);
    }
  }
  return blocks;
}
