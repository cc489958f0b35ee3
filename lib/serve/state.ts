/** What the server reports to the page: which network there is, and how its training goes. */
import { basename, join, resolve } from "node:path";
import { readFile } from "../formats/files.ts";
import type { NetworkIdentity } from "../network/identity.ts";
import { parseConfig, RUN_FILES } from "../training/run.ts";
import type { ScoresState } from "./scores.ts";

/** More epochs than a chart has pixels for are not sent. */
const MAX_LINES = 1000;

/** The state of everything that may change while the page is open. */
export interface State {
  /** Which weights there are now: another hash, other weights. */
  readonly network: NetworkIdentity;
  /** The training run to follow, if any. */
  readonly run: RunState | null;
  /** The scores of samples to follow, if any. */
  readonly scores: ScoresState | null;
}

/** How far a training run is. */
export interface RunState {
  /** The folder's name. */
  readonly name: string;
  /** Epochs to be done in all. */
  readonly epochs: number;
  /** Training images an epoch. */
  readonly images: number;
  /** The text of `metrics.csv`: a header, then a line an epoch; of very many epochs some, and the last. */
  readonly metrics: string;
}

/**
 * Reads how far the run in a folder is.
 *
 * @throws FormatError if its settings are damaged
 * @throws DigitFidError if its files cannot be read
 */
export async function readRunState(folder: string): Promise<RunState> {
  const text = async (name: string) => new TextDecoder().decode(await readFile(join(folder, name)));
  const [config, metrics] = await Promise.all([text(RUN_FILES.config), text(RUN_FILES.metrics)]);
  const { epochs, images } = parseConfig(config, join(folder, RUN_FILES.config));
  return { name: basename(resolve(folder)), epochs, images, metrics: thinOut(metrics) };
}

/** The header, the last line, and of those between at most {@linkcode MAX_LINES}, evenly spread. */
function thinOut(metrics: string): string {
  const [header, ...lines] = metrics.trimEnd().split("\n");
  const stride = Math.ceil(lines.length / MAX_LINES);
  return [header, ...lines.filter((_, i) => i % stride === 0 || i === lines.length - 1)].join("\n");
}
