/** One page with everything in it, which asks for nothing outside of itself and runs no script. */
import base from "../figures/base.css" with { type: "text" };
import { DARK_STYLE } from "../figures/theme.ts";
import type { Figure } from "./figures.ts";
import { Html, html } from "./html.ts";
import style from "./page.css" with { type: "text" };

/** A part of the page. */
export interface Section {
  /** What links go to. */
  readonly id: string;
  /** Its heading. */
  readonly title: string;
  /** All below the heading. */
  readonly body: Html;
}

/** What a page is made of. */
export interface Document {
  /** What it is about. */
  readonly name: string;
  /** All above the sections. */
  readonly header: Html;
  /** The sections, in order. */
  readonly sections: readonly Section[];
  /** What it was made from. */
  readonly footer: Html;
  /** CSS of this kind of page alone. */
  readonly style?: string;
}

/** Writes a page. The same contents give the same bytes. */
export function documentOf({ name, header, sections, footer, style: own = "" }: Document): string {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <title>${name} – digit-fid report</title>
        <style>${new Html(base + style + own)}</style>
      </head>
      <body>
        <header>${header}</header>
        <main>${sections.map(sectionHtml)}</main>
        <footer>${footer}</footer>
      </body>
    </html>
  `.markup.trimStart();
}

/** Links to the sections. */
export function linksTo(sections: readonly Section[]): Html {
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`
    <nav aria-label="Sections">
      <ul>${links}</ul>
    </nav>
  `;
}

function sectionHtml({ id, title, body }: Section): Html {
  return html`
    <section id="${id}">
      <h2>${title}</h2>
      ${body}
    </section>
  `;
}

/**
 * As an image of its own, so that names inside of one SVG cannot clash with those of another. On dark pages plots are
 * inverted as a whole; where there are digits or maps in a figure, only what is around them is dark.
 */
export function figureHtml({ name, alt, caption, svg }: Figure): Html {
  const isPlot = !svg.includes("<image");
  const document = isPlot ? svg : svg.replace(/<svg[^>]*>/, `$&<style>${DARK_STYLE}</style>`);
  const source = `data:image/svg+xml;base64,${new TextEncoder().encode(document).toBase64()}`;
  const [width, height] = /<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)?.slice(1).map(Number) ?? [];
  const kind = isPlot ? "plot" : "pictures";
  return html`
    <figure id="figure-${name}">
      <div
        class="card"><img class="${kind}" src="${source}" width="${width}" height="${height}" alt="${alt}"></div>
      <figcaption>${caption}</figcaption>
    </figure>
  `;
}
