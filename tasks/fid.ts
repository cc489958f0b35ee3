/** `digit-fid fid`: scores generated digits against real ones. */
import { UsageError } from "../lib/errors.ts";
import { writeFileAtomic } from "../lib/formats/files.ts";
import { statisticsOf } from "../lib/scoring/features.ts";
import { writeStatistics } from "../lib/scoring/statistics.ts";
import { CACHE_FLAGS, openCache } from "../cli/cache.ts";
import { confine } from "../cli/confine.ts";
import { imagesCsv } from "../cli/each_image.ts";
import { path, type Values } from "../cli/flags.ts";
import { ONE_SIDE_HELP } from "../cli/image_flags.ts";
import { setName } from "../cli/inputs.ts";
import { EACH_IMAGE, SCORES, STATISTICS } from "../cli/kinds.ts";
import { checkFile, FORCE_FLAG, Saving } from "../cli/results.ts";
import { csvOf, textOf } from "../cli/score_text.ts";
import { filesOf, SCORE_FLAGS } from "../cli/score_flags.ts";
import { jsonOf, scoreAll } from "../cli/scoring.ts";
import { defineTask } from "../cli/task.ts";

const FLAGS = {
  ...SCORE_FLAGS,
  saveStats: path("keep the statistics of all sets, to be given as IMAGES later", undefined, "FILE"),
  csv: path("write a table of the scores, a line for each set", undefined, "FILE"),
  ...FORCE_FLAG,
  ...CACHE_FLAGS,
};

const ABOUT = `scores generated digits against real ones.

IMAGES is one of
  mnist-train, mnist-test      a part of the data set in --data
  an array                     .npy, .npz, .safetensors or IDX, the first and last also packed with gzip: N×28×28,
                               N×784 or N×32×32, 1 or 3 channels second or last; FILE#NAME where there are several
  a folder or .zip             pictures (.png, .jpg), also in folders 0 to 9, which then are their classes
  a picture                    many images side by side
  a file of --save-stats       statistics; FILE#NAME where it holds several sets
  -                            one of these files from standard input
Several sets are compared: --fake a.npy b.npy c.npy. Digits are white on black. 28×28 images get a border of 2 pixels.
What the images are taken as is printed; docs/inputs.md says how it is found out.
${ONE_SIDE_HELP}

What the reference network makes of mnist-train and mnist-test is kept for the next time; it changes no score.`;

/** The task. */
export const fid = defineTask({
  name: "fid",
  about: ABOUT,
  example: "--fake generated.npy --real mnist-test",
  flags: FLAGS,
  async run(values, output) {
    const { fake, real, saveStats, csv, images, force } = values;
    if (fake.length === 0) throw new UsageError("--fake is missing: name the generated images");
    const rule = { force, inputs: filesOf(values) };
    if (saveStats !== undefined) {
      checkNames(values);
      await checkFile(saveStats, STATISTICS, rule);
    }
    if (csv !== undefined) await checkFile(csv, SCORES, rule);
    if (images !== undefined && images === csv) throw new UsageError("--csv and --images name the same file");
    if (images !== undefined) await checkFile(images, EACH_IMAGE, rule);
    const cache = await openCache(values, output);
    const writes = [saveStats, csv, images, cache?.folder].filter((file) => file !== undefined);
    await confine({ reads: rule.inputs, writes });
    const scoring = await scoreAll(values, output, cache);
    const { identity, realSet, scores } = scoring;
    const saving = new Saving();
    if (saveStats !== undefined) {
      const sets = new Map([[setName(real), statisticsOf(realSet)]]);
      for (const { fake, set } of scores) sets.set(setName(fake), statisticsOf(set));
      await saving.attempt(() => writeStatistics(saveStats, { network: identity, sets }, { replace: force }));
    }
    if (csv !== undefined) {
      const bytes = new TextEncoder().encode(csvOf(scoring));
      await saving.attempt(() => writeFileAtomic(csv, bytes, { replace: force }));
    }
    if (images !== undefined) {
      const bytes = new TextEncoder().encode(imagesCsv(scoring.more.images!));
      await saving.attempt(() => writeFileAtomic(images, bytes, { replace: force }));
    }
    output.result(jsonOf(scoring, real), textOf(scoring, real, values.only !== undefined));
    saving.check();
    if (saveStats !== undefined) output.note(`statistics saved in ${saveStats}`);
    if (csv !== undefined) output.note(`table written to ${csv}`);
    if (images !== undefined) output.note(`table of the images written to ${images}`);
  },
});

/** Statistics are known again by the ending of their file, and kept by the names of the sets. */
function checkNames({ real, fake, saveStats = "" }: Values<typeof FLAGS>): void {
  if (!saveStats.endsWith(".safetensors")) {
    throw new UsageError(`--save-stats: expected a name that ends in .safetensors, found ${saveStats}`);
  }
  const paths = new Map<string, string>();
  for (const path of [real, ...fake]) {
    const name = setName(path);
    if ((paths.get(name) ?? path) !== path) {
      throw new UsageError(`--save-stats keeps sets by their names, but both are called ${name}: rename one`);
    }
    paths.set(name, path);
  }
}
