/** Which network figures and report are about, and what is found of it. */
import { exists } from "@std/fs";
import { join } from "node:path";
import type { LabelledImages } from "../lib/data/images.ts";
import { checkoutPath } from "../lib/checkout.ts";
import { UsageError } from "../lib/errors.ts";
import { readFile } from "../lib/formats/files.ts";
import { type LoadedNetwork, loadNetwork } from "../lib/network/load.ts";
import { REFERENCE } from "../lib/network/reference.ts";
import { type Findings, findOut } from "../lib/report/findings.ts";
import { parseMetrics } from "../lib/training/record.ts";
import { RUN_FILES } from "../lib/training/run.ts";
import { integer, path, type Values } from "./flags.ts";
import type { Computing } from "./kernels.ts";
import { DATA_FLAGS, dataDirectory, loadImages, NETWORK_FLAGS, networkFiles } from "./inputs.ts";

/** Which network and which images. */
export const FINDINGS_FLAGS = {
  run: path("folder of a training run, for its network and its loss curves", undefined, "DIR"),
  seed: integer("seed of what is drawn at random", 0, { min: 0, max: 2 ** 32 - 1 }),
  ...NETWORK_FLAGS,
  ...DATA_FLAGS,
};

/** A network with what was found of it. */
export interface FoundNetwork extends Pick<LoadedNetwork, "network" | "identity"> {
  /** What was found. */
  readonly findings: Findings;
}

/** The files that {@linkcode findingsOf} may read. */
export function findingsFiles(values: Values<typeof FINDINGS_FLAGS>): string[] {
  return [dataDirectory(values), ...networkFiles(values), ...besideFiles(values)];
}

/** Where the metrics of the training may be. */
function besideFiles({ run, weights }: Values<typeof FINDINGS_FLAGS>): string[] {
  if (run !== undefined) return [run];
  return weights === undefined ? [checkoutPath(`weights/${REFERENCE}.metrics.csv`)] : [];
}

/** The files among them that no result may replace. */
export function findingsInputs(values: Values<typeof FINDINGS_FLAGS>): string[] {
  const { run } = values;
  const files = run === undefined ? [] : Object.values(RUN_FILES).map((name) => join(run, name));
  return [dataDirectory(values), ...networkFiles(values), ...files];
}

/**
 * Loads the network that the flags name, and tries it on the test images.
 *
 * @param choose which of them; all unless given
 */
export async function findingsOf(
  values: Values<typeof FINDINGS_FLAGS>,
  computing: Computing,
  choose: (test: LabelledImages) => LabelledImages = (test) => test,
): Promise<FoundNetwork> {
  const { run, weights } = values;
  if (run !== undefined && weights !== undefined) {
    throw new UsageError("--run names a network already: leave out --weights");
  }
  const model = run === undefined ? weights : join(run, RUN_FILES.model);
  const metrics = await metricsPath(run, weights);
  const history = metrics === undefined ? [] : parseMetrics(new TextDecoder().decode(await readFile(metrics)), metrics);
  const { network, identity } = await loadNetwork({ weights: model, ...computing });
  const findings = await findOut(network, choose(await loadImages(values, "test")), history);
  return { network, identity: { ...identity, name: run ?? identity.name }, findings };
}

/** Where the metrics of the training are, if anywhere: beside the weights of a run or of the reference network. */
async function metricsPath(run: string | undefined, weights: string | undefined): Promise<string | undefined> {
  if (run !== undefined) return join(run, RUN_FILES.metrics);
  const beside = checkoutPath(`weights/${REFERENCE}.metrics.csv`);
  return weights === undefined && await exists(beside) ? beside : undefined;
}
