/// <reference lib="dom" />
/** What a distance is made of, and what was asked for against what is seen. */
import { fixed, grouped, percent } from "../../numerals.ts";
import type { Cause, Causes } from "../../scoring/causes.ts";
import type { PageScore } from "./protocol.ts";
import { element, find, group } from "./views.ts";

/** Shows each cause with the share of the distance that goes with it. */
export function showCauses(found: Causes | undefined): void {
  find("made-of", HTMLElement).hidden = found === undefined;
  if (found === undefined) return;
  const { images, digitDistance, fid, causes } = found;
  find("made-of-words", HTMLElement).textContent = causes.length > 0
    ? `${grouped(images)} of the digits, whose digit distance is ${fixed(digitDistance, 1)} and FID ${
      fixed(fid, 1)
    }, ` +
      "scored again with one thing set right at a time. Often one fault shows as several."
    : "No one cause: levels, noise, position, size, strokes, edges and mix are not it.";
  find("causes", HTMLElement).replaceChildren(...causes.map((cause) => causeOf(cause, found)));
}

function causeOf({ name, finding, advice, digitDistance, fid, share }: Cause, whole: Causes): HTMLElement {
  const bar = element("div", "track");
  bar.appendChild(element("div")).style.inlineSize = `${100 * Math.max(0, Math.min(1, share))}%`;
  const title = group([
    element("strong", "", name),
    element("span", "muted", `${fixed(whole.digitDistance - digitDistance, 1)} of ${fixed(whole.digitDistance, 1)}`),
  ], "cause-title");
  const words = `${sentence(finding)}. FID would be ${fixed(fid, 1)}. ${sentence(advice)}.`;
  const item = element("li");
  item.append(title, bar, element("p", "", words));
  return item;
}

function sentence(words: string): string {
  return words[0].toUpperCase() + words.slice(1);
}

/** Shows how often what was asked for is seen, and a matrix of all ten digits. */
export function showAsked(asked: PageScore["asked"]): void {
  find("asked", HTMLElement).hidden = asked === undefined;
  if (asked === undefined) return;
  const { accuracy, loss, confusion } = asked;
  find("asked-words", HTMLElement).textContent = `${percent(accuracy)} of the digits are seen as what was asked for; ` +
    `cross-entropy ${fixed(loss, 4)}. A row for each digit asked for, a column for each one seen.`;
  const head = element("tr");
  head.append(element("td"), ...confusion.map((_, digit) => scoped(element("th", "", String(digit)), "col")));
  const rows = confusion.map((counts, digit) => {
    const all = counts.reduce((a, b) => a + b) || 1, row = element("tr");
    const cells = counts.map((count, seen) => {
      const cell = element("td", "", count === 0 ? "" : grouped(count));
      const [colour, most] = seen === digit ? ["accent", 50] : ["second", 100];
      cell.style.background = `color-mix(in srgb, var(--${colour}) ${Math.round(most * count / all)}%, var(--card))`;
      return cell;
    });
    row.append(scoped(element("th", "", String(digit)), "row"), ...cells);
    return row;
  });
  find("confusion", HTMLElement).replaceChildren(head, ...rows);
}

function scoped(header: HTMLElement, scope: "row" | "col"): HTMLElement {
  header.setAttribute("scope", scope);
  return header;
}
