/// <reference lib="dom" />
/** The page: what is drawn goes through the network, and what comes out is shown. */
import { parameterCount } from "../../model.ts";
import { grouped } from "../../numerals.ts";
import type { State } from "../state.ts";
import { chooseBackend, Classifier } from "./classifier.ts";
import { Pad } from "./pad.ts";
import { toMnist } from "./preprocess.ts";
import { showTraining } from "./training.ts";
import { find, paintMaps, ReadingView } from "./views.ts";

/** Milliseconds between two looks at a training. */
const INTERVAL = 2000;

const seen = find("seen", HTMLCanvasElement);
const view = new ReadingView();
const pad = new Pad(find("pad", HTMLCanvasElement), () => read());
let classifier: Classifier | undefined;
let sha256: string | undefined;
let reading: Promise<void> | undefined;
let stale = false;

/** Reads the drawing as it is now; while that takes, only the latest of further wishes is kept. */
function read(): void {
  stale = true;
  reading ??= readLatest().finally(() => reading = undefined);
}

async function readLatest(): Promise<void> {
  for (; stale && classifier; await nextFrame()) {
    stale = false;
    const image = toMnist(pad.ink(), pad.side);
    paintMaps([seen], image ?? new Float32Array(seen.width ** 2));
    view.show(image && await classifier.read(image));
  }
}

function nextFrame(): Promise<number> {
  return new Promise(requestAnimationFrame);
}

function clear(): void {
  pad.clear();
  read();
}

/** Looks at the state, and loads the weights where they are new. */
async function update(backend: string): Promise<State> {
  const state: State = await (await fetched("/state.json")).json();
  const { network, run } = state;
  if (network.sha256 !== sha256) {
    const before = classifier;
    classifier = new Classifier(await (await fetched("/weights.safetensors")).bytes());
    sha256 = network.sha256;
    await reading;
    before?.dispose();
    read();
  }
  const parameters = grouped(parameterCount(classifier?.arch ?? "mlp"));
  say(
    `${network.name} · ${classifier?.arch} network of ${parameters} parameters · tfjs on ${backend}, in this browser`,
  );
  if (run) showTraining(run);
  return state;
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  return response;
}

function say(text: string): void {
  const status = find("network", HTMLElement);
  if (status.textContent !== text) status.textContent = text;
}

/** Looks again and again as long as there is a training to follow; not while nobody can see it. */
async function follow(backend: string): Promise<void> {
  for (let following = true; following;) {
    try {
      following = (await update(backend)).run !== null;
    } catch (error) {
      say(`The server does not answer as it should: ${error instanceof Error ? error.message : error}`);
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    if (document.hidden) {
      await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
    }
  }
}

find("clear", HTMLButtonElement).addEventListener("click", clear);
document.addEventListener("keydown", ({ key }) => key === "Escape" && clear());
await follow(await chooseBackend());
