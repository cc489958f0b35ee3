/** `digit-fid bench`: how fast all of this is on the machine at hand. */
import { benchmark } from "../bench/benchmark.ts";
import { tables } from "../bench/tables.ts";
import { defaultDataDirectory, loadMnist } from "../lib/data/mnist.ts";
import { confine } from "../cli/confine.ts";
import { toggle } from "../cli/flags.ts";
import { defineTask } from "../cli/task.ts";

/** The task. */
export const bench = defineTask({
  name: "bench",
  about:
    "measures training, evaluation, scores and start-up: own kernels, stock ones, and PyTorch where python3 has it.\n" +
    "Where there is no WebGPU adapter, its rows are left out.",
  example: "--quick",
  flags: { quick: toggle("a few steps of each, in about a minute") },
  async run({ quick }, output) {
    await confine({ reads: [defaultDataDirectory()] });
    const train = await loadMnist(defaultDataDirectory(), "train");
    const test = await loadMnist(defaultDataDirectory(), "test");
    const measured = await benchmark(train, test, { quick }, (line) => output.note(line));
    output.result({ ...measured }, tables(measured));
  },
});
