/** The page's server: a fixed list of files, the weights, and how the training goes; nothing by a path of the asker's. */
import { encodeSafetensors } from "../formats/safetensors.ts";
import type { IdentifiedWeights } from "../network/identity.ts";
import { tensorsFromWeights } from "../network/weights.ts";
import { ASSETS, IMPORT_MAP } from "./assets.ts";
import { hasContent, type Request } from "./http.ts";
import type { RunState, State } from "./state.ts";

/** Where the server gets what may change; asked again for each request. */
export interface Sources {
  /** The network to read digits with. */
  weights(): Promise<IdentifiedWeights>;
  /** How the training to follow goes, if there is any. */
  run?(): Promise<RunState>;
}

/** Longest address that is looked at, in characters. */
const MAX_URL = 512;

/** The page may run its own scripts and ask its own server, and nothing else. */
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${await sha256(IMPORT_MAP)}'`,
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
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
  const asset = ASSETS.get(pathname);
  return asset ? reply(asset.type, asset.body) : refuse(404, "there is no such page");
}

/** An answer that says why there is no other. */
export function refuse(status: number, reason: string, allow?: string): Response {
  const headers = { ...HEADERS, "content-type": "text/plain; charset=utf-8", ...(allow && { allow }) };
  return new Response(`${reason}\n`, { status, headers });
}

function reply(type: string, body: string | Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { headers: { ...HEADERS, "content-type": type } });
}

async function stateOf(sources: Sources): Promise<State> {
  const [{ identity }, run = null] = await Promise.all([sources.weights(), sources.run?.()]);
  return { network: identity, run };
}

/** Whether a host can only mean the server: itself, or an address in numbers, which no foreign name hides behind. */
function isServed(hostname: string, host: string): boolean {
  return isLoopback(hostname) || !isLoopback(host) && /^(\d+(\.\d+){3}|\[.*\])$/.test(hostname);
}

/** Whether a host is the machine itself, seen from the machine itself. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d+){3})$/.test(hostname);
}

async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toBase64();
}
