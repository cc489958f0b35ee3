/** A scorer behind a pair of pipes, for programs in other languages: `docs/scorer_protocol.md` describes what is said. */
import { DigitFidError } from "../errors.ts";
import { arrayOfBytes } from "../formats/stored_array.ts";
import { printable } from "../printable.ts";
import { calibrationOf, meaningOf } from "../scoring/calibration.ts";
import { documentsOf } from "../scoring/display.ts";
import type { Scorer } from "../scoring/scorer.ts";
import { scoreFields } from "../scoring/words.ts";
import { GENERATED } from "../scoring/added.ts";
import { encodeFrame, type Frame, readFrames } from "./frames.ts";

/** Goes up when an old program would misunderstand what is said. */
export const PROTOCOL = 1;

/** What an answer says, and the bytes after it. */
interface Answer {
  readonly fields?: Record<string, unknown>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** Who takes part. */
export interface Conversation {
  /** Does the work. */
  readonly scorer: Scorer;
  /** What the real images are called. */
  readonly real: string;
  /** The program's version. */
  readonly version: string;
  /** Frames come from here. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Takes the answers. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
}

/** Greets, then answers every frame, in order, until the input ends. A frame that cannot be followed changes nothing. */
export async function converse(conversation: Conversation): Promise<void> {
  const { scorer, real, version, input, write } = conversation;
  const { name, sha256 } = scorer.network;
  const greeting = { network: name, network_sha256: sha256, real, real_images: scorer.realCount, version };
  await write(encodeFrame({ protocol: PROTOCOL, ok: true, ...greeting }));
  for await (const frame of readFrames(input)) {
    try {
      if ("error" in frame) throw frame.error;
      const { fields, body } = await follow(frame, conversation);
      await write(answerTo(frame, { ok: true, ...fields }, body));
    } catch (error) {
      if (isGone(error)) return;
      await write(answerTo(frame, { ok: false, ...inWords(error) }));
    }
  }
}

/** An answer, which repeats the request's id, unless that is nested so deeply that it cannot be written. */
function answerTo({ head: { id = null } }: Pick<Frame, "head">, fields: object, body?: Answer["body"]) {
  try {
    return encodeFrame({ id, ...fields }, body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return encodeFrame({ id: null, ...fields }, body);
  }
}

async function follow({ head, body }: Frame, { scorer, real, version }: Conversation): Promise<Answer> {
  switch (head.do) {
    case "add":
      await add(scorer, head, body);
      return { fields: { images: scorer.count } };
    case "compute": {
      const { realSha256 } = scorer, score = await scorer.compute();
      const { network: identity, ...metrics } = score;
      const calibration = await calibrationOf(identity);
      const meaning = calibration && meaningOf(metrics, calibration, realSha256);
      const fields = scoreFields(metrics, { identity, real, fake: GENERATED }, { meaning, realSha256 });
      return { fields: { score: { ...fields, version }, shown: documentsOf(score, meaning) } };
    }
    case "reset":
      await scorer.reset();
      return { fields: { images: 0 } };
    case "save":
      return { body: await scorer.save() };
    case "merge":
    case "load":
      await scorer[head.do](body);
      return { fields: { images: scorer.count } };
    default:
      throw new DigitFidError(`${JSON.stringify(head.do)} is nothing to do: add, compute, reset, save, merge or load`);
  }
}

async function add(scorer: Scorer, { dtype, shape, labels }: Frame["head"], body: Frame["body"]): Promise<void> {
  if (typeof dtype !== "string") throw new DigitFidError(`${GENERATED}: the frame names no dtype`);
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new DigitFidError(`${GENERATED}: the frame's shape is no list of whole numbers`);
  }
  if (labels !== undefined && !(Array.isArray(labels) && labels.every((label) => typeof label === "number"))) {
    throw new DigitFidError(`${GENERATED}: the frame's labels are no list of numbers`);
  }
  await scorer.add(arrayOfBytes(GENERATED, dtype, shape, body), labels);
}

/** Nobody listens any more. */
function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === "BrokenPipe";
}

function inWords(error: unknown): Record<string, unknown> {
  if (error instanceof DigitFidError) return { error: error.message, remedy: error.remedy };
  return { error: `this is a fault of the program; please report it: ${printable(String(error))}`, remedy: {} };
}
