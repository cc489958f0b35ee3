/** `digit-fid eval`: how well a network classifies the test images. */
import { evaluate as evaluateNetwork, type Evaluation } from "../lib/training/evaluate.ts";
import { percent } from "../lib/numerals.ts";
import { confine } from "../cli/confine.ts";
import { DATA_FLAGS, dataDirectory, loadImages, loadNetwork, NETWORK_FLAGS, networkFiles } from "../cli/inputs.ts";
import { chooseKernels } from "../cli/kernels.ts";
import { defineTask } from "../cli/task.ts";

/** The task. */
export const evaluate = defineTask({
  name: "eval",
  about: "measures loss and accuracy of a trained network on the test images.",
  example: "--weights runs/first/model.safetensors",
  flags: { ...NETWORK_FLAGS, ...DATA_FLAGS },
  async run(values, output) {
    await confine({ reads: [dataDirectory(values), ...networkFiles(values)] });
    const images = loadImages(values, "test"); // they are read while the kernels are chosen and started
    images.catch(() => {}); // what fails is heard of below
    const computing = await chooseKernels(values, output, "speed");
    const network = await loadNetwork(values, computing, output);
    const evaluation = await evaluateNetwork(network, await images);
    const { loss, accuracy, digitAccuracy, confusion } = evaluation;
    output.result({ arch: network.arch, loss, accuracy, digit_accuracy: digitAccuracy, confusion }, report(evaluation));
  },
});

function report({ loss, accuracy, digitAccuracy, confusion }: Evaluation): string {
  const columns = (cells: unknown[]) => cells.map((cell) => String(cell).padStart(6)).join("");
  const rows = confusion.map((row, digit) => `${columns([digit, ...row])}   ${percent(digitAccuracy[digit])}`);
  return [
    `loss ${loss.toFixed(4)}`,
    `accuracy ${percent(accuracy)}`,
    "",
    "digits (rows) by what they were taken for (columns), and accuracy by digit",
    columns(["", ...confusion.keys()]),
    ...rows,
  ].join("\n");
}
