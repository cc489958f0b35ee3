/** `digit-fid fid`: scores generated digits against real ones. */
import { UsageError } from "../lib/errors.ts";
import { writeStatistics } from "../lib/scoring/statistics.ts";
import { Moments } from "../lib/metrics/moments.ts";
import { openArithmetic } from "../lib/scoring/arithmetic.ts";
import type { Metrics } from "../lib/scoring/fields.ts";
import { scoreFields, scoreRows } from "../lib/scoring/words.ts";
import { embeddingOf } from "../lib/scoring/embedding.ts";
import { featuresOf } from "../lib/scoring/score.ts";
import type { NetworkIdentity } from "../lib/network/identity.ts";
import { loadNetwork } from "../lib/network/load.ts";
import { type ScoredSet, scoreSets, statisticsOf } from "../lib/scoring/features.ts";
import { printable } from "../lib/printable.ts";
import { confine } from "../cli/confine.ts";
import { integer, path, type Values } from "../cli/flags.ts";
import {
  DATA_FLAGS,
  dataDirectory,
  images,
  NETWORK_FLAGS,
  networkFiles,
  openSide,
  setFiles,
  setName,
  showIdentity,
} from "../cli/inputs.ts";
import { MORE_FLAGS, sayMore } from "../cli/made_of.ts";
import { IMAGE_FLAGS } from "../cli/image_flags.ts";
import { STATISTICS } from "../cli/kinds.ts";
import { checkFile, FORCE_FLAG, Saving } from "../cli/results.ts";
import { chooseKernels } from "../cli/kernels.ts";
import { defineTask } from "../cli/task.ts";
import { inWords } from "../cli/remedy.ts";

const FLAGS = {
  fake: images("generated images", undefined),
  real: images("real images to compare with", "mnist-test"),
  ...IMAGE_FLAGS,
  saveStats: path("keep the statistics of both sets, to be given as IMAGES later", undefined, "FILE"),
  seed: integer("seed of what is drawn at random", 0, { min: 0, max: 2 ** 32 - 1 }),
  ...MORE_FLAGS,
  ...NETWORK_FLAGS,
  ...DATA_FLAGS,
  ...FORCE_FLAG,
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
Digits are white on black. 28×28 images get a border of 2 pixels. --range, --clip,
--invert, --resize, --grid and --transpose can be said of one set: --fake-range signed, --real-transpose. What the
images are taken as is printed; docs/inputs.md says how it is found out.`;

/** The task. */
export const fid = defineTask({
  name: "fid",
  about: ABOUT,
  example: "--fake generated.npy --real mnist-test",
  flags: FLAGS,
  async run(values, output) {
    const { fake, real, saveStats, force } = values;
    if (fake === undefined) throw new UsageError("--fake is missing: name the generated images");
    const reads = [
      dataDirectory(values),
      ...networkFiles(values),
      ...setFiles(real),
      ...setFiles(fake),
      ...values.labels ? [values.labels] : [],
    ];
    if (saveStats !== undefined) {
      checkNames(values);
      await checkFile(saveStats, STATISTICS, { force, inputs: reads });
    }
    await confine({ reads, writes: saveStats === undefined ? [] : [saveStats] });
    const computing = await chooseKernels(values, output, "sameness");
    const { network, identity } = await loadNetwork({ ...values, ...computing });
    const inputs = await Promise.all([
      openSide(real, "real", values, identity),
      openSide(fake, "fake", values, identity),
    ]);

    const embedding = await embeddingOf(identity);
    const sets: ScoredSet[] = [];
    for (const input of inputs) {
      if (!(input instanceof Moments)) output.note(`${input.name}: ${input.count} images, ${input.description}`);
      sets.push(await featuresOf(network, input, embedding));
    }
    const [realSet, fakeSet] = sets;
    await using arithmetic = await openArithmetic(values.threads);
    const score = await scoreSets(realSet, fakeSet, { seed: values.seed, arithmetic });
    const advised = new Map<string, string>();
    for (const warning of realSet.warnings) advised.set(warning.message, inWords(warning, "real"));
    for (const warning of fakeSet.warnings) advised.set(warning.message, inWords(warning, "fake"));
    for (const warning of score.warnings) output.warn(advised.get(warning) ?? warning);
    const [ofReal, ofFake] = [{ input: inputs[0], set: realSet }, { input: inputs[1], set: fakeSet }];
    const more = await sayMore(network, ofReal, ofFake, { arithmetic, values });
    const saving = new Saving();
    if (saveStats !== undefined) {
      const kept = new Map([[setName(real), statisticsOf(realSet)], [setName(fake), statisticsOf(fakeSet)]]);
      await saving.attempt(() => writeStatistics(saveStats, { network: identity, sets: kept }, { replace: force }));
    }
    output.result(
      { ...scoreFields(score, { identity, real, fake }), ...more.fields },
      [report(score, values, identity), ...more.lines].join("\n"),
    );
    saving.check();
    if (saveStats !== undefined) output.note(`statistics saved in ${saveStats}`);
  },
});

/** Statistics are known again by the ending of their file, and kept by the names of the sets. */
function checkNames({ real, fake = "", saveStats = "" }: Values<typeof FLAGS>): void {
  if (!saveStats.endsWith(".safetensors")) {
    throw new UsageError(`--save-stats: expected a name that ends in .safetensors, found ${saveStats}`);
  }
  if (real === fake || setName(real) !== setName(fake)) return;
  throw new UsageError(`--save-stats keeps sets by their names, but both are called ${setName(real)}: rename one`);
}

/** Every metric on a line of its own; those that the input does not allow are shown as such. */
function report(score: Metrics, { real, fake = "" }: Values<typeof FLAGS>, identity: NetworkIdentity): string {
  const lines = scoreRows(score).map(({ label, value, note }) =>
    `  ${label.padEnd(18)}${value.padStart(10)}   ${note}`
  );
  const histogram = score.digitHistogram?.map((count, digit) => `${digit}: ${count}`).join("  ");
  return [
    `${score.fakeImages} images of ${printable(fake)} against ${score.realImages} of ${printable(real)}`,
    `by ${showIdentity(identity)}`,
    ...lines,
    histogram ? `  digits generated   ${histogram}` : "  digits generated            –   left out",
  ].join("\n");
}
