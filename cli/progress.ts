/** Progress of a training run: a bar on a terminal, and lines that stay wherever they go. */
import { Presets, SingleBar } from "cli-progress";
import process from "node:process";
import { type Output, tryWriting } from "./output.ts";

/** Standard error, on which a bar that cannot be drawn does no harm. */
const STDERR = new Proxy(process.stderr, {
  get(stream, name) {
    if (name === "write") return (text: string) => tryWriting(Deno.stderr, text) === undefined;
    try {
      const value = Reflect.get(stream, name, stream);
      return typeof value === "function" ? value.bind(stream) : value;
    } catch { /* the width of a terminal that is gone */ }
  },
});

/** How far a run is, in images that the network has seen, those of every epoch counted. */
export class Progress implements Disposable {
  #output: Output;
  #bar: SingleBar | undefined;
  #total: number;
  #seen = 0;
  #first: { readonly seen: number; readonly time: number } | undefined;
  #loss = "–";

  /** @param total images of the whole run */
  constructor(output: Output, total: number) {
    this.#output = output;
    this.#total = total;
    if (!output.showsBar) return;
    const format = "{bar} {percentage} % | {rate} images/s | loss {loss} | {left} left";
    this.#bar = new SingleBar(
      { format, stream: STDERR, hideCursor: true, clearOnComplete: true },
      Presets.shades_classic,
    );
    this.#draw();
  }

  /** Moves the bar. The rate counts from the first call on, which leaves out what compiling shaders takes. */
  moveTo(seen: number): void {
    this.#seen = seen;
    this.#first ??= { seen, time: performance.now() };
    this.#bar?.update(seen, this.#payload());
  }

  /** Shows the training loss of an epoch, and prints a line about it. */
  epoch(loss: number, line: string): void {
    this.#loss = loss.toFixed(4);
    this.#bar?.stop();
    this.#output.note(line);
    this.#draw();
  }

  /** Takes the bar away. */
  [Symbol.dispose](): void {
    this.#bar?.stop();
  }

  #draw(): void {
    this.#bar?.start(this.#total, this.#seen, this.#payload());
  }

  #payload(): Record<string, string> {
    const { seen, time } = this.#first ?? { seen: 0, time: 0 };
    const rate = 1000 * (this.#seen - seen) / (performance.now() - time);
    return { rate: rate.toFixed(0), loss: this.#loss, left: showDuration((this.#total - this.#seen) / rate) };
  }
}

/** A duration to two units: `2 h 5 min`, `3 min 20 s`; seconds alone with a decimal. */
export function showDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
