/** The flags of a score: what it is of, and how it is made. */
import { UsageError } from "../lib/errors.ts";
import { METRIC_NAMES, type MetricName } from "../lib/scoring/fields.ts";
import { choices, flagName, integer, several, type Values, writtenValue } from "./flags.ts";
import { IMAGE_FLAGS } from "./image_flags.ts";
import { DATA_FLAGS, dataDirectory, images, NETWORK_FLAGS, networkFiles, setFiles } from "./inputs.ts";
import { LIMIT_FLAG } from "./limits.ts";
import { MORE_FLAGS } from "./made_of.ts";

/** Counts that change what metrics are. */
export const COUNT_FLAGS = {
  neighbours: integer("neighbours that make a ball, for precision, recall (3), density and coverage (5)", undefined, {
    min: 1,
    max: 1000,
  }),
  subsets: integer("disjoint subsets that KID is the mean of (of 500 images each, at least 10)", undefined, { min: 1 }),
};

/** What a score is of, and how it is made. */
export const SCORE_FLAGS = {
  fake: several(images("generated images; several sets are compared", "")),
  real: images("real images to compare with", "mnist-test"),
  ...IMAGE_FLAGS,
  only: choices("these metrics only, such as fid,kid", METRIC_NAMES.map(flagName)),
  ...COUNT_FLAGS,
  ...LIMIT_FLAG,
  seed: integer("seed of what is drawn at random", 0, { min: 0, max: 2 ** 32 - 1 }),
  ...MORE_FLAGS,
  ...NETWORK_FLAGS,
  ...DATA_FLAGS,
};

/** What was asked for. */
export type ScoreValues = Values<typeof SCORE_FLAGS>;

/** Files that a score is read from. */
export function filesOf(values: ScoreValues): string[] {
  const { real, fake, labels } = values;
  return [
    dataDirectory(values),
    ...networkFiles(values),
    ...[real, ...fake].flatMap(setFiles),
    ...labels ? [labels] : [],
  ];
}

/** @throws UsageError if something is asked of several sets that is of one, or a set is given twice */
export function checkSets(values: ScoreValues): void {
  const fakes = values.fake;
  for (const name of ["copies", "duplicates", "byDigit", "trainOnFake"] as const) {
    if (values[name] && fakes.length > 1) {
      throw new UsageError(`--${flagName(name)} is of one set: give a single --fake`);
    }
  }
  if (values.images !== undefined && fakes.length > 1) {
    throw new UsageError("--images describes one set: give a single --fake");
  }
  if (new Set(fakes).size < fakes.length) throw new UsageError("--fake: the same images are given twice");
}

/** Whether more is said than metrics: of one set that is scored by all of them, and where it is asked for. */
export function saysMore(values: ScoreValues): boolean {
  const { fake, only, copies, duplicates, images, byDigit, trainOnFake } = values;
  return fake.length === 1 &&
    (only === undefined || copies || duplicates || images !== undefined || byDigit || trainOnFake);
}

/** The metrics that are asked for; all of them unless some are named. */
export function wantedOf({ only }: ScoreValues): Set<MetricName> | undefined {
  return only && new Set(METRIC_NAMES.filter((name) => only.has(flagName(name))));
}

/** Flags that are in the result by names of their own, or change nothing of it. */
const APART = ["fake", "real", "images", "seed", "kernels", "threads"];

/** The flags that are not as they are by default, as they are written. */
export function optionsOf(values: ScoreValues): Record<string, unknown> {
  const given = Object.entries(SCORE_FLAGS).flatMap(([key, flag]) => {
    const value = values[key as keyof ScoreValues];
    return APART.includes(key) || value === flag.default ? [] : [[flagName(key), writtenValue(value)]];
  });
  return Object.fromEntries(given);
}
