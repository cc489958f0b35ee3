/** What is said of sets of images that are not as MNIST's, by the reference network on the CPU. */
import { assert, assertEquals } from "@std/assert";
import { type Images, limit, takeImages } from "../../lib/data/images.ts";
import { asFloats, type PrepareOptions, transposed } from "../../lib/data/prepare.ts";
import { resize } from "../../lib/data/resize.ts";
import { sourceOf } from "../../lib/data/sources.ts";
import { loadNetwork } from "../../lib/network/load.ts";
import { extractFeatures, scoreSets } from "../../lib/scoring/features.ts";
import { openImages } from "../../lib/data/image_files.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { inFolder } from "../support/folders.ts";
import { padded, png } from "../support/image_files.ts";
import { mnist } from "../support/mnist.ts";

const COUNT = 300;
const { pixels } = limit(await mnist("test"), COUNT);
const upright: Images = { count: COUNT, size: 28, pixels };
const moved = (place: (x: number, y: number) => number): Images => ({
  ...upright,
  pixels: Uint8Array.from(pixels, (_, i) => pixels[i - i % 784 + place(i % 28, Math.floor(i % 784 / 28))]),
});
const large = (pixels: Float32Array<ArrayBuffer>): Images => ({ count: COUNT, size: 32, pixels });

const SETS: [what: string, images: Images, codes: string[], advice?: string][] = [
  ["as they are", upright, []],
  ["with a border", large(padded(upright)), []],
  ["resized to 32×32", large(resize(asFloats(pixels), 28, 32)), ["large-digits"], "resize them back"],
  [
    "with rows and columns swapped",
    { ...upright, pixels: transposed(pixels, 28) },
    ["turned"],
    "swap rows and columns",
  ],
  ["turned left", moved((x, y) => x * 28 + 27 - y), ["turned"], "save numpy.rot90(array, -1, (1, 2))"],
  ["turned right", moved((x, y) => (27 - x) * 28 + y), ["turned"], "save numpy.rot90(array, 1, (1, 2))"],
  ["upside down", moved((x, y) => (27 - y) * 28 + 27 - x), ["turned"], "save array[:, ::-1, ::-1]"],
  ["mirrored", moved((x, y) => y * 28 + 27 - x), ["turned"], "save array[:, :, ::-1]"],
  ["inverted", { ...upright, pixels: pixels.map((byte) => 255 - byte) }, ["inverted"], "invert them"],
  ["flipped", moved((x, y) => (27 - y) * 28 + x), ["turned"], "save array[:, ::-1]"],
];

Deno.test("warnings: sets that lie in another way, or are larger, are seen; others are not", async (t) => {
  using loaded = await loadNetwork({ threads: 1 });
  for (const [what, images, codes, advice = ""] of SETS) {
    await t.step(what, async () => {
      const { warnings } = await extractFeatures(loaded.network, sourceOf(images, "x"));
      assertEquals(warnings.map(({ code }) => code), codes);
      for (const { message } of warnings) assert(message.startsWith("x: ") && message.endsWith(advice), message);
    });
  }
});

/** What was done although nothing was to be done, and what is advised. */
const UNASKED: [what: string, images: Images, done: PrepareOptions, advice: string][] = [
  ["inverted", { ...upright, pixels: pixels.map((byte) => 255 - byte) }, { invert: true }, "leave the inverting out"],
  ["swapped", { ...upright, pixels: transposed(pixels, 28) }, { transpose: true }, "of rows and columns out"],
  // Mirrored digits, whose rows and columns were swapped: what is advised is for the array as it is in the file.
  ["mirrored, swapped", moved((x, y) => x * 28 + 27 - y), { transpose: true }, "out, and save array[:, :, ::-1]"],
  ["flipped, swapped", moved((x, y) => (27 - x) * 28 + y), { transpose: true }, "out, and save array[:, ::-1]"],
  [
    "turned left, swapped",
    moved((x, y) => y * 28 + 27 - x),
    { transpose: true },
    "save numpy.rot90(array, -1, (1, 2))",
  ],
];

