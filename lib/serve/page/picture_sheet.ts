/// <reference lib="dom" />
/** Digits on a canvas: white on black as they are, whatever the colours of the page. */
import type { Pictures } from "./protocol.ts";

/** Pixels between tiles, across and down, without and with a line below each; and between the two of a pair. */
const GAPS = { plain: 4, captioned: 14 }, SEAM = 1;
/** Height of that line. */
const CAPTION = 16;

/** How a sheet is laid out. */
export interface Layout {
  /** Pictures that stand together, such as 2 for pairs. */
  readonly together: number;
  /** Narrowest that those may be, in CSS pixels. */
  readonly narrowest: number;
  /** A line below each of those, if any. */
  readonly captions?: readonly string[];
}

/** Draws pictures as many across as the canvas's place is wide, and again when that changes. */
export class PictureSheet {
  readonly #canvas: HTMLCanvasElement;
  #pictures: Pictures = { size: 28, pixels: new Uint8Array() };
  #layout: Layout = { together: 1, narrowest: 28 };

  /** Makes a canvas a sheet. */
  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    let width = 0;
    new ResizeObserver(() => {
      if (canvas.parentElement!.clientWidth === width) return;
      width = canvas.parentElement!.clientWidth;
      this.#draw();
    }).observe(canvas.parentElement!);
  }

  /** Shows pictures. */
  show(pictures: Pictures, label: string, layout: Layout): void {
    this.#pictures = pictures;
    this.#layout = layout;
    this.#canvas.setAttribute("aria-label", label);
    this.#draw();
  }

  #draw(): void {
    const { size, pixels } = this.#pictures, { together, narrowest, captions } = this.#layout;
    const count = pixels.length / (size * size * together);
    const across = this.#canvas.parentElement!.clientWidth;
    if (count === 0 || across === 0) return;
    const gap = captions ? GAPS.captioned : GAPS.plain;
    const columns = columnsFor(count, Math.floor((across + gap) / (narrowest + gap)));
    const tile = (across + gap) / columns - gap;
    const side = (tile - (together - 1) * SEAM) / together;
    const tall = side + (captions ? CAPTION : 0);
    const down = Math.ceil(count / columns) * (tall + gap) - gap;
    const density = devicePixelRatio;
    this.#canvas.width = across * density;
    this.#canvas.height = down * density;
    this.#canvas.style.width = `${across}px`;
    const context = this.#canvas.getContext("2d")!;
    context.scale(density, density);
    context.font = `12px ${getComputedStyle(this.#canvas).fontFamily}`;
    context.fillStyle = getComputedStyle(this.#canvas).color;
    context.textAlign = "center";
    for (let i = 0; i < count * together; i++) {
      const group = Math.floor(i / together);
      const [left, top] = [group % columns * (tile + gap), Math.floor(group / columns) * (tall + gap)];
      context.drawImage(imageOf(this.#pictures, i), left + i % together * (side + SEAM), top, side, side);
      if (captions && i % together === 0) context.fillText(captions[group], left + tile / 2, top + side + 13);
    }
  }
}

/** As many columns as there is room for, or some fewer if they make full rows. */
function columnsFor(count: number, most: number): number {
  for (let columns = Math.min(count, most); columns >= 0.6 * most; columns--) if (count % columns === 0) return columns;
  return Math.max(1, Math.min(count, most));
}

function imageOf({ size, pixels }: Pictures, index: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const image = new ImageData(size, size);
  for (let k = 0; k < size * size; k++) image.data.fill(pixels[index * size * size + k], 4 * k, 4 * k + 3);
  for (let k = 3; k < image.data.length; k += 4) image.data[k] = 255;
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return canvas;
}
