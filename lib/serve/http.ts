/** HTTP/1.1 as far as a page needs it: requests without content, an answer each, and a limit on everything. */

/** What is asked for. */
export interface Request {
  readonly method: string;
  /** The address, with the host that the asker believes to speak to. */
  readonly url: URL;
  readonly headers: Headers;
}

/** How much is put up with. */
export interface Limits {
  /** Connections at a time; for one more the one that has been silent longest is closed. */
  readonly connections: number;
  /** Bytes of a request. */
  readonly requestBytes: number;
  /** Seconds for a request to arrive, or for a part of the answer to be taken. */
  readonly seconds: number;
}

const LIMITS: Limits = { connections: 32, requestBytes: 16_384, seconds: 10 };
/** Milliseconds to wait for file descriptors where there are none left. */
const PAUSE = 100;
/** Bytes that are sent at a time. */
const PART = 65_536;

const REQUEST_LINE = /^([!#$%&'*+.^_`|~\w-]+) (\/[\x21-\x7e]*) HTTP\/1\.([01])$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/;
const HOST = /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i;

/** Answers all requests that come to a listener, until it is closed. */
export async function serveHttp(
  listener: Deno.Listener,
  answer: (request: Request) => Promise<Response>,
  limits = LIMITS,
): Promise<void> {
  const open = new Set<Deno.Conn>();
  for (;;) {
    try {
      const connection = await listener.accept();
      for (const oldest of [...open].slice(0, Math.max(0, open.size + 1 - limits.connections))) close(oldest);
      open.add(connection);
      converse(connection, answer, limits, () => open.delete(connection) && open.add(connection))
        .catch(() => {}) // whoever asked has gone
        .finally(() => open.delete(connection) && close(connection));
    } catch (error) {
      if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) break;
      await new Promise((resume) => setTimeout(resume, PAUSE)); // no descriptor is free, or the asker has gone
    }
  }
  open.forEach(close);
}

/** Answers what comes by one connection, one request after the other. */
async function converse(
  connection: Deno.Conn,
  answer: (request: Request) => Promise<Response>,
  { requestBytes, seconds }: Limits,
  onRequest: () => void,
): Promise<void> {
  const inTime: Deadline = async (work) => {
    const timer = setTimeout(() => close(connection), 1000 * seconds);
    return await work.finally(() => clearTimeout(timer));
  };
  for (let rest = "", more = true; more;) {
    const head = await inTime(readHead(connection, rest, requestBytes));
    if (head === undefined) return;
    onRequest();
    const request = typeof head === "number" ? head : parseHead(head.text);
    if (typeof request === "number" || typeof head === "number") {
      return await write(connection, refusal(Number(request)), { withBody: true, more: false }, inTime);
    }
    more = keepsOpen(request);
    rest = head.rest;
    await write(connection, await answer(request), { withBody: request.method !== "HEAD", more }, inTime);
  }
}

/** Waits for work on a connection, which is closed if that takes too long. */
type Deadline = <T>(work: Promise<T>) => Promise<T>;

/** The lines of a request and what came after them, a status that refuses it, or undefined at the end of all. */
async function readHead(
  connection: Deno.Conn,
  rest: string,
  limit: number,
): Promise<{ text: string; rest: string } | number | undefined> {
  const chunk = new Uint8Array(4096);
  const decoder = new TextDecoder("latin1");
  for (let text = rest;;) {
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) return { text: text.slice(0, end), rest: text.slice(end + 4) };
    if (text.length > limit) return 431;
    const length = await connection.read(chunk);
    if (length === null) return undefined;
    text += decoder.decode(chunk.subarray(0, length));
  }
}

/** The request that lines say, or 400. */
function parseHead(text: string): Request | number {
  const [first, ...lines] = text.split("\r\n");
  const [, method, target] = REQUEST_LINE.exec(first) ?? [];
  const fields = lines.map((line) => HEADER_LINE.exec(line));
  if (method === undefined || fields.includes(null)) return 400;
  const headers = new Headers(fields.map((field): [string, string] => [field![1], field![2].trim()]));
  const host = headers.get("host") ?? "";
  if (!HOST.test(host) || !URL.canParse(`http://${host}${target}`)) return 400;
  return { method, url: new URL(`http://${host}${target}`), headers };
}

/** Whether another request may follow: not after one with content, which is not read. */
function keepsOpen({ headers }: Request): boolean {
  return !/\bclose\b/i.test(headers.get("connection") ?? "") && !hasContent(headers);
}

/** Whether a request brings content. */
export function hasContent(headers: Headers): boolean {
  return headers.has("transfer-encoding") || (headers.get("content-length") ?? "0") !== "0";
}

function refusal(status: number): Response {
  return new Response(status === 431 ? "too long a request\n" : "no request that can be understood\n", { status });
}

async function write(
  connection: Deno.Conn,
  response: Response,
  { withBody, more }: { withBody: boolean; more: boolean },
  inTime: Deadline,
): Promise<void> {
  const body = await response.bytes();
  const headers = [
    ...response.headers,
    ["content-length", body.length],
    ["connection", more ? "keep-alive" : "close"],
  ].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = new TextEncoder().encode(`HTTP/1.1 ${response.status} ${response.statusText}\r\n${headers}\r\n`);
  for (const bytes of withBody ? [head, body] : [head]) {
    for (let written = 0; written < bytes.length;) {
      written += await inTime(connection.write(bytes.subarray(written, written + PART)));
    }
  }
}

/** Closes what may be closed already. */
function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch { /* it was */ }
}
