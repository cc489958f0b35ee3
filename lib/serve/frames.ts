/** Frames of a conversation between programs: a line of JSON, then as many bytes as its `bytes` says. */
import { DigitFidError } from "../errors.ts";

/** Most bytes of a frame's line, which holds the labels of all images in it. */
const MOST_LINE = 2 ** 22;
/** Most bytes after a line: 1 GiB. */
export const MOST_BODY = 2 ** 30;

/** A frame. */
export interface Frame {
  /** What its line says. */
  readonly head: Readonly<Record<string, unknown>>;
  /** The bytes after the line. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What came in a frame's place: what follows is read as if the next frame began there. */
export interface BrokenFrame {
  /** What is wrong with it. */
  readonly error: DigitFidError;
  /** What its line says, as far as it can be read. */
  readonly head: Readonly<Record<string, unknown>>;
}

/** Reads frames until the stream ends, or breaks off within one. */
export async function* readFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Frame | BrokenFrame> {
  const reader = new Reader(stream);
  for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
    const head = line.length < MOST_LINE ? parseHead(line) : undefined;
    if (head === undefined) {
      yield { head: {}, error: new DigitFidError("no frame: expected a line with a JSON object, then its bytes") };
      continue;
    }
    const { bytes = 0 } = head;
    if (typeof bytes !== "number" || !Number.isSafeInteger(bytes) || bytes < 0) {
      yield { head, error: new DigitFidError("no frame: its bytes are no number: give how many follow the line") };
    } else if (bytes > MOST_BODY) {
      await reader.skip(bytes);
      yield { head, error: new DigitFidError(`${bytes} bytes in one frame: give at most ${MOST_BODY} at a time`) };
    } else {
      const body = await reader.bytes(bytes);
      if (body === undefined) return;
      yield { head, body };
    }
  }
}

/** A frame's bytes. */
export function encodeFrame(
  head: Readonly<Record<string, unknown>>,
  body = new Uint8Array(0),
): Uint8Array<ArrayBuffer> {
  const line = new TextEncoder().encode(`${JSON.stringify({ ...head, bytes: body.length })}\n`);
  const bytes = new Uint8Array(line.length + body.length);
  bytes.set(line);
  bytes.set(body, line.length);
  return bytes;
}

function parseHead(line: Uint8Array): Record<string, unknown> | undefined {
  try {
    const head: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(line));
    if (typeof head === "object" && head !== null && !Array.isArray(head)) return head as Record<string, unknown>;
  } catch { /* no JSON: no head */ }
}

/** Takes lines and bytes from a stream. */
class Reader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** The next line without its end, cut off at {@linkcode MOST_LINE}; nothing if the stream ends before the line does. */
  async line(): Promise<Uint8Array | undefined> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    while (await this.#fill()) {
      const end = this.#rest.indexOf(10), part = this.#rest.subarray(0, end < 0 ? undefined : end);
      const kept = part.subarray(0, MOST_LINE - length);
      parts.push(kept.slice());
      length += kept.length;
      this.#rest = this.#rest.subarray(part.length + Number(end >= 0));
      if (end >= 0) return new Uint8Array(await new Blob(parts).arrayBuffer());
    }
  }

  /** The next bytes; nothing if the stream ends before. */
  async bytes(count: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = new Uint8Array(count);
    return await this.#take(count, (part, at) => bytes.set(part, at)) ? bytes : undefined;
  }

  /** Leaves out bytes. */
  async skip(count: number): Promise<void> {
    await this.#take(count, () => {});
  }

  async #take(count: number, use: (part: Uint8Array, at: number) => void): Promise<boolean> {
    for (let taken = 0; taken < count;) {
      if (!await this.#fill()) return false;
      const part = this.#rest.subarray(0, count - taken);
      use(part, taken);
      taken += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return true;
  }

  /** Sees to it that there is something to take, unless the stream is at its end. */
  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next();
      if (done) return false;
      this.#rest = value;
    }
    return true;
  }
}
