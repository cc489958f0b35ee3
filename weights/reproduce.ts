/**
 * Makes the reference network once more, and says whether it is the same: `deno task reference`. The CPU kernels give
 * the same bits on every machine and any number of threads, so nothing but time stands in the way.
 */
import { REFERENCE } from "./reference.ts";
import { answerHelp } from "../cli/developers.ts";
import ownText from "./reproduce.ts" with { type: "text" };

answerHelp(ownText);

const WEIGHTS = new URL(".", import.meta.url).pathname;

/** The recipe, with nothing left to a default. */
const RECIPE = [
  "--epochs",
  "100",
  "--batch-size",
  "256",
  "--lr",
  "0.001",
  "--arch",
  "mlp",
  "--seed",
  "0",
  "--kernels",
  "cpu",
];

/** Trains by the recipe in a folder. */
async function train(folder: string): Promise<void> {
  const task = ["task", "--quiet", "train", ...RECIPE, "--out", folder];
  const { success } = await new Deno.Command(Deno.execPath(), { args: task, cwd: `${WEIGHTS}..` }).spawn().status;
  if (!success) throw new Error("the training did not come to its end");
}

/** The lines of `metrics.csv` without the seconds, which are the machine's. */
function withoutSeconds(csv: string): string {
  return csv.replaceAll(/,[^,\n]*$/gm, "");
}

async function sha256(path: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(path))).toHex();
}

const folder = await Deno.makeTempDir({ prefix: "digit-fid-reference-" });
try {
  await train(`${folder}/run`);
  const [made, kept] = [`${folder}/run/model.safetensors`, `${WEIGHTS}${REFERENCE}.safetensors`];
  const [madeHash, keptHash] = [await sha256(made), await sha256(kept)];
  const [madeMetrics, keptMetrics] = await Promise.all(
    [`${folder}/run/metrics.csv`, `${WEIGHTS}${REFERENCE}.metrics.csv`].map((path) => Deno.readTextFile(path)),
  );
  const same = madeHash === keptHash && withoutSeconds(madeMetrics) === withoutSeconds(keptMetrics);
  console.log(`${REFERENCE}: ${keptHash}\nmade now:     ${madeHash}\n${same ? "the same" : "NOT the same"}`);
  Deno.exitCode = same ? 0 : 1;
} finally {
  await Deno.remove(folder, { recursive: true });
}
