/// <reference lib="dom" />
/** The worker as the page sees it. */
import type { Answer, Wish } from "./protocol.ts";

/** What to do with each kind of answer. */
export type Handlers = {
  [Kind in Answer["answer"]]: (answer: Extract<Answer, { answer: Kind }>) => void;
};

/** A worker, which can be given up in the middle of its work and started anew. */
export class Work {
  readonly #url: string;
  readonly #handlers: Handlers;
  /** What each worker is told first. */
  readonly #first: Wish[];
  #worker: Worker;

  /**
   * Starts the worker.
   *
   * @param script its text
   * @param first what it is told first
   */
  constructor(script: string, first: Wish, handlers: Handlers) {
    this.#url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.#handlers = handlers;
    this.#first = [first];
    this.#worker = this.#start();
  }

  /** Tells the worker something. */
  send(wish: Wish): void {
    if (wish.wish === "network") this.#first[1] = wish;
    this.#worker.postMessage(wish);
  }

  /** Gives up whatever is being done. */
  restart(): void {
    this.#worker.terminate();
    this.#worker = this.#start();
  }

  #start(): Worker {
    const worker = new Worker(this.#url);
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const handle = this.#handlers[data.answer] as (answer: Answer) => void;
      handle(data);
    };
    worker.onerror = ({ message }) => {
      const refusal = `this browser cannot run the network: ${message || "it has no workers"}`;
      this.#handlers.refused({ answer: "refused", message: refusal, remedies: [] });
    };
    for (const wish of this.#first) worker.postMessage(wish);
    return worker;
  }
}
