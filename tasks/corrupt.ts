/** `digit-fid corrupt`: how scores rise as test images get worse. */
import { type Corruption, CORRUPTIONS } from "../lib/data/corruption.ts";
import { limit } from "../lib/data/images.ts";
import { encodeNpy } from "../lib/formats/npy.ts";
import { loadNetwork } from "../lib/network/load.ts";
import { corruptionFigure } from "../lib/report/figures.ts";
import { measureLadder } from "../lib/scoring/ladder.ts";
import { confine } from "../cli/confine.ts";
import { integer, path } from "../cli/flags.ts";
import { figureFiles, Folder } from "../cli/folder.ts";
import { FORCE_FLAG, Saving } from "../cli/results.ts";
import { DATA_FLAGS, dataDirectory, loadImages, NETWORK_FLAGS, networkFiles } from "../cli/inputs.ts";
import { chooseKernels } from "../cli/kernels.ts";
import { sayIfFewer } from "../cli/limits.ts";
import { defineTask } from "../cli/task.ts";

/** What may be written. */
const FILES = [
  ...figureFiles(["corruptions"]),
  ...CORRUPTIONS.flatMap((corruption) => corruption.strengths.map((strength) => arrayFile(corruption, strength))),
];

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
    ...FORCE_FLAG,
  },
  async run(values, output) {
    const { seed } = values;
    const reads = [dataDirectory(values), ...networkFiles(values)];
    const rule = { force: values.force, inputs: reads };
    using folder = values.out === undefined ? undefined : await Folder.open(values.out, FILES, rule);
    await confine({ reads, writes: values.out === undefined ? [] : [values.out] });
    const computing = await chooseKernels(values, output, "sameness");
    const { network, identity } = await loadNetwork({ weights: values.weights, ...computing });
    const test = await loadImages(values, "test");
    sayIfFewer(values.limit, { name: "the test set", count: test.count }, output);
    const images = limit(test, values.limit ?? Infinity);
    const saving = new Saving();
    const rows: Row[] = [];
    for await (const rung of measureLadder(network, images, [], { seed })) {
      const { corruption, strength, images: { count, size, pixels }, fid, kernel } = rung;
      if (strength === corruption.strengths[0]) output.note(`${corruption.name} …`);
      const npy = encodeNpy([count, size, size], pixels);
      await saving.attempt(async () => await folder?.save(arrayFile(corruption, strength), npy));
      rows.push({ kind: corruption.name, strength, fid, kid: kernel.kid, kid_standard_error: kernel.standardError });
    }
    await saving.attempt(async () => await folder?.saveFigure(await corruptionFigure(images, seed)));
    const { name, sha256 } = identity;
    const fields = { network: name, network_sha256: sha256, images: images.count, out: values.out, ladder: rows };
    const title = `${images.count} test images by ${name} (SHA-256 ${sha256.slice(0, 12)}…)`;
    output.result(fields, [title, ...CORRUPTIONS.map((corruption) => tableOf(corruption, rows))].join("\n\n"));
    saving.check();
  },
});

/** The file with the images of a step. */
function arrayFile({ name }: Corruption, strength: number): string {
  return `${name}-${strength}.npy`;
}

interface Row {
  readonly kind: string;
  readonly strength: number;
  readonly fid: number;
  readonly kid: number;
  readonly kid_standard_error: number;
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
