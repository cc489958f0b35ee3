import { assertEquals, assertRejects } from "@std/assert";
import { gunzipSync, gzipSync } from "node:zlib";
import { type LabelledImages, limit } from "../../lib/data/images.ts";
import { defaultDataDirectory, loadMnist } from "../../lib/data/mnist.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeIdx, type IdxArray, IdxError } from "../../lib/idx.ts";
import { inFolder } from "../support/folders.ts";

// As published with many copies of MNIST, of the unpacked files.
const SHA256 = {
  "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
};

for (const [name, expected] of Object.entries(SHA256)) {
  Deno.test(`MNIST: ${name} is the published file`, async () => {
    const unpacked = new Uint8Array(gunzipSync(await Deno.readFile(`${defaultDataDirectory()}/${name}.gz`)));
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", unpacked));
    assertEquals(digest.toHex(), expected);
  });
}

Deno.test("MNIST: both splits are read whole", async () => {
  const histogram = ({ labels }: LabelledImages) => {
    const counts = Array(10).fill(0);
    for (const label of labels) counts[label]++;
    return counts;
  };
  const train = await loadMnist(defaultDataDirectory(), "train");
  assertEquals([train.count, train.size, train.pixels.length], [60000, 28, 47040000]);
  assertEquals(histogram(train), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  assertEquals([...train.labels.subarray(0, 5)], [5, 0, 4, 1, 9]);
  const test = await loadMnist(defaultDataDirectory(), "test");
  assertEquals([test.count, test.size, test.pixels.length], [10000, 28, 7840000]);
  assertEquals(histogram(test), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
});

/** Two images, the first of which counts its pixels row by row. */
const IMAGES: IdxArray = { shape: [2, 28, 28], data: Uint8Array.from({ length: 1568 }, (_, i) => i % 784 & 255) };
const LABELS: IdxArray = { shape: [2], data: Uint8Array.of(3, 9) };

function withFiles(files: Record<string, IdxArray>, test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    for (const [name, array] of Object.entries(files)) {
      const bytes = encodeIdx(array);
      await Deno.writeFile(`${folder}/${name}`, name.endsWith(".gz") ? gzipSync(bytes) : bytes);
    }
    await test(folder);
  });
}

const SPELLINGS = [
  ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte"],
  ["t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"],
  ["emnist-digits-test-images-idx3-ubyte.gz", "emnist-digits-test-labels-idx1-ubyte.gz"],
];

for (const [images, labels] of SPELLINGS) {
  Deno.test(`data sets: ${images} is found`, () =>
    withFiles({ [images]: IMAGES, [labels]: LABELS, "train-images-idx3-ubyte": IMAGES }, async (folder) => {
      const loaded = await loadMnist(folder, "test");
      assertEquals(loaded, { count: 2, size: 28, pixels: Uint8Array.from(IMAGES.data), labels: Uint8Array.of(3, 9) });
    }));
}

Deno.test("data sets: transposing swaps rows and columns within each image", () =>
  withFiles({ "train-images-idx3-ubyte": IMAGES, "train-labels-idx1-ubyte": LABELS }, async (folder) => {
    const { pixels } = await loadMnist(folder, "train", { transpose: true });
    for (const [image, row, column] of [[0, 0, 0], [0, 0, 1], [0, 27, 3], [1, 5, 20]]) {
      assertEquals(pixels[image * 784 + row * 28 + column], column * 28 + row & 255);
    }
  }));

Deno.test("data sets: limited to the first images, or to all there are", () =>
  withFiles({ "train-images-idx3-ubyte": IMAGES, "train-labels-idx1-ubyte": LABELS }, async (folder) => {
    const all = await loadMnist(folder, "train");
    const one = limit(all, 1);
    assertEquals([one.count, one.pixels.length, ...one.labels], [1, 784, 3]);
    assertEquals(limit(all, 5), all);
  }));

Deno.test("data sets: a missing folder, a missing file, several that would do: refused", async () => {
  await assertRejects(
    () => loadMnist("/no/such", "train"),
    DigitFidError,
    "cannot read /no/such: no such file or folder",
  );
  await withFiles({ "train-images-idx3-ubyte": IMAGES }, async (folder) => {
    await assertRejects(() => loadMnist(folder, "test"), DigitFidError, "no file t10k-images-idx3-ubyte");
    await assertRejects(() => loadMnist(folder, "train"), DigitFidError, "no file train-labels-idx1-ubyte");
  });
  await withFiles({ "a-train-images-idx3-ubyte": IMAGES, "b-train-images-idx3-ubyte": IMAGES }, async (folder) => {
    const message = "(a-train-images-idx3-ubyte, b-train-images-idx3-ubyte)";
    await assertRejects(() => loadMnist(folder, "train"), DigitFidError, message);
  });
});

const pixels = (...shape: number[]): IdxArray => ({
  shape,
  data: new Uint8Array(shape.reduce((product, size) => product * size)),
});

const BAD: [what: string, images: IdxArray, labels: IdxArray, offset: number, message: string][] = [
  ["more images than labels", pixels(3, 28, 28), LABELS, 4, "expected 3 labels, one an image, found 2"],
  ["a label above 9", IMAGES, { shape: [2], data: Uint8Array.of(0, 10) }, 9, "expected a label from 0 to 9, found 10"],
  ["labels of several dimensions", IMAGES, { ...LABELS, shape: [1, 2] }, 3, "expected rank 1 (labels), found rank 2"],
  ["labels other than bytes", IMAGES, { shape: [2], data: Int32Array.of(1, 2) }, 2, "found Int32Array"],
  ["pixels other than bytes", { shape: [1, 28, 28], data: new Float32Array(784) }, LABELS, 2, "found Float32Array"],
  ["images without rows", pixels(2, 784), LABELS, 3, "found rank 2"],
  ["another size", pixels(2, 27, 27), LABELS, 8, "expected images of 28×28 or 32×32 pixels, found 27×27"],
  ["images that are not square", pixels(2, 28, 32), LABELS, 8, "found 28×32"],
  ["no images", pixels(0, 28, 28), pixels(0), 4, "expected at least one image"],
];

for (const [what, images, labels, offset, message] of BAD) {
  Deno.test(`data sets: ${what}: refused`, () =>
    withFiles({ "train-images-idx3-ubyte": images, "train-labels-idx1-ubyte": labels }, async (folder) => {
      const error = await assertRejects(() => loadMnist(folder, "train"), IdxError, message);
      assertEquals(error.offset, offset);
      assertEquals(error.file.startsWith(folder), true);
    }));
}
