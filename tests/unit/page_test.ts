/** The page: what it takes dropped files for, and what stands there for Node's modules. */
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as path from "node:path/posix";
import * as node from "node:zlib";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { encodePng } from "../../lib/formats/png.ts";
import { encodeIdx } from "../../lib/idx.ts";
import { Random } from "../../lib/random.ts";
import { PLAIN } from "../../lib/scoring/arithmetic.ts";
import { nearestOfEach, neighboursOf } from "../../lib/scoring/extremes.ts";
import * as hostPath from "../../lib/serve/page/host/path.ts";
import * as host from "../../lib/serve/page/host/zlib.ts";
import type { DroppedFile } from "../../lib/serve/page/protocol.ts";
import { sortFiles, together } from "../../lib/serve/page/sorted.ts";
import { normalLatents } from "../support/samples.ts";

const file = (path: string, bytes: Uint8Array<ArrayBuffer> | string): DroppedFile => ({
  path,
  content: new Blob([bytes]),
});
const DIGITS = Uint8Array.from({ length: 12 }, (_, i) => i % 10);
const PICTURE = encodePng({ width: 28, height: 28, channels: 1, data: new Uint8Array(784) });
const images = (name: string) => file(name, encodeNpy([2, 28, 28], new Uint8Array(2 * 784)));

/** Paths of each set, and of the labels. */
async function sorted(...files: DroppedFile[]) {
  const { sets, labels } = await sortFiles(files);
  return { sets: sets.map((set) => set.map(({ path }) => path)), labels: labels?.path };
}

Deno.test("page's files: an array, a folder and loose pictures are a set each", async () => {
  const files = [
    images("a.npy"),
    file("1.png", PICTURE),
    file("more/1.png", PICTURE),
    file("more/3/2.png", PICTURE),
    file("2.png", PICTURE),
    file("notes.txt", "no labels: 3 of 7"),
  ];
  assertEquals(await sorted(...files), {
    sets: [["more/1.png", "more/3/2.png"], ["a.npy"], ["1.png", "2.png", "notes.txt"]],
    labels: undefined,
  });
  const classes = ["0/a.png", "3/b.png"];
  assertEquals((await sorted(...classes.map((path) => file(path, PICTURE)))).sets, [classes]);
});

