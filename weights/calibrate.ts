/**
 * Makes all that a reference network needs besides its weights, from these and MNIST alone: the digit distance's space,
 * the statistics, and what a score means. To be run whenever the weights are new: `deno task calibrate reference-v2`.
 * The same weights give the same bytes.
 */
import { defaultDataDirectory, loadMnist } from "../lib/data/mnist.ts";
import { sourceOf } from "../lib/data/sources.ts";
import { loadNetwork } from "../lib/network/load.ts";
import { calibrate } from "../lib/scoring/calibrate.ts";
import { Embedding } from "../lib/scoring/embedding.ts";
import { extractFeatures, statisticsOf } from "../lib/scoring/features.ts";
import { writeStatistics } from "../lib/scoring/statistics.ts";
import { checkoutPath } from "../lib/checkout.ts";
import { writeModules } from "./embed.ts";
import { answerHelp } from "../cli/developers.ts";
import ownText from "./calibrate.ts" with { type: "text" };

answerHelp(ownText);

const [name] = Deno.args;
if (name === undefined) throw new Error("name the reference network: deno task calibrate reference-v2");
const path = (ending: string) => checkoutPath(`weights/${name}.${ending}`);
const files = ["safetensors", "stats.safetensors", "embedding.safetensors", "calibration.json", "metrics.csv"];

const start = performance.now();
const tell = (what: string) =>
  console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${what}`);
using loaded = await loadNetwork({ weights: path("safetensors") });
const network = loaded.network, identity = { ...loaded.identity, name };
const [train, test] = await Promise.all(
  (["train", "test"] as const).map((split) => loadMnist(defaultDataDirectory(), split)),
);

tell("the digit distance's space");
const embedding = await Embedding.fit(network, identity, train);
await Deno.writeFile(path("embedding.safetensors"), embedding.encode());

tell("statistics");
const sets = new Map();
for (const [split, images] of [["train", train], ["test", test]] as const) {
  sets.set(split, statisticsOf(await extractFeatures(network, sourceOf(images, split))));
}
await writeStatistics(path("stats.safetensors"), { network: identity, sets }, { replace: true });

const calibration = await calibrate(network, embedding, { train, test }, tell);
await Deno.writeTextFile(path("calibration.json"), `${JSON.stringify(calibration, rounded, 1)}\n`);

tell("modules");
await writeModules(name);
const sums: string[] = [];
for (const file of files.map((ending) => `${name}.${ending}`).sort()) {
  const bytes = await Deno.readFile(checkoutPath(`weights/${file}`));
  sums.push(`${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}  ${file}\n`);
}
await Deno.writeTextFile(checkoutPath("weights/SHA256SUMS"), sums.join(""));
tell("done");

/** Six digits are more than the draws give. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(6)) : value;
}
