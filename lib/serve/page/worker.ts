/// <reference lib="webworker" />
/** The page's worker: all that computes, so that the page itself always answers. */
import { DigitFidError, type RemedyOption } from "../../errors.ts";
import type { LabelledImages } from "../../data/images.ts";
import type { Answer, Wish } from "./protocol.ts";
import { ManyImages, PageScorer } from "./scorer.ts";
import { together } from "./sorted.ts";
import { allowBlobs } from "./trusted.ts";
import { unpackImages, weightsOf } from "./unpack.ts";

/** The worker's own scope; the project's types are those of a page. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
let real: Promise<LabelledImages>;
let scorer: Promise<PageScorer>;

allowBlobs();
scope.onmessage = ({ data }: MessageEvent<Wish>) => {
  grant(data).catch((error) => {
    if (error instanceof ManyImages) return answer({ answer: "many", name: error.source, what: error.what });
    const remedies = error instanceof DigitFidError ? Object.keys(error.remedy) as RemedyOption[] : [];
    answer({ answer: "refused", message: messageOf(error), remedies });
  });
};

async function grant(wish: Wish): Promise<void> {
  switch (wish.wish) {
    case "start":
      real = unpackImages(wish.real, wish.labels);
      return await use(real.then((images) => PageScorer.create(images)));
    case "network": {
      const before = scorer;
      await use(real.then((images) => PageScorer.create(images, weightsOf(wish.weights, wish.identity))));
      return await (await before).close();
    }
    case "score": {
      const onProgress = (what: string, share: number) => answer({ answer: "progress", what, share });
      const files = await together(wish.files, wish.before);
      answer({ answer: "files", files });
      return answer({
        answer: "score",
        result: await (await scorer).score(files, wish.options, wish.isAgreed, onProgress),
      });
    }
    case "read":
      return answer({ answer: "read", outputs: await (await scorer).read(wish.image) });
  }
}

async function use(next: Promise<PageScorer>): Promise<void> {
  scorer = next;
  const ready = await next;
  if (scorer !== next) return; // another network came in between
  const { network, identity } = ready;
  answer({ answer: "network", identity, arch: network.arch, description: network.description });
  ready.realSet().catch(() => {}); // ahead of the first score, which hears of what fails
}

function answer(message: Answer): void {
  scope.postMessage(message);
}

function messageOf(error: unknown): string {
  if (error instanceof DigitFidError) return error.message;
  if (error instanceof RangeError && /allocat|memory/i.test(error.message)) {
    return "there is not enough memory for this";
  }
  return `this is a fault of the program; please report these words: ${error}`;
}
