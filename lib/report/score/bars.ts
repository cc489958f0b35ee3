/** Amounts as bars, in the colours of the page. */
import { fixed, grouped, percent } from "../../numerals.ts";
import type { Causes } from "../../scoring/causes.ts";
import { type Html, html } from "../html.ts";
import type { ShownSet } from "./pictures.ts";

/** What the distance is made of: what would be left of it with one thing set right. */
export function causesHtml({ digitDistance, causes, tried }: Causes): Html {
  const most = Math.max(digitDistance, ...tried.map((cause) => cause.digitDistance));
  const bar = (title: string, distance: number, words: Html | string, kind: string) =>
    html`
      <li class="${kind}">
        <span class="what">${title}</span>
        <span class="track"><span style="inline-size: ${width(distance / most)}"></span></span>
        <span class="value">${fixed(distance, 1)}</span>
        <span class="muted">${words}</span>
      </li>
    `;
  const bars = tried.map((cause) =>
    bar(
      `${cause.name} set right`,
      cause.digitDistance,
      `${cause.finding}: ${shareWords(cause.share)} (±\u00a0${percent(cause.shareError, 0)}).`,
      causes.includes(cause) ? "counts" : "",
    )
  );
  return html`
    <ul class="causes">${bar("as they are", digitDistance, "the digit distance of the sample", "whole")}${bars}</ul>
  `;
}

function shareWords(share: number): string {
  return share > 0 ? `${percent(share, 0)} of the distance goes` : "none of the distance goes";
}

/** How many of each digit there are, generated beside real. */
export function digitsHtml(fake: ShownSet, real: ShownSet): Html {
  const [made, there] = [sharesOf(fake.digits), sharesOf(real.digits)];
  const most = Math.max(...made, ...there);
  const columns = made.map((share, digit) => {
    const count = Math.round(share * fake.digits.length);
    return html`
      <li>
        <span class="count">${grouped(count)}</span>
        <span class="column" role="img" aria-label="digit ${digit}: ${percent(share, 1)} generated, ${percent(
          there[digit],
          1,
        )} real">
          <span class="made" style="block-size: ${width(share / most)}"></span>
          <span class="real" style="block-size: ${width(there[digit] / most)}"></span>
        </span>
        <span class="name">${digit}</span>
      </li>
    `;
  });
  return html`
    <p class="key"><span class="made"></span> generated <span class="real"></span> real, as shares</p>
    <ul class="made-digits">${columns}</ul>
  `;
}

/** The share of each digit. */
export function sharesOf(digits: Uint8Array): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const digit of digits) counts[digit]++;
  return counts.map((count) => count / digits.length);
}

function width(share: number): string {
  return `${(100 * Math.max(0, Math.min(1, share))).toFixed(1)}%`;
}
