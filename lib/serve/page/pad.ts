/// <reference lib="dom" />
/** The square to draw in, with mouse, finger or pen. */

/** Width of the pen, as a share of the pad's side: MNIST's strokes are as wide beside their digits. */
const PEN = 0.08;

/** A canvas that keeps what is drawn on it as ink: the opacity of its pixels. */
export class Pad {
  #canvas: HTMLCanvasElement;
  #context: CanvasRenderingContext2D;
  #last: { x: number; y: number } | undefined;

  /**
   * Makes a canvas a pad.
   *
   * @param onInk called after each piece of a stroke
   */
  constructor(canvas: HTMLCanvasElement, onInk: () => void) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { willReadFrequently: true })!;
    this.#context.lineWidth = PEN * canvas.width;
    this.#context.lineCap = "round";

    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.#last = this.#place(event);
      this.#draw(event);
      onInk();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!event.isPrimary || !this.#last) return;
      for (const piece of event.getCoalescedEvents()) this.#draw(piece);
      this.#draw(event);
      onInk();
    });
    for (const end of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(end, (event) => {
        if (event.isPrimary) this.#last = undefined;
      });
    }
  }

  /** Side in pixels. */
  get side(): number {
    return this.#canvas.width;
  }

  /** The ink: side × side values in [0, 1]. */
  ink(): Float32Array {
    const { data } = this.#context.getImageData(0, 0, this.side, this.side);
    const ink = new Float32Array(this.side ** 2);
    for (let i = 0; i < ink.length; i++) ink[i] = data[4 * i + 3] / 255;
    return ink;
  }

  /** Makes it empty. */
  clear(): void {
    this.#last = undefined;
    this.#context.clearRect(0, 0, this.side, this.side);
  }

  #place(event: PointerEvent): { x: number; y: number } {
    const { left, top, width } = this.#canvas.getBoundingClientRect();
    const scale = this.side / width;
    return { x: (event.clientX - left) * scale, y: (event.clientY - top) * scale };
  }

  /** A line from where the pen was; one of no length is a dot. */
  #draw(event: PointerEvent): void {
    const { x, y } = this.#place(event);
    const from = this.#last ?? { x, y };
    this.#context.beginPath();
    this.#context.moveTo(from.x, from.y);
    this.#context.lineTo(x, y);
    this.#context.stroke();
    this.#last = { x, y };
  }
}
