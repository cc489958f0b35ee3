/** `digit-fid watch`: scores samples of a generator's digits as they appear. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DigitFidError, UsageError } from "../lib/errors.ts";
import type { NetworkIdentity } from "../lib/network/identity.ts";
import { significant } from "../lib/numerals.ts";
import { bestScore, latestRefusals, latestScores, leadingMeasure, type ScoreRecord } from "../lib/scoring/score_log.ts";
import { confine } from "../cli/confine.ts";
import { drawCurve, LiveCurve } from "../cli/curve.ts";
import { path, positive, toggle, type Values } from "../cli/flags.ts";
import { dataDirectory, networkFiles, setFiles } from "../cli/inputs.ts";
import { ONE_SIDE_HELP } from "../cli/image_flags.ts";
import { InterruptedError, interruption } from "../cli/interrupt.ts";
import type { Output } from "../cli/output.ts";
import { SAMPLE_FLAGS, SampleScorer } from "../cli/sample_scorer.ts";
import { Lookout, type Sample } from "../cli/samples.ts";
import { ScoreFile } from "../cli/score_file.ts";
import { defineTask } from "../cli/task.ts";

const FLAGS = {
  dir: path("the folder to watch; the word --dir may be left out", undefined, "DIR"),
  out: path("the file that scores are added to (DIR/scores.csv)", undefined, "FILE"),
  once: toggle("score what is there, then end"),
  interval: positive("seconds between looks; what is the same at two looks is scored", 2),
  ...SAMPLE_FLAGS,
};
type WatchValues = Values<typeof FLAGS>;

const ABOUT = `scores each file or folder of generated digits that appears in DIR.

Each .npy, .npz, .safetensors, .png, .jpg, .zip, IDX or .gz file, and each folder of pictures, is a sample, in the
order of the numbers in their names. A sample is scored once its size and time stay the same, and again when they
change. Scores are added to scores.csv; what is there already is not scored again, so the command can be stopped by
Ctrl-C and started again. One that is refused has the reason in scores.csv, and is tried again once it changes. The best has the smallest digit
distance. The samples are the fake set, --real the real one:
${ONE_SIDE_HELP}`;

/** The task. */
export const watch = defineTask({
  name: "watch",
  about: ABOUT,
  example: "samples",
  flags: FLAGS,
  argument: "dir",
  async run(values, output) {
    const { dir, real, once, interval } = values;
    if (dir === undefined) throw new UsageError("no folder to watch: digit-fid watch DIR");
    using file = await ScoreFile.open(values.out ?? join(dir, "scores.csv"));
    const signal = interruption();
    const reads = [dir, dataDirectory(values), ...networkFiles(values), ...setFiles(real)];
    await confine({ reads, writes: file.writes });
    await using scorer = await SampleScorer.open({ ...values, dir }, output);
    file.check(scorer.by);

    output.note(`watching ${dir}; scores go to ${file.path}${once ? "" : "; Ctrl-C ends it"}`);
    const lookout = new Lookout(dir), curve = new LiveCurve(output);
    const refused = new Map<string, number>(); // when it changed; a process that is started again tries all again
    const before = file.records.length;
    const isNew = ({ name, stamp, changed }: Sample) => {
      const last = file.latestOf(name);
      return last?.stamp !== stamp || last.refused !== undefined && refused.get(name) !== changed;
    };
    while (!signal.aborted) {
      const { settled, changing } = await lookout.look();
      let left = changing;
      for (const sample of settled.filter(isNew)) {
        if (signal.aborted) break;
        curve.hide();
        const scored = await scorer.score(sample.name);
        if (!await lookout.isStill(sample)) {
          left++; // it was written to meanwhile, and is looked at again
        } else {
          const record = { name: sample.name, stamp: sample.stamp, by: scorer.by, ...scored };
          if (!isSaid(record, file.latestOf(sample.name))) await file.add(record);
          if (record.refused === undefined) {
            refused.delete(sample.name);
            output.note(lineOf(record, file.records));
          } else {
            refused.set(sample.name, sample.changed);
            output.warn(`${sample.name} is not scored: ${record.refused}`);
          }
        }
        curve.show(latestScores(file.records));
      }
      if (once && left === 0) break;
      await pause(1000 * interval, signal);
    }
    curve.hide();
    if (once && signal.aborted) throw new InterruptedError("interrupted");
    const scored = file.records.slice(before).filter(({ refused }) => refused === undefined).length;
    report(file, scored, values, scorer.identity, output);
    if (once && refused.size > 0) throw new DigitFidError(`not scored: ${[...refused.keys()].join(", ")}`);
  },
});

/** Whether a sample was refused before as it is now: that stands in the file already. */
function isSaid({ stamp, refused }: ScoreRecord, last: ScoreRecord | undefined): boolean {
  return refused !== undefined && last?.stamp === stamp && last.refused === refused;
}

/** A score in a line, and whether it is the best. */
function lineOf(record: ScoreRecord, records: readonly ScoreRecord[]): string {
  const { name, images, scores: { digit_distance, fid, precision, recall } } = record;
  const parts = Object.entries({ "digit distance": digit_distance, FID: fid, precision, recall })
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => `${label} ${significant(value!)}`);
  const mark = bestScore(latestScores(records)) === record ? ", the best so far" : "";
  return `${name}: ${images} images, ${parts.join(", ")}${mark}`;
}

/** The result: all scores in the order of the samples, and the best. */
function report(file: ScoreFile, added: number, { real }: WatchValues, of: NetworkIdentity, output: Output): void {
  const records = latestScores(file.records), best = bestScore(records);
  const refused = latestRefusals(file.records).map(({ name, refused }) => ({ name, reason: refused }));
  const fields = ({ name, images, scores, warnings = [] }: ScoreRecord) => ({ name, images, ...scores, warnings });
  const text = best === undefined ? "nothing that can be scored was found" : drawCurve(records, 80);
  output.result(
    {
      network: of.name,
      network_sha256: of.sha256,
      real,
      out: file.path,
      scored: added,
      measure: leadingMeasure(records),
      best: best ? fields(best) : null,
      samples: records.map(fields),
      refused,
    },
    text,
    { saved: true },
  );
}

/** Waits, or until the signal is aborted. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {});
}
