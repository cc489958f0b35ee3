/** The report of a score, as `report --fake` writes it. */
import { join } from "node:path";
import { UsageError } from "../lib/errors.ts";
import { writeFileAtomic } from "../lib/formats/files.ts";
import { Moments } from "../lib/metrics/moments.ts";
import { loadNetwork } from "../lib/network/load.ts";
import { printable } from "../lib/printable.ts";
import { drawScore } from "../lib/report/score/figures.ts";
import { findScore } from "../lib/report/score/findings.ts";
import { scorePage } from "../lib/report/score/page.ts";
import { verdictOf } from "../lib/report/score/verdict.ts";
import { openArithmetic } from "../lib/scoring/arithmetic.ts";
import { embeddingOf } from "../lib/scoring/embedding.ts";
import { extractFeatures } from "../lib/scoring/features.ts";
import { featuresOf } from "../lib/scoring/score.ts";
import { SPLITS } from "../lib/scoring/sets.ts";
import { scoreFields } from "../lib/scoring/words.ts";
import { RUN_FILES } from "../lib/training/run.ts";
import { confine } from "./confine.ts";
import { FINDINGS_FLAGS, findingsInputs } from "./findings.ts";
import { path, type Values } from "./flags.ts";
import { flagsOfSide, IMAGE_FLAGS, type Side } from "./image_flags.ts";
import { dataDirectory, images, networkFiles, openSide, setFiles, showSet } from "./inputs.ts";
import { chooseKernels } from "./kernels.ts";
import { LIMIT_FLAG, limited } from "./limits.ts";
import { REPORT } from "./kinds.ts";
import { copySetsOf } from "./made_of.ts";
import type { Output } from "./output.ts";
import { inWords } from "./remedy.ts";
import { COUNT_FLAGS } from "./score_flags.ts";
import { checkFile, FORCE_FLAG, Saving } from "./results.ts";

/** Flags of a report: of a network, or with generated images of a score. */
export const REPORT_FLAGS = {
  fake: images("generated images: the report is of their score", undefined),
  real: images("real images to compare them with", "mnist-test"),
  ...FINDINGS_FLAGS,
  ...IMAGE_FLAGS,
  ...COUNT_FLAGS,
  ...LIMIT_FLAG,
  out: path("file to write", "report.html", "FILE"),
  ...FORCE_FLAG,
};

type ReportValues = Values<typeof REPORT_FLAGS>;

/** @throws UsageError if a flag is given that only a score has */
export function checkNetworkReport(values: ReportValues): void {
  const both = (["range", "clip", "invert", "resize", "grid", "labels", "neighbours", "subsets"] as const).filter((
    name,
  ) => values[name]);
  const [given] = [...both, ...(["fake", "real"] as const).flatMap((side) => flagsOfSide(values, side))];
  if (given) throw new UsageError(`--${given} is for the report of a score: name the generated images by --fake`);
}

/** Scores the generated images, and writes the page. */
export async function reportScore(values: ReportValues & { readonly fake: string }, output: Output): Promise<void> {
  const { fake, real, run, seed, neighbours, subsets, out, force, labels } = values;
  if (run !== undefined && values.weights !== undefined) {
    throw new UsageError("--run names a network already: leave out --weights");
  }
  const weights = run === undefined ? values.weights : join(run, RUN_FILES.model);
  const reads = [
    dataDirectory(values),
    ...networkFiles({ weights }),
    ...[real, fake].flatMap(setFiles),
    ...labels ? [labels] : [],
  ];
  await checkFile(out, REPORT, { force, inputs: [...findingsInputs(values), ...reads] });
  await confine({ reads, writes: [out] });
  const computing = await chooseKernels(values, output, "sameness");
  using loaded = await loadNetwork({ weights, ...computing });
  const { network, identity } = loaded;
  const embedding = await embeddingOf(identity);
  const open = async (name: string, side: Side) => {
    const whole = await openSide(name, side, values, identity);
    if (whole instanceof Moments) {
      throw new UsageError(`--${side}: a report shows the images, and statistics hold none: name the images`);
    }
    const source = await limited(whole, values, output);
    output.note(showSet(source));
    const set = await featuresOf(network, source, embedding);
    for (const warning of set.warnings) output.warn(inWords(warning, side));
    return { name: printable(name), source, set };
  };
  const [ofReal, ofFake] = [await open(real, "real"), await open(fake, "fake")];
  await using arithmetic = await openArithmetic(values.threads);
  output.note("scoring, and looking for causes and copies …");
  const copySets = SPLITS.has(real)
    ? await copySetsOf(
      (source) => extractFeatures(network, source),
      { input: ofReal.source, set: ofReal.set },
      { input: ofFake.source, set: ofFake.set },
      values,
    )
    : undefined;
  const findings = await findScore({
    ...{ network, identity, real: ofReal, fake: ofFake, copySets },
    ...{ seed, neighbours, subsets, arithmetic },
  });
  output.note("drawing figures …");
  const page = scorePage(findings, await drawScore(findings));
  const saving = new Saving();
  await saving.attempt(() => writeFileAtomic(out, page, { replace: force }));
  const verdict = verdictOf(findings);
  output.result(
    {
      ...scoreFields(findings.metrics, { identity, real, fake }, findings),
      ...(neighbours !== undefined && { neighbours }),
      ...(subsets !== undefined && { subsets }),
      ...(values.limit !== undefined && { limit: values.limit }),
      ...{ out, verdict },
    },
    verdict.join("\n"),
  );
  saving.check();
  output.note(`${out} written, ${(page.length / 1e6).toFixed(1)} MB`);
}
