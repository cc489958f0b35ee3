/** The report: one page with everything in it, which asks for nothing outside of itself and runs no script. */
import { summariseNormality } from "../metrics/normality.ts";
import { parameterCount } from "../model.ts";
import type { NetworkIdentity } from "../network/identity.ts";
import type { NormalAssumption, RungDistances } from "./distances.ts";
import type { Figure } from "./figures.ts";
import type { Findings } from "./findings.ts";
import { type Html, html } from "./html.ts";
import { fixed, grouped, percent } from "../numerals.ts";
import { documentOf, figureHtml, linksTo, type Section } from "./document.ts";
import { assumptionTable, digitTable, ladderTable, normalityTable } from "./tables.ts";

/** What a report is made of. */
export interface ReportContents {
  /** Which network it is about. */
  readonly identity: NetworkIdentity;
  /** What was found of it. */
  readonly findings: Findings;
  /** What was drawn of that. */
  readonly figures: readonly Figure[];
  /** The corruption ladder. */
  readonly rungs: readonly RungDistances[];
  /** Images that went down the ladder. */
  readonly rungImages: number;
}

/** Writes the page. The same contents give the same bytes. */
export function reportPage(contents: ReportContents): string {
  const { name, sha256 } = contents.identity;
  const { arch, images } = contents.findings;
  const sections = [digits, training, mistakes, latents, distances].map((section) => section(contents));
  return documentOf({
    name,
    header: html`
      <h1>${name}</h1>
      <p class="lead">
        What the <code>${arch}</code> network learned of handwritten digits, measured on
        ${grouped(images.count)} test images.
      </p>
      ${linksTo(sections)} ${keyNumbers(contents)}
    `,
    sections,
    footer: html`Made by digit-fid from weights with SHA-256 <code>${sha256}</code>.`,
  });
}

function keyNumbers({ findings: { arch, evaluation, mistakes } }: ReportContents): Html {
  const numbers = [
    ["Accuracy", percent(evaluation.accuracy)],
    ["Cross-entropy (nats)", fixed(evaluation.loss, 4)],
    ["Mistakes", grouped(mistakes.length)],
    ["Parameters", grouped(parameterCount(arch))],
  ];
  const entries = numbers.map(([term, value]) =>
    html`
      <div>
        <dt>${term}</dt>
        <dd>${value}</dd>
      </div>
    `
  );
  return html`<dl class="numbers">${entries}</dl>`;
}

function digits({ figures }: ReportContents): Section {
  return { id: "digits", title: "The digits", body: show(figures, ["digits", "samples"]) };
}

function training({ figures }: ReportContents): Section {
  const body = html`
    ${show(figures, ["training"])}
    <h3>What the pooling layers see</h3>
    <p>
      The mean output of each map over the images of each digit. A map that is bright in a few rows tells those digits
      from the others.
    </p>
    ${show(figures, ["pool1", "pool2", "pool3"])}
  `;
  return { id: "training", title: "What was learned", body };
}

function mistakes({ figures, findings }: ReportContents): Section {
  const body = html`
    ${digitTable(findings.evaluation)}
    ${show(figures, ["confusion", "worst"])}
  `;
  return { id: "mistakes", title: "Mistakes", body };
}

function latents({ figures, findings: { normality, latents } }: ReportContents): Section {
  const { best, worst, ksCritical, normalLatents, ...median } = summariseNormality(normality, latents.count);
  const all = normality.length;
  const body = html`
    <p>
      The Fréchet distance takes the ${all} latents for normally distributed. By the Kolmogorov–Smirnov (KS) distance,
      which is 0 for a normal distribution, the nearest to it is latent ${best.latent} (${fixed(best.ksDistance, 3)}),
      the farthest latent ${worst.latent} (${fixed(worst.ksDistance, 3)}), and the median is
      ${fixed(median.medianKsDistance, 3)}. The median absolute skewness is ${fixed(median.medianSkewness, 2)}, the
      median absolute excess kurtosis ${fixed(median.medianExcessKurtosis, 2)}. Of ${grouped(latents.count)} images,
      latents with a KS distance below ${fixed(ksCritical, 4)} pass for normal at the 5 % level:
      ${normalLatents} of ${all} do.
    </p>
    ${show(figures, ["latents", "qq"])}
    <details>
      <summary>All ${all} latents</summary>
      ${normalityTable(normality)}
    </details>
  `;
  return { id: "latents", title: "Are the latents normal?", body };
}

function distances({ figures, rungs, rungImages }: ReportContents): Section {
  const [before, after] = [rungs.map(({ latent }) => latent), rungs.map(({ flatten }) => flatten)].map(shareRange);
  const body = html`
    <p>
      A score must rise as images get worse. Here ${grouped(rungImages)} test images, corrupted in growing
      strength, are compared with themselves as they were.
    </p>
    ${show(figures, ["corruptions"])}
    ${ladderTable(rungs)}
    <h3>How far the assumption of normal latents matters</h3>
    <p>
      The sliced Wasserstein-2 distance (SW₂) assumes nothing about the latents. The normal share is the part of its
      square that normal distributions of the same means and variances would have; what is missing to 100&nbsp;% is what the
      Fréchet distance cannot see. It is ${before} in the latent, which is before the ReLU, and ${after} after it.
      SW₂² is printed times 128, which puts it on FID's scale.
    </p>
    ${assumptionTable(rungs)}
  `;
  return { id: "distances", title: "What distances notice", body };
}

function shareRange(layer: readonly NormalAssumption[]): string {
  const shares = layer.map(({ normalShare }) => normalShare);
  return `${percent(Math.min(...shares), 1)} to ${percent(Math.max(...shares), 1)}`;
}

/** The figures of these names, of those that there are. */
function show(figures: readonly Figure[], names: readonly string[]): Html {
  const shown = names.flatMap((name) => figures.filter((figure) => figure.name === name));
  return html`${shown.map(figureHtml)}`;
}
