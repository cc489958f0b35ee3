/** `digit-fid report`: one page with all figures and numbers of a network, or of a score. */
import { limit } from "../lib/data/images.ts";
import { percent } from "../lib/numerals.ts";
import { writeFileAtomic } from "../lib/formats/files.ts";
import { firstRows } from "../lib/metrics/latents.ts";
import { ladderDistances } from "../lib/report/distances.ts";
import { drawFigures } from "../lib/report/figures.ts";
import { reportPage } from "../lib/report/page.ts";
import { confine } from "../cli/confine.ts";
import { findingsFiles, findingsInputs, findingsOf } from "../cli/findings.ts";
import { REPORT } from "../cli/kinds.ts";
import { checkFile, Saving } from "../cli/results.ts";
import { checkNetworkReport, REPORT_FLAGS, reportScore } from "../cli/score_report.ts";
import { chooseKernels } from "../cli/kernels.ts";
import { limitedTest } from "../cli/limits.ts";
import { defineTask } from "../cli/task.ts";

/** Images that go down the ladder: enough for its order, few enough to be done in half a minute. */
const LADDER_IMAGES = 2000;

/** The task. */
export const report = defineTask({
  name: "report",
  about:
    `writes one HTML page that needs nothing else: all figures and numbers of a network or, with --fake, of a score:
a verdict, the numbers beside what real digits score, what the distance is made of, and the digits themselves.
IMAGES are as for fid.`,
  example: "--fake generated.npz --out report.html",
  flags: REPORT_FLAGS,
  async run(values, output) {
    const { fake, seed, out, force } = values;
    if (fake !== undefined) return await reportScore({ ...values, fake }, output);
    checkNetworkReport(values);
    await checkFile(out, REPORT, { force, inputs: findingsInputs(values) });
    await confine({ reads: findingsFiles(values), writes: [out] });
    const computing = await chooseKernels(values, output, "speed");
    const { network, identity, findings } = await findingsOf(
      values,
      computing,
      (test) => limitedTest(test, values, output),
    );
    output.note("drawing figures …");
    const figures = await drawFigures(findings, seed);
    output.note("measuring corrupted images …");
    const ladderImages = limit(findings.images, LADDER_IMAGES);
    const rungs = await ladderDistances(network, ladderImages, {
      latent: firstRows(findings.latents, ladderImages.count),
      flatten: firstRows(findings.flatten, ladderImages.count),
    }, { seed });
    const page = reportPage({ identity, findings, figures, rungs, rungImages: ladderImages.count });

    const { accuracy, loss } = findings.evaluation;
    const fields = { network: identity.name, network_sha256: identity.sha256, out, accuracy, loss };
    const saving = new Saving();
    await saving.attempt(() => writeFileAtomic(out, page, { replace: force }));
    output.result(fields, `loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}`);
    saving.check();
    output.note(`${out} written, ${(page.length / 1e6).toFixed(1)} MB`);
  },
});
