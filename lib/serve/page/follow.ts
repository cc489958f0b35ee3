/// <reference lib="dom" />
/** The part of the page that listens to its server: which network there is, how its training goes, and the scores. */
import type { State } from "../state.ts";
import type { NetworkIdentity } from "../../network/identity.ts";
import { REFERENCE_IDENTITY } from "../../network/reference.ts";
import { showScores } from "./samples_scored.ts";
import { showTraining } from "./training.ts";
import { say } from "./views.ts";
import type { Work } from "./work.ts";

/** Milliseconds between two looks at a training. */
const INTERVAL = 2000;

/** Looks again and again as long as there is something to follow; not while nobody can see it. */
export async function follow(work: Work): Promise<void> {
  let known = nameOf(REFERENCE_IDENTITY); // which the page has in itself
  for (let following = true; following;) {
    try {
      const { network, run, scores }: State = await (await fetched("/state.json")).json();
      if (nameOf(network) !== known) {
        const weights = await (await fetched("/weights.safetensors")).arrayBuffer();
        work.send({ wish: "network", weights, identity: network });
        known = nameOf(network);
      }
      if (run) showTraining(run);
      if (scores) showScores(scores);
      following = run !== null || scores !== null;
    } catch (error) {
      say(`The server does not answer as it should: ${error instanceof Error ? error.message : error}`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    if (document.hidden) {
      await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
    }
  }
}

/** The same weights under another name are shown by that name. */
function nameOf({ name, sha256 }: NetworkIdentity): string {
  return `${name} ${sha256}`;
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response;
}
