/// <reference lib="dom" />
/** A score, shown. */
import { fixed, grouped } from "../../numerals.ts";
import { printable } from "../../printable.ts";
import type { ScoreRow } from "../../scoring/words.ts";
import { PictureSheet } from "./picture_sheet.ts";
import type { Neighbour } from "../../scoring/extremes.ts";
import { JsonButtons } from "./json_buttons.ts";
import { showAsked, showCauses } from "./made_of_view.ts";
import type { PageScore } from "./protocol.ts";
import { element, find, group, showWarnings } from "./views.ts";

/** Narrowest sample, and pair with its caption, in CSS pixels. */
const NARROWEST = { sample: 28, pair: 68 };
/** The metrics that are shown large, and those that are shares. */
const HEADLINE = ["digit distance", "FID"], SHARES = ["precision", "recall", "density", "coverage"];

/** Everything that shows a score. */
export class ScoreView {
  readonly #worst = new PictureSheet(find("worst", HTMLCanvasElement));
  readonly #best = new PictureSheet(find("best", HTMLCanvasElement));
  readonly #samples = new PictureSheet(find("samples", HTMLCanvasElement));
  readonly #json: JsonButtons;

  /** @param version of the program, which the JSON says */
  constructor(version: string) {
    this.#json = new JsonButtons(find("score-json", HTMLElement), version);
  }

  /** Shows a score. */
  show(score: PageScore): void {
    const { fields, rows, likeness, description, histogram, causes, duplicates, asked, samples, worst, best } = score;
    const article = find("score", HTMLElement), name = String(fields.fake);
    article.dataset.json = this.#json.take(fields, name);
    find("score-title", HTMLElement).textContent = printable(name);
    find("score-description", HTMLElement).textContent = description;
    showWarnings(find("warnings", HTMLElement), fields.warnings as string[]);
    find("headline", HTMLElement).replaceChildren(...rows.filter(isOf(HEADLINE)).map(headlineOf));
    find("shares", HTMLElement).replaceChildren(...rows.filter(isOf(SHARES)).map(shareOf));
    const others = [
      ...rows.filter((row) => !isOf([...HEADLINE, ...SHARES])(row)),
      ...duplicates ? [{ label: "duplicates", floor: "", ...duplicates }] : [],
    ];
    document.querySelector("#others tbody")!.replaceChildren(...others.map(lineOf));

    find("likeness", HTMLElement).replaceChildren(...likeness.map(likenessOf));
    find("no-copies", HTMLElement).hidden = duplicates === undefined;
    showCauses(causes);
    showAsked(asked);

    find("made", HTMLElement).hidden = histogram === undefined;
    if (histogram) showHistogram(histogram);
    find("extremes", HTMLElement).hidden = worst.pairs.length === 0;
    const captions = (pairs: readonly Neighbour[]) => ({
      together: 2,
      narrowest: NARROWEST.pair,
      captions: pairs.map(captionOf),
    });
    this.#worst.show(worst.pictures, "Digits farthest from real ones, each beside the nearest", captions(worst.pairs));
    this.#best.show(best.pictures, "Of each digit the one nearest to a real one, beside that", captions(best.pairs));
    this.#samples.show(samples, "Some of the generated digits", { together: 1, narrowest: NARROWEST.sample });
    article.focus({ preventScroll: true });
    article.scrollIntoView({ behavior: "smooth", block: "start" });
  }
}

function isOf(labels: readonly string[]): (row: ScoreRow) => boolean {
  return ({ label }) => labels.includes(label);
}

function captionOf({ image, distance }: Neighbour): string {
  return `${grouped(image)} · ${fixed(distance, 1)}`;
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
    return group([element("div", "count", grouped(count)), bar, element("div", "digit", String(digit))], "column");
  }));
}
