/** `digit-fid corrupt`: how scores rise as test images get worse. */
import { type Corruption, corruptionLadder, CORRUPTIONS } from "../lib/data/corruption.ts";
import { latents } from "../lib/network/activations.ts";
import { type Images, limit } from "../lib/data/images.ts";
import { frechetDistance } from "../lib/fid.ts";
import { encodeNpy } from "../lib/formats/npy.ts";
import { kernelDistance } from "../lib/metrics/kid.ts";
import type { Latents } from "../lib/metrics/latents.ts";
import { Moments } from "../lib/metrics/moments.ts";
import { LATENT_SIZE } from "../lib/model.ts";
import type { Network } from "../lib/network/network.ts";
import { loadNetwork } from "../lib/network/reference.ts";
import { corruptionFigure } from "../lib/report/figures.ts";
import { confine } from "../cli/confine.ts";
import { integer, path } from "../cli/flags.ts";
import { Folder } from "../cli/folder.ts";
import { DATA_FLAGS, dataDirectory, loadImages, NETWORK_FLAGS, networkFiles } from "../cli/inputs.ts";
import { announceGpu, defineTask } from "../cli/task.ts";

/** The task. */
export const corrupt = defineTask({
  name: "corrupt",
  about: "makes test images worse by degrees, and scores them against themselves as they were.",
  example: "--out corrupted",
  flags: {
    out: path("folder to write to: a figure, and the images of each step as .npy", undefined, "DIR"),
    limit: integer("take the first N test images only", undefined, { min: 4 }),
    seed: integer("seed of what is drawn at random", 0, { min: 0, max: 2 ** 32 - 1 }),
    ...NETWORK_FLAGS,
    ...DATA_FLAGS,
  },
  async run(values, output) {
    const { seed } = values;
    const writes = values.out === undefined ? [] : [values.out];
    await confine({ reads: [dataDirectory(values), ...networkFiles(values)], writes });
    await announceGpu(output);
    const { network, identity } = await loadNetwork(values.weights, values.kernels);
    const images = limit(await loadImages(values, "test"), values.limit ?? Infinity);
    const folder = values.out === undefined ? undefined : await Folder.open(values.out);
    await folder?.saveFigure(await corruptionFigure(images, seed));

    const clean = await latentsOf(network, images);
    const moments = Moments.of(clean);
    const rows: Row[] = [];
    for (const { corruption, strength, images: worse } of corruptionLadder(images, seed)) {
      if (strength === corruption.strengths[0]) output.note(`${corruption.name} …`);
      const { count, size, pixels } = worse;
      await folder?.save(`${corruption.name}-${strength}.npy`, encodeNpy([count, size, size], pixels));
      const corrupted = await latentsOf(network, worse);
      const { kid, standardError } = kernelDistance(clean, corrupted, { seed });
      const fid = frechetDistance(moments, Moments.of(corrupted));
      rows.push({ kind: corruption.name, strength, fid, kid, kid_standard_error: standardError });
    }
    const { name, sha256 } = identity;
    const fields = { network: name, network_sha256: sha256, images: images.count, out: values.out, ladder: rows };
    const title = `${images.count} test images by ${name} (SHA-256 ${sha256.slice(0, 12)}…)`;
    output.result(fields, [title, ...CORRUPTIONS.map((corruption) => tableOf(corruption, rows))].join("\n\n"));
  },
});

interface Row {
  readonly kind: string;
  readonly strength: number;
  readonly fid: number;
  readonly kid: number;
  readonly kid_standard_error: number;
}

async function latentsOf(network: Network, images: Images): Promise<Latents> {
  return { count: images.count, width: LATENT_SIZE, data: await latents(network, images) };
}

function tableOf({ name, title }: Corruption, rows: readonly Row[]): string {
  const lines = rows.filter(({ kind }) => kind === name).map(({ strength, fid, kid, kid_standard_error }) => [
    strength,
    fid.toFixed(3),
    kid.toFixed(3),
    kid_standard_error.toFixed(3),
  ]);
  const columns = (cells: readonly unknown[]) => cells.map((cell) => String(cell).padStart(12)).join("");
  return [title, ...[["strength", "FID", "KID", "std. error"], ...lines].map(columns)].join("\n");
}
