/** The page's server: a fixed list of files, the weights, and how the training goes; nothing by a path of the asker's. */
import { encodeSafetensors } from "../formats/safetensors.ts";
import type { IdentifiedWeights } from "../network/identity.ts";
import { tensorsFromWeights } from "../network/weights.ts";
import { ASSETS, IMPORT_MAP } from "./assets.ts";
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
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/**
 * Answers one request.
 *
 * @param anyHost whether other names than this machine's own are answered to; if not, a name that somebody made to
 * point here (DNS rebinding) gets nothing
 * @throws DigitFidError if a source cannot be read
 */
export async function answer(request: Request, sources: Sources, anyHost: boolean): Promise<Response> {
  if (request.url.length > MAX_URL) return refuse(414, "address too long");
  const { hostname, pathname } = new URL(request.url);
  if (!anyHost && !isThisMachine(hostname)) return refuse(421, "not the host that is served here");
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "only GET and HEAD", "GET, HEAD");
  if (hasContent(request)) return refuse(413, "no content is taken");

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

/** Whether a request brings content, which `request.body` does not say of a GET. */
function hasContent({ headers }: Request): boolean {
  return headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0";
}

/** Whether a name can only mean the machine that asks. */
function isThisMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}

async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toBase64();
}
