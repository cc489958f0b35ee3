/** The report of a score: a verdict first, then everything that it rests on. */
import { fixed, grouped, percent } from "../../numerals.ts";
import type { Suspect } from "../../scoring/copies.ts";
import type { Neighbour } from "../../scoring/extremes.ts";
import { documentOf, figureHtml, linksTo, type Section } from "../document.ts";
import type { Figure } from "../figures.ts";
import { type Html, html } from "../html.ts";
import { causesHtml, digitsHtml } from "./bars.ts";
import type { ScoreFindings } from "./findings.ts";
import { cardsHtml, copiesTable, likenessTable, numbersTable } from "./numbers.ts";
import style from "./page.css" with { type: "text" };
import { pairsHtml, sheetHtml } from "./pictures.ts";
import { faultOf, noCauses, verdictOf } from "./verdict.ts";

/** Suspects that are shown. */
const SUSPECTS = 10;

/** Writes the page. The same findings give the same bytes. */
export function scorePage(findings: ScoreFindings, figures: readonly Figure[]): string {
  const { fake, real, identity, metrics } = findings;
  const show = (names: readonly string[]) => figures.filter(({ name }) => names.includes(name)).map(figureHtml);
  const sections = [
    causes(findings),
    samples(findings),
    extremes(findings),
    copies(findings),
    digits(findings, show(["asked"])),
    latents(findings, show(["map", "overlay"])),
    numbers(findings),
  ];
  return documentOf({
    name: shortName(fake.name),
    header: html`
      <h1 title="${fake.name}">${shortName(fake.name)}</h1>
      ${shortName(fake.name) === fake.name ? [] : html`<p class="path muted">${fake.name}</p>`}
      <p class="lead">
        ${grouped(metrics.fakeImages)} generated digits against ${grouped(metrics.realImages)} real ones of ${real
          .name},
        by the network ${identity.name}.
      </p>
      <div class="verdict">${verdictOf(findings).map((sentence) => html`<p>${sentence}</p>`)}</div>
      ${cardsHtml(findings)} ${warningsHtml(metrics.warnings)} ${linksTo(sections)}
    `,
    sections,
    footer: html`
      Made by digit-fid by the network with SHA-256 <code>${identity.sha256}</code>. Generated digits
      ${metrics.fakeAs ?? ""}; real digits ${metrics.realAs ?? ""}.
    `,
    style,
  });
}

/** The last part of a path. */
function shortName(name: string): string {
  return /[^\\/]+[\\/]*$/.exec(name)?.[0] ?? name;
}

function warningsHtml(warnings: readonly string[]): Html {
  if (warnings.length === 0) return html``;
  return html`
    <aside class="warnings" aria-label="To keep in mind">
      <h2>To keep in mind</h2>
      <ul>${warnings.map((warning) => html`<li>${warning}</li>`)}</ul>
    </aside>
  `;
}

function causes(findings: ScoreFindings): Section {
  const { causes } = findings;
  const body = causes === undefined ? html`<p>${noCauses(findings)}</p>` : html`
    ${faultOf(findings) ? html`<p>The images seem faulty, see above: this is of them as they are.</p>` : []}
    <p>
      ${grouped(
        causes.images,
      )} of the digits are scored again with one thing at a time set right, as the real ones have
      it. A short bar is a large cause: so little of the distance would be left. One fault often shows as several.
    </p>
    ${causesHtml(causes)}
    ${causes.causes.map(({ name, advice }) => html`<p class="advice"><strong>${name}</strong>: ${advice}.</p>`)}
  `;
  return { id: "causes", title: "What the distance is made of", body };
}

function samples({ fake, samples }: ScoreFindings): Section {
  const body = html`
    <p>${samples.length} of the generated digits, drawn at random.</p>
    ${sheetHtml(fake, samples)}
  `;
  return { id: "samples", title: "A sample", body };
}

function extremes({ fake, real, farthest, nearest }: ScoreFindings): Section {
  const body = html`
    <p>
      Each generated digit beside the real one nearest to it in the latents, with its number in the set and the distance
      of the two.
    </p>
    <h3>Farthest from any real digit</h3>
    ${pairsHtml(fake, real, "real", farthest.map(inWords))}
    <h3>Of each digit, the nearest to a real one</h3>
    ${pairsHtml(fake, real, "real", nearest.map(inWords))}
  `;
  return { id: "extremes", title: "The worst and the best", body };
}

function inWords({ image, real, distance }: Neighbour) {
  return { image, other: real, words: fixed(distance, 1) };
}

function copies({ fake, training, copies }: ScoreFindings): Section {
  const body = !copies || !training
    ? html`<p>Copies were not looked for: that takes MNIST as the real digits.</p>`
    : html`
      <p>
        The digits nearest to training images in the latents, each beside the training image that its pixels are nearest
        to, and how far the pixels are apart (root mean square, 1 from black to white). ${copies.isCopying
          ? html`<strong>There are more of them than chance has it.</strong>`
          : "A few are always near: by these numbers there are not more than chance has it."}
      </p>
      ${pairsHtml(fake, training, "training", copies.suspects.slice(0, SUSPECTS).map(suspectInWords))}
      ${copiesTable(copies)}
    `;
  return { id: "copies", title: "Copies", body };
}

function suspectInWords({ image, pixelTraining, pixelDistance }: Suspect) {
  return { image, other: pixelTraining, words: fixed(pixelDistance, 2) };
}

function digits({ fake, real, metrics: { asked }, realRead }: ScoreFindings, matrix: Html[]): Section {
  const seen = asked === undefined ? html`` : html`
    <h3>Asked for, and seen</h3>
    <p>
      ${percent(
        asked.accuracy,
        1,
      )} of the digits are read as the digit that was asked for${realRead
        ? `; of the real ones ${percent(realRead.accuracy, 1)} are read as what they are`
        : ""}.
    </p>
    ${matrix}
  `;
  const body = html`
    <p>Which digits were made, by the network's reading, beside how often real ones are each digit.</p>
    ${digitsHtml(fake, real)} ${seen}
  `;
  return { id: "digits", title: "Digits made and missing", body };
}

function latents(_findings: ScoreFindings, drawn: Html[]): Section {
  return { id: "latents", title: "Real and generated, laid over each other", body: html`${drawn}` };
}

function numbers(findings: ScoreFindings): Section {
  const likeness = likenessTable(findings);
  const body = html`
    ${numbersTable(findings)}
    ${likeness === undefined ? [] : html`
      <h3>How far that is</h3>
      <p>
        The two distances notice different things, so each has its own ladder: how strongly real digits have to be made
        worse, in one way at a time, to be as far.
      </p>
      ${likeness}
    `}
  `;
  return { id: "numbers", title: "All numbers", body };
}
