/** The page's server: the page, the weights, and how the training goes; nothing by a path of the asker's. */
import { encodeSafetensors } from "../formats/safetensors.ts";
import type { IdentifiedWeights } from "../network/identity.ts";
import { tensorsFromWeights } from "../network/weights.ts";
import { hasContent, type Request } from "./http.ts";
import type { Page } from "./page_file.ts";
import type { ScoresState } from "./scores.ts";
import type { RunState, State } from "./state.ts";

/** Where the server gets what may change; asked again for each request. */
export interface Sources {
  /** The page, and what a browser is to let it do. */
  page(): Promise<Page>;
  /** The network to read digits with. */
  weights(): Promise<IdentifiedWeights>;
  /** How the training to follow goes, if there is any. */
  run?(): Promise<RunState>;
  /** How its samples score, if there are any to follow. */
  scores?(): Promise<ScoresState>;
}

/** Longest address that is looked at, in characters. */
const MAX_URL = 512;

const HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'", // what is no page is to do nothing
  "cross-origin-embedder-policy": "require-corp", // with the next, memory may be shared among threads
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/**
 * Answers one request.
 *
 * @param host where the server listens: who asks for another name gets nothing, as somebody may have made that name
 * point here to read from a page of his (DNS rebinding)
 * @throws DigitFidError if a source cannot be read
 */
export async function answer({ method, url, headers }: Request, sources: Sources, host: string): Promise<Response> {
  const { href, hostname, pathname } = url;
  if (href.length > MAX_URL) return refuse(414, "address too long");
  if (!isServed(hostname, host)) return refuse(421, "not the host that is served here: ask for its address in numbers");
  if (method !== "GET" && method !== "HEAD") return refuse(405, "only GET and HEAD", "GET, HEAD");
  if (hasContent(headers)) return refuse(413, "no content is taken");

  if (pathname === "/state.json") return reply("application/json", JSON.stringify(await stateOf(sources)));
  if (pathname === "/weights.safetensors") {
    return reply("application/octet-stream", encodeSafetensors(tensorsFromWeights(await sources.weights())));
  }
  if (pathname !== "/") return refuse(404, "there is no such page");
  const { html, policy } = await sources.page();
  return reply("text/html; charset=utf-8", html, { "content-security-policy": policy });
}

/** An answer that says why there is no other. */
export function refuse(status: number, reason: string, allow?: string): Response {
  const headers = { ...HEADERS, "content-type": "text/plain; charset=utf-8", ...(allow && { allow }) };
  return new Response(`${reason}\n`, { status, headers });
}

function reply(
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, { headers: { ...HEADERS, ...headers, "content-type": type } });
}

async function stateOf(sources: Sources): Promise<State> {
  const [{ identity }, run = null, scores = null] = await Promise.all([
    sources.weights(),
    sources.run?.(),
    sources.scores?.(),
  ]);
  return { network: identity, run, scores };
}

/** Whether a host can only mean the server: itself, or an address in numbers, which no foreign name hides behind. */
function isServed(hostname: string, host: string): boolean {
  return isLoopback(hostname) || !isLoopback(host) && /^(\d+(\.\d+){3}|\[.*\])$/.test(hostname);
}

/** Whether a host is the machine itself, seen from the machine itself. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d+){3})$/.test(hostname);
}
