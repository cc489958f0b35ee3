/** `digit-fid figures`: every figure of a network. */
import { drawFigures, FIGURE_NAMES } from "../lib/report/figures.ts";
import { confine } from "../cli/confine.ts";
import { FINDINGS_FLAGS, findingsFiles, findingsInputs, findingsOf } from "../cli/findings.ts";
import { path } from "../cli/flags.ts";
import { figureFiles, Folder } from "../cli/folder.ts";
import { FORCE_FLAG } from "../cli/results.ts";
import { chooseKernels } from "../cli/kernels.ts";
import { defineTask } from "../cli/task.ts";

/** The task. */
export const figures = defineTask({
  name: "figures",
  about: "draws what a network was given and what it makes of it, as .svg and .png.",
  example: "--run runs/first --out figures",
  flags: { ...FINDINGS_FLAGS, out: path("folder to write to", "figures", "DIR"), ...FORCE_FLAG },
  async run(values, output) {
    const rule = { force: values.force, inputs: findingsInputs(values) };
    using folder = await Folder.open(values.out, figureFiles(FIGURE_NAMES), rule);
    await confine({ reads: findingsFiles(values), writes: [values.out] });
    const computing = await chooseKernels(values, output, "speed");
    const { identity, findings } = await findingsOf(values, computing);
    for (const figure of await drawFigures(findings, values.seed)) await folder.saveFigure(figure);
    const { path: out, files } = folder;
    output.result(
      { network: identity.name, network_sha256: identity.sha256, out, files },
      `${files.join(" ")} written to ${out}`,
      { saved: true },
    );
  },
});
