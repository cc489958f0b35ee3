/// <reference lib="dom" />
/** A score, shown. */
import { fixed, grouped } from "../../numerals.ts";
import type { ScoreRow } from "../../scoring/words.ts";
import { PictureSheet } from "./picture_sheet.ts";
import type { PageScore, Pair } from "./protocol.ts";
import { element, find } from "./views.ts";

/** Narrowest sample, and pair with its caption, in CSS pixels. */
const NARROWEST = { sample: 28, pair: 68 };
/** The metrics that are shown large, and those that are shares. */
const HEADLINE = ["digit distance", "FID"], SHARES = ["precision", "recall", "density", "coverage"];

/** Everything that shows a score. */
export class ScoreView {
  readonly #worst = new PictureSheet(find("worst", HTMLCanvasElement));
  readonly #best = new PictureSheet(find("best", HTMLCanvasElement));
  readonly #samples = new PictureSheet(find("samples", HTMLCanvasElement));
  #json = "";
  #name = "";

  /** @param version of the program, which the JSON says */
  constructor(readonly version: string) {
    const copy = find("copy", HTMLButtonElement);
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.#json);
      copy.textContent = "Copied";
      setTimeout(() => copy.textContent = "Copy as JSON", 2000);
    });
    copy.hidden = !navigator.clipboard;
    find("save", HTMLButtonElement).addEventListener("click", () => this.#save());
  }

  /** Shows a score. */
  show({ fields, rows, likeness, description, histogram, samples, lookedAt, worst, best }: PageScore): void {
    this.#json = JSON.stringify({ ...fields, version: this.version });
    this.#name = String(fields.fake);
    const article = find("score", HTMLElement);
    article.dataset.json = this.#json;
    article.hidden = false;
    find("score-title", HTMLElement).textContent = this.#name;
    find("score-description", HTMLElement).textContent = description;
    showWarnings(fields.warnings as string[]);
    find("headline", HTMLElement).replaceChildren(...rows.filter(isOf(HEADLINE)).map(headlineOf));
    find("shares", HTMLElement).replaceChildren(...rows.filter(isOf(SHARES)).map(shareOf));
    const others = rows.filter((row) => !isOf([...HEADLINE, ...SHARES])(row));
    document.querySelector("#others tbody")!.replaceChildren(...others.map(lineOf));

    find("likeness", HTMLElement).replaceChildren(...likeness.map(likenessOf));

    find("made", HTMLElement).hidden = histogram === undefined;
    if (histogram) showHistogram(histogram);
    const { fake_images: count } = fields as { fake_images: number };
    find("extremes", HTMLElement).hidden = worst.pairs.length === 0;
    find("looked-at", HTMLElement).textContent = lookedAt < count
      ? `, among ${grouped(lookedAt)} of the ${grouped(count)} in even steps`
      : "";
    const captions = (pairs: readonly Pair[]) => ({
      together: 2,
      narrowest: NARROWEST.pair,
      captions: pairs.map(captionOf),
    });
    this.#worst.show(worst.pictures, "Digits farthest from real ones, each beside the nearest", captions(worst.pairs));
    this.#best.show(best.pictures, "Digits nearest to real ones, each beside the nearest", captions(best.pairs));
    this.#samples.show(samples, "Some of the generated digits", { together: 1, narrowest: NARROWEST.sample });
    article.focus({ preventScroll: true });
    article.scrollIntoView({ behavior: "smooth", block: "start" });
  }

  #save(): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${this.#json}\n`], { type: "application/json" }));
    link.download = `${this.#name.replace(/\W+/g, "-")}-score.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

function isOf(labels: readonly string[]): (row: ScoreRow) => boolean {
  return ({ label }) => labels.includes(label);
}

function captionOf({ image, distance }: Pair): string {
  return `${grouped(image)} · ${fixed(distance, 1)}`;
}

function showWarnings(warnings: readonly string[]): void {
  find("warnings", HTMLElement).replaceChildren(...warnings.map((warning) => element("li", "", warning)));
}

function headlineOf({ label, value, floor, note }: ScoreRow): HTMLElement {
  const meanings = [note, ...(floor ? [`as many real digits score ${floor}`] : [])];
  return group([
    element("dt", "", label),
    element("dd", "value", value),
    ...meanings.map((meaning) => element("dd", "muted", meaning)),
  ]);
}

/** The first row has titles; each row's first cell names it. */
function likenessOf(cells: readonly string[], row: number): HTMLElement {
  const line = document.createElement("tr");
  line.append(...cells.map((cell, i) => element(row === 0 || i === 0 ? "th" : "td", "", cell)));
  return line;
}

function shareOf({ label, value, floor, note }: ScoreRow): HTMLElement {
  const track = element("dd", "track"), bar = track.appendChild(element("div"));
  bar.style.inlineSize = `${100 * Math.max(0, Math.min(1, Number(value) || 0))}%`;
  const notes = [note, ...(floor ? [`real digits ${floor}`] : [])].map((text) => element("dd", "muted", text));
  return group([element("dt", "", label), element("dd", "value", value), track, ...notes]);
}

function lineOf({ label, value, floor, note }: ScoreRow): HTMLElement {
  const row = document.createElement("tr"), name = element("th", "", label);
  name.setAttribute("scope", "row");
  row.append(
    name,
    element("td", "number", value),
    element("td", "muted", floor ? `${note}; real digits ${floor}` : note),
  );
  return row;
}

function showHistogram(histogram: readonly number[]): void {
  const most = Math.max(...histogram);
  const place = find("histogram", HTMLElement);
  place.setAttribute("aria-label", histogram.map((count, digit) => `${digit}: ${count}`).join(", "));
  place.replaceChildren(...histogram.map((count, digit) => {
    const bar = element("div", "bar");
    bar.style.blockSize = `${8 * count / most}rem`;
    const column = group([element("div", "count", grouped(count)), bar, element("div", "digit", String(digit))]);
    column.className = "column";
    return column;
  }));
}

function group(children: HTMLElement[]): HTMLElement {
  const div = document.createElement("div");
  div.append(...children);
  return div;
}
