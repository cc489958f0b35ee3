/// <reference lib="dom" />
/** The page: what is dropped is scored, what is drawn is read, and where it is served a training is followed. */
import { decodeBase64 } from "../../base64.ts";
import { parameterCount } from "../../model.ts";
import { grouped } from "../../numerals.ts";
import { Drawing } from "./drawing.ts";
import { follow } from "./follow.ts";
import { Scoring } from "./scoring.ts";
import { allowBlobs } from "./trusted.ts";
import { find, say } from "./views.ts";
import { Work } from "./work.ts";

/** What whoever made the page left in it. */
export interface Setup {
  /** Version of the program. */
  readonly version: string;
  /** How many real digits there are to score against. */
  readonly count: number;
  /** Their classes, one after the other. */
  readonly labels: string;
  /** Whether a server is there, which has a state and maybe another network. */
  readonly isServed: boolean;
}

const textOf = (id: string) => find(id, HTMLScriptElement).textContent ?? "";
const { version, count, labels, isServed }: Setup = JSON.parse(textOf("setup"));

allowBlobs();
find("reals", HTMLElement).textContent = grouped(count);
const scoring = new Scoring(() => work, version);
const drawing = new Drawing((image) => work.send({ wish: "read", image }));
const work: Work = new Work(textOf("worker"), { wish: "start", real: decodeBase64(textOf("real")).buffer, labels }, {
  network: ({ identity, arch, description }) => {
    const parameters = grouped(parameterCount(arch));
    say(
      `${identity.name} · ${arch} network of ${parameters} parameters · ${description}, in this browser · ` +
        `SHA-256 ${identity.sha256.slice(0, 12)}… · digit-fid ${version}`,
    );
    drawing.isReady = true;
  },
  progress: (answer) => scoring.progress(answer),
  many: (answer) => scoring.ask(answer),
  files: (answer) => scoring.taken(answer),
  score: (answer) => scoring.show(answer),
  refused: (answer) => scoring.refuse(answer),
  read: ({ outputs }) => drawing.show(outputs),
});
if (isServed) await follow(work);
