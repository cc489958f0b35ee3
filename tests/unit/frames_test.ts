/** What programs in other languages say to a scorer through pipes: frames, and what is done for each. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { encodeFrame, MOST_BODY, readFrames } from "../../lib/serve/frames.ts";
import { type Conversation, converse } from "../../lib/serve/scorer_protocol.ts";

const text = (line: string) => new TextEncoder().encode(line);

async function* streamOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** What each of the first frames says, or what is wrong with it. */
async function framesIn(...chunks: Uint8Array[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const frame of readFrames(streamOf(...chunks))) {
    found.push("error" in frame ? frame.error.message : [frame.head.do, ...frame.body]);
    if (found.length === 5) break; // as few are sent
  }
  return found;
}

Deno.test("frames: they are the same however the stream is cut, and the last is whole or none", async () => {
  const bytes = new Uint8Array([
    ...encodeFrame({ do: "add" }, Uint8Array.of(10, 13, 255)),
    ...encodeFrame({ do: "save" }),
  ]);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.slice(i * size, (i + 1) * size),
    );
    assertEquals(await framesIn(...chunks), [["add", 10, 13, 255], ["save"]], `chunks of ${size}`);
  }
  assertEquals(await framesIn(bytes.subarray(0, -1)), [["add", 10, 13, 255]]);
  assertEquals(await framesIn(encodeFrame({}, Uint8Array.of(1, 2)).subarray(0, -1)), []);
});

Deno.test("frames: of one that is too large no byte is taken for the next, and nothing is kept", async () => {
  const part = text("\n{}\n".repeat(2 ** 22)),
    parts = Array<Uint8Array>(Math.ceil(MOST_BODY / part.length) + 1).fill(part);
  const length = parts.reduce((sum, { length }) => sum + length, 0);
  const [error, next, ...others] = await framesIn(
    text(`{"bytes":${length}}\n`),
    ...parts,
    encodeFrame({ do: "reset" }),
  );
  assertStringIncludes(String(error), `give at most ${MOST_BODY} at a time`);
  assertEquals([next, others], [["reset"], []]);
});

Deno.test("frames: each does what it says, and one that cannot be followed changes nothing", async () => {
  const done: unknown[] = [], answers: Record<string, unknown>[] = [];
  const note = (name: string) => (...args: unknown[]) => Promise.resolve(void done.push([name, ...args]));
  const scorer = {
    network: { name: "net", sha256: "0" },
    realCount: 9,
    count: 4,
    ...Object.fromEntries(["add", "merge", "load", "reset"].map((name) => [name, note(name)])),
    save: () => Promise.resolve(Uint8Array.of(7)),
  } as unknown as Conversation["scorer"];
  const body = Uint8Array.of(1, 2);
  const asked = ["merge", "load", "reset", "save", "sing"].map((name, id) => encodeFrame({ id, do: name }, body));
  const write = (bytes: Uint8Array) => {
    const end = bytes.indexOf(10);
    answers.push({
      ...JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))),
      body: [...bytes.subarray(end + 1)],
    });
    return Promise.resolve();
  };
  await converse({ scorer, real: "mnist-test", version: "1", input: streamOf(...asked), write });
  assertEquals(done, [["merge", body], ["load", body], ["reset"]]);
  const [greeting, ...rest] = answers;
  assertEquals([greeting.protocol, greeting.real_images, greeting.network], [1, 9, "net"]);
  assertEquals(rest.map(({ id, ok, images, body }) => [id, ok, images, body]), [
    [0, true, 4, []],
    [1, true, 4, []],
    [2, true, 0, []],
    [3, true, undefined, [7]],
    [4, false, undefined, []],
  ]);
  assert(String(rest[4].error).startsWith('"sing" is nothing to do: '), String(rest[4].error));
});
