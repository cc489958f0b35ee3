/// <reference lib="dom" />
/** Several sets, compared. */
import { grouped } from "../../numerals.ts";
import { printable } from "../../printable.ts";
import { COMPARED_METRICS, metricWords, nearestFirst, pairWords, toldPairs } from "../../scoring/comparison_words.ts";
import { JsonButtons } from "./json_buttons.ts";
import type { PageComparison } from "./protocol.ts";
import { element, find, showWarnings } from "./views.ts";

/** Everything that shows a comparison. */
export class ComparisonView {
  readonly #json: JsonButtons;
  readonly #open: (set: number) => void;

  /** @param open is told which set's whole score is wished */
  constructor(version: string, open: (set: number) => void) {
    this.#json = new JsonButtons(find("comparison-json", HTMLElement), version);
    this.#open = open;
  }

  /** Shows a comparison. */
  show({ fields, sets, comparison }: PageComparison): void {
    const article = find("comparison", HTMLElement);
    article.dataset.json = this.#json.take(fields, `${sets.length} sets`);
    find("comparison-title", HTMLElement).textContent = `${sets.length} sets compared`;
    find("comparison-words", HTMLElement).textContent = `By the ${
      metricWords(comparison)
    }, the nearest to real digits first. A name opens the whole score of the set.`;
    const warnings = new Set(sets.flatMap(({ metrics }) => metrics.warnings));
    showWarnings(find("comparison-warnings", HTMLElement), [...warnings]);
    find("compared", HTMLElement).replaceChildren(...this.#rows(sets, comparison));
    const { told, rest } = toldPairs(comparison);
    const items = told.map((pair) => {
      const item = element("li"), [nearer, farther] = [sets[pair.nearer], sets[pair.farther]];
      const names = `${printable(nearer.fake)} is nearer than ${printable(farther.fake)} `;
      item.append(names, element("span", "muted", pairWords(pair)));
      return item;
    });
    find("pairs", HTMLElement).replaceChildren(...items, ...rest ? [element("li", "", rest)] : []);
    article.focus({ preventScroll: true });
    article.scrollIntoView({ behavior: "smooth", block: "start" });
  }

  #rows(sets: PageComparison["sets"], comparison: PageComparison["comparison"]): HTMLElement[] {
    const columns = COMPARED_METRICS.filter(([, field]) => sets.some(({ metrics }) => metrics[field] !== undefined));
    const row = (
      header: HTMLElement,
      images: number,
      value: (field: typeof columns[number][1]) => number | undefined,
    ) => {
      const line = element("tr"), cells = columns.map(([, field]) => value(field)?.toFixed(3) ?? "–");
      line.append(header, ...[grouped(images), ...cells].map((text) => element("td", "", text)));
      return line;
    };
    const head = element("tr");
    head.append(...["set", "images", ...columns.map(([title]) => title)].map((title) => element("th", "", title)));
    const [{ meaning, metrics: { fakeImages } }] = sets;
    const isOneSize = sets.every(({ metrics }) => metrics.fakeImages === fakeImages);
    const floors = isOneSize && meaning && Object.keys(meaning.floors).length > 0
      ? [row(element("th", "", "real digits"), fakeImages, (field) => meaning.floors[field]?.[0])]
      : [];
    return [
      head,
      ...floors,
      ...nearestFirst(sets, comparison).map((set) => {
        const name = element("th"), button = element("button", "link", printable(set.fake));
        button.setAttribute("type", "button");
        button.addEventListener("click", () => this.#open(sets.indexOf(set)));
        name.append(button);
        return row(name, set.metrics.fakeImages, (field) => set.metrics[field]);
      }),
    ];
  }
}
