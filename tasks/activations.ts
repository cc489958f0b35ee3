/** `digit-fid activations`: what the layers answer to each digit, as arrays and as pictures. */
import { DigitSums, SHOWN } from "../lib/network/activations.ts";
import { LayerRows, readOutputs } from "../lib/network/outputs.ts";
import { activationGrid } from "../lib/figures/activation_grid.ts";
import { latentHistograms } from "../lib/figures/latent_histograms.ts";
import { toPng } from "../lib/figures/render.ts";
import { checkNumbers } from "../lib/scoring/alive.ts";
import { encodeNpy } from "../lib/formats/npy.ts";
import { confine } from "../cli/confine.ts";
import { path } from "../cli/flags.ts";
import { Folder } from "../cli/folder.ts";
import { FORCE_FLAG } from "../cli/results.ts";
import { DATA_FLAGS, dataDirectory, loadImages, loadNetwork, NETWORK_FLAGS, networkFiles } from "../cli/inputs.ts";
import { chooseKernels } from "../cli/kernels.ts";
import { defineTask } from "../cli/task.ts";

/** What is written. */
const FILES = [...SHOWN, "latent"].flatMap((name) => [`${name}.npy`, `${name}.png`]);

/** The task. */
export const activations = defineTask({
  name: "activations",
  about: "writes the mean output of each pooling layer by digit, and the latent of each test image, as .npy and .png.",
  example: "--weights runs/first/model.safetensors --out activations",
  flags: { ...NETWORK_FLAGS, ...DATA_FLAGS, out: path("folder to write to", "activations", "DIR"), ...FORCE_FLAG },
  async run(values, output) {
    const reads = [dataDirectory(values), ...networkFiles(values)];
    using folder = await Folder.open(values.out, FILES, { force: values.force, inputs: reads });
    await confine({ reads, writes: [values.out] });
    const computing = await chooseKernels(values, output, "speed");
    const network = await loadNetwork(values, computing, output);
    const images = await loadImages(values, "test");
    const kept = new LayerRows(network.arch, images.count, ["latent"]);
    const sums = new DigitSums(network.arch, images.labels);
    await readOutputs(network, images, [kept, sums]);
    checkNumbers(kept.rows[0], "the test images");
    for (const { name, shape, means } of sums.means()) {
      const floats = Float32Array.from(means);
      await folder.save(`${name}.npy`, encodeNpy(shape, floats));
      await folder.save(`${name}.png`, await toPng(await activationGrid({ name, shape: shape.slice(1) }, floats)));
    }
    const [{ count, width, data }] = kept.rows;
    await folder.save("latent.npy", encodeNpy([count, width], data));
    await folder.save("latent.png", await toPng(await latentHistograms(Float32Array.from(data))));
    const { path: out, files } = folder;
    output.result({ out, files }, `${files.join(" ")} written to ${out}`, { saved: true });
  },
});
