/** `digit-fid report`: one page with all figures and numbers of a network. */
import { limit } from "../lib/data/images.ts";
import { percent } from "../lib/numerals.ts";
import { writeFileAtomic } from "../lib/formats/files.ts";
import { firstRows } from "../lib/metrics/latents.ts";
import { ladderDistances } from "../lib/report/distances.ts";
import { drawFigures } from "../lib/report/figures.ts";
import { reportPage } from "../lib/report/page.ts";
import { confine } from "../cli/confine.ts";
import { FINDINGS_FLAGS, findingsFiles, findingsInputs, findingsOf } from "../cli/findings.ts";
import { path } from "../cli/flags.ts";
import { REPORT } from "../cli/kinds.ts";
import { checkFile, FORCE_FLAG, Saving } from "../cli/results.ts";
import { chooseKernels } from "../cli/kernels.ts";
import { defineTask } from "../cli/task.ts";

/** Images that go down the ladder: enough for its order, few enough to be done in half a minute. */
const LADDER_IMAGES = 2000;

/** The task. */
export const report = defineTask({
  name: "report",
  about: "writes all figures and numbers of a network into one HTML page that needs nothing else.",
  example: "--run runs/first --out report.html",
  flags: { ...FINDINGS_FLAGS, out: path("file to write", "report.html", "FILE"), ...FORCE_FLAG },
  async run(values, output) {
    const { seed, out, force } = values;
    await checkFile(out, REPORT, { force, inputs: findingsInputs(values) });
    await confine({ reads: findingsFiles(values), writes: [out] });
    const computing = await chooseKernels(values, output, "speed");
    const { network, identity, findings } = await findingsOf(values, computing);
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
