/// <reference lib="dom" />
/** The part of the page that follows the scores of a generator's samples, as `digit-fid watch` adds them. */
import { grouped, significant } from "../../numerals.ts";
import { printable } from "../../printable.ts";
import { inSteps, type Measure } from "../../scoring/score_log.ts";
import type { SampleScore, ScoresState } from "../scores.ts";
import { frameFor, label, lineThrough, shape } from "./chart.ts";
import { element, find, showNumbers } from "./views.ts";

/** The metrics of the table. */
const SHOWN: readonly (readonly [Measure, string])[] = [
  ["digit_distance", "Digit distance"],
  ["fid", "FID"],
  ["precision", "Precision"],
  ["recall", "Recall"],
  ["coverage", "Coverage"],
];

const NOTHING = "Nothing is scored yet: digit-fid watch adds scores as samples appear.";

let shown: ScoresState | undefined;

/** Shows the scores so far. What is wrong with the file is said, beside what was read before. */
export function showScores(state: ScoresState): void {
  const { name, count, samples, measure, refused, trouble } = state;
  const section = find("followed-scores", HTMLElement);
  if (section.hidden) new ResizeObserver(draw).observe(section);
  section.hidden = false;
  find("scores-of", HTMLElement).textContent = printable(name);
  const said = find("scores-state", HTMLElement);
  const text = trouble ?? (count > 0 ? "" : refused.length > 0 ? "Nothing is scored yet." : NOTHING);
  if (said.textContent !== text) said.textContent = text;
  if (trouble !== undefined) return;
  shown = state;
  showNotes(state);
  const best = samples[state.best], last = samples.at(-1);
  find("scores-body", HTMLElement).hidden = !best;
  if (!best || !last) return;
  const value = ({ scores }: SampleScore, measure: Measure) => significantOr(scores[measure]);
  showNumbers(find("scores-numbers", HTMLDListElement), {
    "Best sample": printable(best.name),
    "Its digit distance": value(best, "digit_distance"),
    "Its FID": value(best, "fid"),
    "Last sample": printable(last.name),
    "Samples": grouped(count),
  });
  const [, title] = SHOWN.find(([name]) => name === measure)!;
  find("scores-measure", HTMLElement).textContent = `${title} by sample`;
  const lines = [...samples, ...refused].sort((a, b) => inSteps(a.name, b.name));
  find("scores-table", HTMLTableElement).replaceChildren(
    row("th", ["Sample", "Images", ...SHOWN.map(([, title]) => title)]),
    ...lines.map((sample) => {
      if ("reason" in sample) return refusal(sample);
      const cells = [grouped(sample.images), ...SHOWN.map(([measure]) => value(sample, measure))];
      return row("td", [printable(sample.name), ...cells], sample === best ? "best" : "");
    }),
  );
  draw();
}

/** Refusals that are listed above the curve; all of them stand in the table. */
const LISTED = 3;

/** What a person who follows the training has to know beside the scores: the latest refusals, and each warning once. */
function showNotes({ count, refused, warnings }: ScoresState): void {
  const more = refused.length - LISTED;
  const notes = [
    ...refused.slice(-LISTED).map(({ name, reason }) => `${printable(name)} is not scored: ${printable(reason)}`),
    ...more > 0 ? [`${grouped(more)} more before that ${more === 1 ? "is" : "are"} not scored.`] : [],
    ...warnings.map(({ message, count: of, last }) => {
      const which = of === count ? "" : of === 1 ? `${printable(last)}: ` : `${grouped(of)} samples: `;
      return which + printable(message);
    }),
  ];
  const list = find("scores-notes", HTMLUListElement);
  if ([...list.children].map(({ textContent }) => textContent).join("\n") === notes.join("\n")) return;
  list.replaceChildren(...notes.map((note) => element("li", "", note)));
}

function refusal({ name, reason }: ScoresState["refused"][number]): HTMLElement {
  const line = row("td", [printable(name), `not scored: ${printable(reason)}`], "refused");
  line.lastElementChild!.setAttribute("colspan", String(SHOWN.length + 1));
  return line;
}

/** A curve of the distances, with a ring around the best. */
function draw(): void {
  const svg = find("scores-curve", SVGSVGElement);
  if (shown === undefined || shown.best < 0 || svg.clientWidth === 0) return;
  const { samples, measure, best } = shown, last = samples.length - 1;
  const values = samples.map(({ scores }) => scores[measure] ?? NaN);
  const { x, y, below, lines } = frameFor(svg, values);
  const points = values.map((value, i) => [x(last === 0 ? 0.5 : i / last), y(value)] as const);
  svg.setAttribute("aria-label", `The ${measure.replace("_", " ")} of each sample, the best is ${samples[best].name}`);
  svg.replaceChildren(
    ...lines,
    ...(last > 0 ? [[0, "start"], [last, "end"]] as const : []).map(([i, anchor]) =>
      label(short(samples[i].name), { x: points[i][0], y: below, "text-anchor": anchor })
    ),
    ...lineThrough(points, "train"),
    ...(last < 100 ? points : []).map(([cx, cy]) => shape("circle", { class: "train", cx, cy, r: 2.5 })),
    shape("circle", { class: "ring", cx: points[best][0], cy: points[best][1], r: 7 }),
  );
}

function row(cell: "th" | "td", cells: readonly string[], className = ""): HTMLElement {
  const line = element("tr", className);
  line.append(...cells.map((text, i) => element(i === 0 ? "th" : cell, "", text)));
  return line;
}

function significantOr(value: number | undefined): string {
  return value === undefined ? "–" : significant(value);
}

function short(name: string): string {
  const text = printable(name);
  return text.length > 16 ? `…${text.slice(-15)}` : text;
}
