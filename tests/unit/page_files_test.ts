/** What the page takes dropped files for: sets of images, each by itself, and labels. */
import { assertEquals, assertRejects } from "@std/assert";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { encodePng } from "../../lib/formats/png.ts";
import { encodeIdx } from "../../lib/idx.ts";
import type { DroppedFile } from "../../lib/serve/page/protocol.ts";
import { sortFiles, together } from "../../lib/serve/page/sorted.ts";

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
