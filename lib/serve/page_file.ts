/** The page as one file of HTML, with all that it needs in it: script, network, kernels and the real digits. */
import type { LabelledImages } from "../data/images.ts";
import { encodeIdx } from "../idx.ts";
import base from "../figures/base.css" with { type: "text" };
import page from "./built/page.js" with { type: "text" };
import worker from "./built/worker.js" with { type: "text" };
import icon from "./page/icon.svg" with { type: "text" };
import template from "./page/index.html" with { type: "text" };
import style from "./page/style.css" with { type: "text" };
import type { Setup } from "./page/main.ts";

/** What goes into the page. */
export interface PageContents extends Pick<Setup, "version" | "isServed"> {
  /** The real images to score against: MNIST's test images. */
  readonly real: LabelledImages;
}

/** A page, and what a browser is to let it do. */
export interface Page {
  /** The file. */
  readonly html: string;
  /** Its Content-Security-Policy: which scripts and styles are its own. */
  readonly policy: string;
}

/**
 * Makes the page. One that is not served states its policy itself: it can reach no other host, so that nothing is
 * uploaded, whatever is dropped on it.
 */
export async function makePage({ real, version, isServed }: PageContents): Promise<Page> {
  const css = base + style, script = harmless(page);
  const policy = [
    "default-src 'none'",
    `script-src '${await hashOf(script)}' 'wasm-unsafe-eval'`,
    "worker-src blob:",
    `style-src '${await hashOf(css)}'`,
    "img-src data:",
    `connect-src ${isServed ? "'self'" : "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
    ...(isServed ? ["frame-ancestors 'none'"] : []),
    "require-trusted-types-for 'script'",
    "trusted-types default",
  ].join("; ");
  const setup: Setup = { version, count: real.count, labels: real.labels.join(""), isServed };
  const parts: Record<string, string> = {
    "<!-- policy -->": isServed ? "" : `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    "/* icon */": `data:image/svg+xml,${encodeURIComponent(icon.trim())}`,
    "/* style */": css,
    "/* setup */": JSON.stringify(setup),
    "/* real */": (await packed(real)).toBase64(),
    "/* worker */": harmless(worker),
    "/* page */": script,
  };
  const html = template.replace(/<!-- policy -->|\s*\/\* \w+ \*\/\s*/g, (place) => parts[place.trim()]);
  return { html, policy };
}

/** A script that cannot be taken for the end of its element, or for a comment: both can only stand in its strings. */
function harmless(script: string): string {
  return script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

async function packed({ count, size, pixels }: LabelledImages): Promise<Uint8Array> {
  const bytes = encodeIdx({ shape: [count, size, size], data: Uint8Array.from(pixels) });
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function hashOf(text: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return `sha256-${new Uint8Array(hash).toBase64()}`;
}
