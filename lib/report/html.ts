/** HTML by tagged templates, in which everything that is not HTML itself is escaped. */

/** A piece of a document, safe to insert into another. */
export class Html {
  /** The markup. */
  readonly markup: string;

  /** Takes markup as it is: it must be whole, and nobody else's. */
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What a template takes: text and numbers, which are escaped, and pieces of HTML, which are not. */
export type HtmlValue = string | number | Html | readonly HtmlValue[];

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * Writes HTML. Values may stand in text and in quoted attributes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { html } from "./html.ts";
 *
 * const cells = ["<1", 2].map((value) => html`<td>${value}</td>`);
 * assertEquals(html`<tr title="${'"'}">${cells}</tr>`.markup, '<tr title="&quot;"><td>&lt;1</td><td>2</td></tr>');
 * ```
 */
export function html(template: TemplateStringsArray, ...values: HtmlValue[]): Html {
  return new Html(String.raw({ raw: template }, ...values.map(markupOf)));
}

function markupOf(value: HtmlValue): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === "object") return value.map(markupOf).join("");
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
