/** `digit-fid scorer`: scores digits that another program sends, as long as that program runs. */
import config from "../deno.json" with { type: "json" };
import { UsageError } from "../lib/errors.ts";
import { Scorer } from "../lib/scoring/scorer.ts";
import { MOST_KEPT } from "../lib/scoring/features.ts";
import { converse } from "../lib/serve/scorer_protocol.ts";
import { loadNetwork } from "../lib/network/load.ts";
import { openThreads } from "../lib/wasm/threads.ts";
import { CACHE_FLAGS, openCache } from "../cli/cache.ts";
import { confine } from "../cli/confine.ts";
import { integer } from "../cli/flags.ts";
import { DATA_FLAGS, dataDirectory, images, NETWORK_FLAGS, networkFiles, setFiles } from "../cli/inputs.ts";
import { IMAGE_FLAGS, imageOptions, ONE_SIDE_HELP } from "../cli/image_flags.ts";
import { chooseKernels } from "../cli/kernels.ts";
import { defineTask } from "../cli/task.ts";

const { labels: _, ...HOW_TO_READ } = IMAGE_FLAGS;
const FLAGS = {
  real: images("real images to compare with", "mnist-test"),
  ...HOW_TO_READ,
  seed: integer("seed of what is drawn at random", 0, { min: 0, max: 2 ** 32 - 1 }),
  keep: integer("most generated images that are kept one by one", MOST_KEPT, { min: 2 }),
  ...NETWORK_FLAGS,
  ...DATA_FLAGS,
  ...CACHE_FLAGS,
};

/** How often it is looked whether the program that started this one is still there, in milliseconds. */
const PARENT_EVERY = 500;

/** The task. */
export const scorer = defineTask({
  name: "scorer",
  about: `scores digits that another program sends, as long as that program runs.

Digits come on standard input and scores go to standard output, as docs/scorer_protocol.md says: a line of JSON, then
bytes. python/digit_fid.py speaks it. The command ends when its input does, or with the program that started it.
${ONE_SIDE_HELP}`,
  example: "--real mnist-test",
  flags: FLAGS,
  async run(values, voice) {
    const { real, seed, keep, threads } = values;
    if (real === "-") throw new UsageError("--real: standard input is what digits come by: name a file");
    const output = voice.aside(); // standard output is for frames alone
    const parent = Deno.ppid;
    Deno.unrefTimer(setInterval(() => Deno.ppid === parent || Deno.exit(137), PARENT_EVERY));
    const cache = await openCache(values, output);
    const reads = [dataDirectory(values), ...networkFiles(values), ...setFiles(real)];
    await confine({ reads, writes: cache ? [cache.folder] : [] });
    const computing = await chooseKernels(values, output, "sameness");
    await using crew = await openThreads(threads); // those of the network and of the metrics
    crew.stay(); // an epoch may pass between two scores
    const network = await loadNetwork({ weights: values.weights, ...computing });
    await using scorer = await Scorer.create({
      real,
      network,
      seed,
      keep,
      threads,
      cache,
      ...imageOptions(values, "real"),
      data: dataDirectory(values),
      transposeData: values.transpose,
      fake: imageOptions(values, "fake"),
    });
    const write = async (bytes: Uint8Array) => {
      for (let written = 0; written < bytes.length;) written += await Deno.stdout.write(bytes.subarray(written));
    };
    const input = Deno.stdin.readable;
    await converse({ scorer, real, version: config.version, input, write }).catch((error) => {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    });
    network[Symbol.dispose]();
  },
});