Deno.test("warnings: of what was asked for and is wrong, it is advised to leave it out", async (t) => {
  using loaded = await loadNetwork({ threads: 1 });
  for (const [what, images, done, advice] of UNASKED) {
    await t.step(what, async () => {
      const { warnings: [{ message, remedy }] } = await extractFeatures(loaded.network, {
        ...sourceOf(images, "x"),
        done,
      });
      assert(message.endsWith(advice), message);
      assertEquals(remedy, undefined);
    });
  }
  await t.step("digits sorted by class are looked at from all over", async () => {
    const { pixels, labels, count } = await mnist("test"), swapped = transposed(pixels, 28);
    const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => labels[a] - labels[b]).filter((
      _,
      i,
    ) => i % 5 === 0);
    const sorted = takeImages({ count, size: 28, pixels: swapped }, order);
    const { warnings } = await extractFeatures(loaded.network, sourceOf(sorted, "x"));
    assertEquals(warnings.map(({ code }) => code), ["turned"]);
  });
  await t.step("the real images themselves are named", async () => {
    const set = await extractFeatures(loaded.network, sourceOf(upright, "x"));
    const { warnings = [] } = await scoreSets(set, set, { only: new Set(["fid"]) });
    assertEquals(warnings[0], "x: these are the real images themselves: nothing is compared");
  });
});

Deno.test("warnings: images of any side whose digits are no longer MNIST's once they are resized", () =>
  inFolder(async (folder) => {
    const found = async (floats: Float32Array, side: number) => {
      Deno.writeFileSync(`${folder}/x.npy`, encodeNpy([COUNT, side, side], floats));
      const source = await openImages(`${folder}/x.npy`, { resize: true });
      await Array.fromAsync(source.chunks());
      return source.warnings?.map(({ message }) => message.split(": ").at(-1)!);
    };
    assertEquals(await found(resize(asFloats(pixels), 28, 64), 64), []);
    assertEquals(await found(resize(asFloats(pixels), 28, 14), 14), []);
    assertEquals(await found(resize(padded(upright), 32, 64), 64), ["save array[:, 4:-4, 4:-4] if they have a border"]);
    const cropped = asFloats(pixels).filter((_, i) =>
      [i % 28, Math.floor(i / 28) % 28].every((at) => at > 0 && at < 27)
    );
    assertEquals(await found(cropped, 26), [
      "save numpy.pad(array, ((0, 0), (1, 1), (1, 1))) if their border was cut off",
    ]);
  }));

Deno.test("warnings: digits with a border are not to be resized", () =>
  inFolder(async (folder) => {
    const codes = async (floats: Float32Array) => {
      Deno.writeFileSync(`${folder}/x.npy`, encodeNpy([COUNT, 32, 32], floats));
      const source = await openImages(`${folder}/x.npy`, { resize: true });
      for await (const { size } of source.chunks()) assertEquals(size, 28);
      assertEquals(source.description.split(", ").at(-1), "resized from 32×32 to 28×28 (bilinear with antialiasing)");
      return source.warnings?.map(({ code }) => code);
    };
    assertEquals(await codes(resize(asFloats(pixels), 28, 32)), []);
    assertEquals(await codes(padded(upright)), ["bordered"]);
  }));

Deno.test("warnings: options that mean nothing for a set are named", () =>
  inFolder(async (folder) => {
    Deno.writeFileSync(`${folder}/x.npy`, encodeNpy([COUNT, 28, 28], Uint8Array.from(pixels)));
    const array = await openImages(`${folder}/x.npy`, { grid: { columns: 2, rows: 2 } });
    assertEquals(array.warnings?.map(({ code }) => code), ["unused-option"]);
    Deno.mkdirSync(`${folder}/pictures`);
    for (const name of ["a", "b"]) {
      Deno.writeFileSync(`${folder}/pictures/${name}.png`, png(28, pixels.subarray(0, 784) as Uint8Array));
    }
    const pictures = await openImages(`${folder}/pictures`, { range: "unit" });
    assertEquals(pictures.warnings?.map(({ code }) => code), ["unused-option"]);
  }));

Deno.test("resizing: as PyTorch does it by bilinear interpolation with antialiasing", () => {
  // torch.nn.functional.interpolate(arange(49).reshape(1, 1, 7, 7) ** 2 / 2304, (4, 4), mode="bilinear", antialias=True)
  const expected = [0.015101, 0.021869, 0.032517, 0.043761, 0.108972, 0.130456, 0.158503, 0.184462];
  expected.push(0.34962, 0.388503, 0.437122, 0.48048, 0.662809, 0.716406, 0.782425, 0.840498);
  const source = Float32Array.from({ length: 49 }, (_, i) => i ** 2 / 2304);
  const resized = resize(Float32Array.of(...source, ...source), 7, 4);
  for (const [i, value] of resized.entries()) assert(Math.abs(value - expected[i % 16]) < 1e-6);
  // The corners of the same to (10, 10).
  const enlarged = resize(source, 7, 10);
  for (const [at, value] of [[0, 0], [1, 0.000239], [11, 0.013774], [98, 0.977322], [99, 1]]) {
    assert(Math.abs(enlarged[at] - value) < 1e-6);
  }
});
