/// <reference lib="dom" />
/** The part of the page to draw on. */
import { Pad } from "./pad.ts";
import { toMnist } from "./preprocess.ts";
import type { Outputs } from "./protocol.ts";
import { find, paintMaps, ReadingView } from "./views.ts";

/** Sends what is drawn to be read, and shows what comes back; while that takes, only the latest drawing is kept. */
export class Drawing {
  readonly #read: (image: Float32Array<ArrayBuffer>) => void;
  readonly #seen = find("seen", HTMLCanvasElement);
  readonly #view = new ReadingView();
  readonly #pad = new Pad(find("pad", HTMLCanvasElement), () => this.#update());
  #isReady = false;
  #isReading = false;
  #isStale = false;
  #isEmpty = true;

  /** @param read asks for the reading of an image of 28×28 */
  constructor(read: (image: Float32Array<ArrayBuffer>) => void) {
    this.#read = read;
    const clear = () => {
      this.#pad.clear();
      this.#update();
    };
    find("clear", HTMLButtonElement).addEventListener("click", clear);
    document.addEventListener("keydown", ({ key }) => key === "Escape" && clear());
  }

  /** A network is there, or another one: what is drawn is read by it. */
  set isReady(isReady: boolean) {
    this.#isReady = isReady;
    this.#isReading = false;
    this.#update();
  }

  /** Shows what the network made of the drawing, unless it was wiped since. */
  show(outputs: Outputs): void {
    this.#isReading = false;
    if (!this.#isEmpty) this.#view.show(outputs);
    if (this.#isStale) this.#update();
  }

  #update(): void {
    const image = toMnist(this.#pad.ink(), this.#pad.side);
    paintMaps([this.#seen], image ?? new Float32Array(this.#seen.width ** 2));
    this.#isEmpty = image === undefined;
    if (image === undefined) this.#view.show(undefined);
    this.#isStale = this.#isReading;
    if (image === undefined || this.#isReading || !this.#isReady) return;
    this.#isReading = true;
    this.#read(image as Float32Array<ArrayBuffer>);
  }
}
