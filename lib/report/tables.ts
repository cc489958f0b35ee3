/** The numbers of a report as tables. */
import { CORRUPTIONS } from "../data/corruption.ts";
import type { Evaluation } from "../training/evaluate.ts";
import type { LatentNormality } from "../metrics/normality.ts";
import { LATENT_SIZE } from "../model.ts";
import type { RungDistances } from "./distances.ts";
import { type Html, html, type HtmlValue } from "./html.ts";
import { fixed, percent, significant } from "../numerals.ts";

/** Rows of a table that belong together: a head in each row's first cell, and maybe a title above all. */
export interface RowGroup {
  /** Stands above them all. */
  readonly title?: string;
  /** The head and the cells of each. */
  readonly rows: readonly (readonly HtmlValue[])[];
}

/** A table that scrolls by itself, by touch or by keys, where the page is narrower than it. */
export function table(caption: string, columns: readonly string[], groups: readonly RowGroup[]): Html {
  const heads = columns.map((column) => html`<th scope="col">${column}</th>`);
  const bodies = groups.map(({ title, rows }) => [
    title === undefined ? [] : html`
      <tr>
        <th scope="rowgroup" colspan="${columns.length}">${title}</th>
      </tr>
    `,
    rows.map(([head, ...cells]) =>
      html`<tr><th scope="row">${head}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`
    ),
  ]);
  return html`
    <div class="scroll" role="region" aria-label="${caption}" tabindex="0">
      <table>
        <caption><span>${caption}</span></caption>
        <thead>
          <tr>${heads}</tr>
        </thead>
        ${bodies.map((body) => html`<tbody>${body}</tbody>`)}
      </table>
    </div>
  `;
}

/** The rungs of each corruption as rows. */
function ladderGroups(rungs: readonly RungDistances[], cells: (rung: RungDistances) => HtmlValue[]): RowGroup[] {
  return CORRUPTIONS.map((corruption) => ({
    title: corruption.title,
    rows: rungs.filter((rung) => rung.corruption === corruption).map((rung) => [rung.strength, ...cells(rung)]),
  }));
}

/** How well each digit is classified. */
export function digitTable({ confusion, digitAccuracy }: Evaluation): Html {
  const rows = confusion.map((row, digit) => {
    const mistaken = row.map((count, predicted) => predicted === digit ? 0 : count);
    const most = Math.max(...mistaken);
    const total = row.reduce((a, b) => a + b);
    return [
      digit,
      total,
      total === 0 ? "–" : percent(digitAccuracy[digit]),
      most === 0 ? "–" : `${mistaken.indexOf(most)} (${most}×)`,
    ];
  });
  return table("Accuracy by digit", ["Digit", "Images", "Accuracy", "Most often taken for"], [{ rows }]);
}

/** How normal each latent is. */
export function normalityTable(latents: readonly LatentNormality[]): Html {
  const rows = latents.map(({ latent, mean, standardDeviation, skewness, excessKurtosis, ksDistance }) => [
    latent,
    ...[mean, standardDeviation, skewness, excessKurtosis].map((value) => fixed(value, 2)),
    fixed(ksDistance, 3),
  ]);
  const columns = ["Latent", "Mean", "Std. dev.", "Skewness", "Excess kurtosis", "KS distance"];
  return table("Normality of each latent; a normal one has skewness, excess kurtosis and KS distance 0", columns, [{
    rows,
  }]);
}

/** The ladder by the two distances that a generator is scored by. */
export function ladderTable(rungs: readonly RungDistances[]): Html {
  const groups = ladderGroups(rungs, ({ latent, kernel }) => [
    significant(latent.fid),
    `${significant(kernel.kid)} ± ${significant(kernel.standardError)}`,
  ]);
  return table(
    "Distance from the images as they were; KID with its standard error",
    ["Strength", "FID", "KID"],
    groups,
  );
}

/**
 * The ladder by what the assumption of normal latents changes, before and after the ReLU. A direction sees one 128th of
 * a squared distance on average, so sliced distances are printed times 128, on FID's scale.
 */
export function assumptionTable(rungs: readonly RungDistances[]): Html {
  const groups = ladderGroups(
    rungs,
    ({ latent, flatten }) =>
      [latent, flatten].flatMap(({ fid, slicedSquared, normalShare }) => [
        significant(fid),
        significant(LATENT_SIZE * slicedSquared),
        percent(normalShare, 1),
      ]),
  );
  const columns = ["FID", `${LATENT_SIZE} SW₂²`, "Normal share"];
  const heads = ["Strength", ...columns, ...columns.map((name) => `${name}, with ReLU`)];
  return table("FID beside the sliced distance, without and with the ReLU", heads, groups);
}
