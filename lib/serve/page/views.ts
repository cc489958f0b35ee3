/// <reference lib="dom" />
/** How numbers are shown: as maps, as bars, and in a table. */
import { CLASSES, LATENT_SIZE, layerNamed } from "../../model.ts";
import { fixed, percent } from "../../numerals.ts";
import { softmax } from "../../metrics/numbers.ts";
import type { Outputs } from "./protocol.ts";

/** The layers shown as maps. */
const POOLS = ["pool1", "pool2", "pool3"] as const;

/** The element with an id, which the page is known to have. */
export function find<E extends Element>(id: string, type: new () => E): E {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new TypeError(`no ${type.name} #${id}`);
  return element;
}

/** A new element. */
export function element(tag: string, className = "", text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** Elements together. */
export function group(children: readonly HTMLElement[], className = ""): HTMLElement {
  const div = element("div", className);
  div.append(...children);
  return div;
}

/** Shows what to keep in mind. */
export function showWarnings(list: HTMLElement, warnings: readonly string[]): void {
  list.replaceChildren(...warnings.map((warning) => element("li", "", warning)));
}

/** Shows numbers by their names. */
export function showNumbers(list: HTMLDListElement, numbers: Record<string, string>): void {
  const groups = Object.entries(numbers).map(([term, value]) =>
    group([element("dt", "", term), element("dd", "", value)])
  );
  list.replaceChildren(...groups);
}

/** Says which network there is, or what is wrong with the server. */
export function say(text: string): void {
  const status = find("network", HTMLElement);
  if (status.textContent !== text) status.textContent = text;
}

/** Shows square maps by opacity, from 0 to the largest value of all. */
export function paintMaps(canvases: readonly HTMLCanvasElement[], values: Float32Array): void {
  const largest = Math.max(...values) || 1;
  const count = values.length / canvases.length;
  for (const [map, canvas] of canvases.entries()) {
    const image = new ImageData(canvas.width, canvas.height);
    for (let i = 0; i < count; i++) image.data[4 * i + 3] = 255 * values[map * count + i] / largest;
    canvas.getContext("2d")?.putImageData(image, 0, 0);
  }
}

/** Everything that shows a reading. */
export class ReadingView {
  #rows: { row: HTMLTableRowElement; bar: HTMLElement; probability: Element; logit: HTMLElement }[];
  #maps = new Map<typeof POOLS[number], HTMLCanvasElement[]>();

  /** Builds the table's rows and the maps. */
  constructor() {
    this.#rows = Array.from({ length: CLASSES }, (_, digit) => addRow(find("digits", HTMLTableSectionElement), digit));
    for (const name of POOLS) {
      const [count, size] = layerNamed("mlp", name).shape;
      const canvases = Array.from({ length: count }, () => newMap(size));
      find(name, HTMLElement).replaceChildren(...canvases);
      this.#maps.set(name, canvases);
    }
  }

  /** Shows a reading, or that there is none. */
  show(outputs: Outputs | undefined): void {
    const probabilities = outputs && softmax(outputs.logits);
    const best = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    find("digit", HTMLElement).textContent = probabilities ? String(best) : "–";
    find("certainty", HTMLElement).textContent = probabilities ? percent(probabilities[best]) : "nothing drawn yet";
    for (const [digit, { row, bar, probability, logit }] of this.#rows.entries()) {
      row.classList.toggle("best", digit === best);
      bar.style.inlineSize = `${100 * (probabilities?.[digit] ?? 0)}%`;
      probability.textContent = probabilities ? percent(probabilities[digit]) : "";
      logit.textContent = outputs ? fixed(outputs.logits[digit], 1) : "";
      logit.title = outputs ? String(outputs.logits[digit]) : ""; // to the last bit
    }
    for (const [name, canvases] of this.#maps) {
      paintMaps(canvases, outputs?.[name] ?? new Float32Array(canvases.length));
    }
    showLatent(outputs?.latent ?? new Float32Array());
  }
}

function addRow(body: HTMLTableSectionElement, digit: number) {
  const row = body.insertRow();
  const header = row.appendChild(document.createElement("th"));
  header.scope = "row";
  header.textContent = String(digit);
  const track = row.insertCell();
  const bar = track.appendChild(document.createElement("div"));
  track.className = "track";
  return { row, bar, probability: row.insertCell(), logit: row.insertCell() };
}

function newMap(size: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  canvas.className = "map";
  return canvas;
}

/** A bar a number, up or down from zero. */
function showLatent(latent: Float32Array): void {
  const [low, high] = [Math.min(0, ...latent), Math.max(0, ...latent)];
  const bars = (sign: number) =>
    Array.from(latent, (value, i) => Math.sign(value) === sign ? `M${i + 0.5} 0V${-value}` : "").join("");
  find("latent", SVGSVGElement).setAttribute("viewBox", `0 ${-high} ${LATENT_SIZE} ${high - low || 1}`);
  find("up", SVGPathElement).setAttribute("d", bars(1));
  find("down", SVGPathElement).setAttribute("d", bars(-1));
  find("range", HTMLElement).textContent = latent.length > 0 ? `: ${fixed(low, 1)} to ${fixed(high, 1)}` : "";
}