Deno.test("page's files: labels in every form are known from images, and are of one set", async () => {
  const packed = new Blob([encodeIdx({ shape: [12], data: DIGITS })]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  const forms: [string, Uint8Array<ArrayBuffer> | string][] = [
    ["labels.npy", encodeNpy([12], DIGITS)],
    ["column.npy", encodeNpy([12, 1], DIGITS)],
    ["labels.idx", encodeIdx({ shape: [12], data: DIGITS })],
    ["labels.idx.gz", new Uint8Array(await new Response(packed).arrayBuffer())],
    ["labels.txt", "3, 1, 4\n1 5"],
  ];
  for (const [name, bytes] of forms) {
    assertEquals(await sorted(images("a.npy"), file(name, bytes)), { sets: [["a.npy"]], labels: name });
  }
  const [labels, others] = forms.map(([name, bytes]) => file(name, bytes));
  await assertRejects(() => sortFiles([images("a.npy"), labels, others]), DigitFidError, "give one of them");
  await assertRejects(() => sortFiles([images("a.npy"), images("b.npy"), labels]), DigitFidError, "there are 2");
  await assertRejects(() => sortFiles([]), DigitFidError, "the folder is empty");
});

Deno.test("page's files: labels alone are of what was given before them, and replace earlier ones", async () => {
  const [a, b] = [images("a.npy"), images("b.npy")];
  const [first, second] = ["first.txt", "second.txt"].map((name) => file(name, "1 2"));
  assertEquals(await together([first], [a]), [a, first]);
  assertEquals(await together([second], [a, first]), [a, second]);
  assertEquals(await together([b], [a, first]), [b]);
  for (const before of [[], [a, b]]) {
    await assertRejects(
      () => together([first], before),
      DigitFidError,
      "first.txt: these seem to be labels: give one set",
    );
  }
});

/** Bytes that pack well in parts, longer than the parts that they are unpacked in. */
const random = new Random(1, 0);
const BYTES = Uint8Array.from({ length: 300_000 }, (_, i) => i % 1000 < 500 ? random.below(256) : i >> 12);
const FORMATS = [
  [node.gzipSync, host.gunzipSync],
  [node.deflateSync, host.inflateSync],
  [node.deflateRawSync, host.inflateRawSync],
] as const;

Deno.test("page's host: packed bytes are unpacked, no further than a limit, and the beginning alone", () => {
  for (const [pack, unpack] of FORMATS) {
    const packed = new Uint8Array(pack(BYTES));
    assertEquals(unpack(packed), BYTES);
    assertEquals(unpack(packed, { maxOutputLength: BYTES.length }), BYTES);
    assertThrows(() => unpack(packed, { maxOutputLength: BYTES.length - 1 }), RangeError);
    assertThrows(() => unpack(packed.subarray(0, packed.length - 20)), Error);
    const head = unpack(packed.subarray(0, 1536), { finishFlush: host.constants.Z_SYNC_FLUSH });
    assertEquals(head, BYTES.slice(0, head.length));
    assertEquals(head.length > 1000, true);
  }
});

Deno.test("page's host: gzip of several members is one, and damage is noticed", () => {
  const packed = new Uint8Array(node.gzipSync(BYTES));
  const twice = new Uint8Array([...packed, ...packed]);
  assertEquals(host.gunzipSync(twice), new Uint8Array(node.gunzipSync(twice)));
  for (const text of ["", "a", "zeros".padEnd(100, "\0")]) {
    const [small] = [text].map((text) => new Uint8Array(node.gzipSync(text)));
    for (const bytes of [small, new Uint8Array([...small, ...small]), new Uint8Array([...small, 0, 0, 0])]) {
      assertEquals(host.gunzipSync(bytes), new Uint8Array(node.gunzipSync(bytes)), JSON.stringify(text));
    }
  }
  const damaged = packed.slice();
  damaged[damaged.length - 6] ^= 1; // of the checksum
  assertThrows(() => host.gunzipSync(damaged), Error, "checksum");
});

Deno.test("page's host: checksums and paths are Node's", () => {
  assertEquals(host.crc32(BYTES), node.crc32(BYTES));
  for (const name of ["a/b.npy", "b.npy", "a/b/c"]) {
    assertEquals(hostPath.basename(name), path.basename(name));
    assertEquals(hostPath.dirname(name), path.dirname(name));
    assertEquals(hostPath.join("folder", name), path.join("folder", name));
  }
});

Deno.test("extremes: each image's nearest real one is the nearest of all, by all axes", async () => {
  const [real, fake] = [normalLatents(300, 12, 1), normalLatents(50, 12, 2, { deviation: 2 })];
  const found = await neighboursOf(real, fake, { arithmetic: PLAIN });
  const row = ({ data }: typeof real, i: number) => data.subarray(12 * i, 12 * (i + 1));
  const distance = (i: number, j: number) => Math.hypot(...row(fake, i).map((value, k) => value - row(real, j)[k]));
  assertEquals(found.map(({ image }) => image).sort((a, b) => a - b), Array.from({ length: 50 }, (_, i) => i));
  for (const { image, real: nearest } of found) {
    const all = Array.from({ length: 300 }, (_, j) => distance(image, j));
    assertEquals(nearest, all.indexOf(Math.min(...all)));
  }
  assertEquals(found.every(({ distance }, i) => i === 0 || distance >= found[i - 1].distance), true);
});

Deno.test("extremes: of each digit the nearest pair counts in which both are that digit", () => {
  const pairs = [[0, 0], [1, 1], [2, 2], [3, 1]].map(([image, real], i) => ({ image, real, distance: i }));
  const [fake, real] = [[2, 2, 7, 2], [7, 2, 7]];
  assertEquals(nearestOfEach(pairs, fake, real), [pairs[1], pairs[2]]);
});
