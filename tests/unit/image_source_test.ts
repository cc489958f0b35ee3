/** Images from every kind of file, and what is refused. */
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Images } from "../../lib/data/images.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { type ImageFileOptions, openImages } from "../../lib/data/image_files.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { brightnessWarnings, type ImageSource, sourceOf, toImages, totalBrightness } from "../../lib/data/sources.ts";
import { digits, padded, png, writeEveryKind } from "../support/image_files.ts";
import { mnist } from "../support/mnist.ts";
import { inFolder } from "../support/folders.ts";

/** All pixels of a source as 32×32 floats in [0, 1], and the sizes of its chunks. */
async function contentOf(source: ImageSource): Promise<{ pixels: Float32Array; chunks: number[] }> {
  const parts: Float32Array[] = [], chunks: number[] = [];
  for await (const images of source.chunks()) {
    parts.push(asFloats(images));
    chunks.push(images.count);
  }
  return { pixels: Float32Array.from(parts.flatMap((part) => [...part])), chunks };
}

function asFloats(images: Images): Float32Array {
  const { pixels, size, count } = images;
  if (size === 32) return Float32Array.from(pixels, (value) => pixels instanceof Uint8Array ? value / 255 : value);
  const bytes = pixels instanceof Uint8Array ? pixels : Float32Array.from(pixels, (value) => value * 255);
  return padded({ count, size, pixels: bytes });
}

Deno.test("images: every kind of file holds the same digits", () =>
  inFolder(async (folder) => {
    const expected = padded(await digits());
    for (const [name, options] of await writeEveryKind(folder)) {
      const source = await openImages(`${folder}/${name}`, options);
      const { pixels } = await contentOf(source);
      assertEquals([source.count, pixels.length], [300, 300 * 1024], name);
      assert(pixels.every((value, i) => Math.abs(value - expected[i]) < 1e-6), name);
    }
  }));

Deno.test("images: an NPY file and images in memory come in chunks, all and in order", () =>
  inFolder(async (folder) => {
    const all = await mnist("test");
    const path = `${folder}/many.npy`;
    Deno.writeFileSync(path, encodeNpy([all.count, 28, 28], Uint8Array.from(all.pixels)));
    for (const source of [await openImages(path), sourceOf(all, "memory")]) {
      let at = 0;
      const chunks: number[] = [];
      for await (const { count, pixels } of source.chunks()) {
        assertEquals(pixels, all.pixels.subarray(at * 784, (at + count) * 784));
        at += count;
        chunks.push(count);
      }
      assertEquals([source.count, chunks], [10000, [4096, 4096, 1808]]);
    }
  }));

Deno.test("images: the range of an array is told, or inferred and told so", () =>
  inFolder(async (folder) => {
    const description = async (data: Uint8Array | Float32Array, options?: ImageFileOptions) => {
      Deno.writeFileSync(`${folder}/x.npy`, encodeNpy([1, 28, 28], data));
      return (await openImages(`${folder}/x.npy`, options)).description;
    };
    assertEquals(await description(new Uint8Array(784)), "1×28×28 |u1, values from 0 to 255 (inferred)");
    assertEquals(await description(new Float32Array(784)), "1×28×28 <f4, values from 0 to 1 (inferred)");
    assertEquals(await description(new Float32Array(784).fill(-1)), "1×28×28 <f4, values from -1 to 1 (inferred)");
    assertEquals(await description(new Float32Array(784), { range: "signed" }), "1×28×28 <f4, values from -1 to 1");
  }));

Deno.test("images: arrays become images by their range, and rounding beyond it is clipped", () => {
  const at = (value: number, range?: "byte" | "unit" | "signed") =>
    toImages(new Float32Array(784).fill(value), { range }).pixels[0];
  assertEquals([at(0.5), at(-0.5), at(51, "byte"), at(0, "signed")], [0.5, 0.25, Math.fround(0.2), 0.5]);
  assertEquals([at(1.0005), at(-0.0005), at(-1.001)], [1, 0, 0]);
  const bytes = new Uint8Array(2 * 1024);
  assertEquals(toImages(bytes, { size: 32 }), { count: 2, size: 32, pixels: bytes });
});

Deno.test("images: pixels that are none are refused, by image, row and column", () => {
  const refused = (value: number, message: string, range?: "byte" | "unit" | "signed") => {
    const values = new Float32Array(3 * 784);
    values[2 * 784 + 28 * 5 + 7] = value;
    assertThrows(
      () => toImages(values, { name: "x", range, first: 100 }),
      DigitFidError,
      `x: image 102, row 5, column 7 is ${message}`,
    );
  };
  for (const value of [NaN, Infinity, -Infinity]) refused(value, `${value}, not a number`, "unit");
  refused(2, "2, outside 0 to 1: scale the pixels, or state the range if values from 0 to 255 are right");
  refused(-1, "-1, outside 0 to 1: scale the pixels, or state the range if values from -1 to 1 are right", "unit");
  refused(-2, "-2, outside -1 to 1: scale the pixels");
  refused(256, "256, outside 0 to 255: scale the pixels", "byte");
  assertThrows(() => toImages(new Float32Array(1000)), DigitFidError, "1000 pixels are not whole images of 28×28");
});

Deno.test("images: a bad pixel far into a file is found there", () =>
  inFolder(async (folder) => {
    const values = new Float32Array(5000 * 784);
    values[4999 * 784] = NaN;
    Deno.writeFileSync(`${folder}/x.npy`, encodeNpy([5000, 28, 28], values));
    const source = await openImages(`${folder}/x.npy`);
    await assertRejects(
      () => Array.fromAsync(source.chunks()),
      DigitFidError,
      "x.npy: image 4999, row 0, column 0 is NaN",
    );
  }));

Deno.test("images: files that hold no such images are refused, with what to do", () =>
  inFolder(async (folder) => {
    const refused = async (name: string, content: Uint8Array | null, message: string, options?: ImageFileOptions) => {
      if (content) Deno.writeFileSync(`${folder}/${name}`, content);
      const read = async () => await contentOf(await openImages(`${folder}/${name}`, options));
      const { message: found } = await assertRejects(read, DigitFidError);
      assert(found.startsWith(`${folder}/${name}`) || content === null, found);
      assert(found.includes(message), found);
      assert(!found.includes("\n"), found);
    };
    const npy = (...shape: number[]) => encodeNpy(shape, new Uint8Array(shape.reduce((a, b) => a * b)));
    const sizes = "expected images as N×28×28 or N×32×32, a channel axis of 1 second or last, found";
    for (const shape of [[5, 64, 64], [5, 28, 32], [5, 32, 32, 3], [3, 784], [28, 28], [2, 1, 1, 28, 28]]) {
      await refused("x.npy", npy(...shape), `${sizes} ${shape.join("×")}: resize`);
    }
    const integers = npy(2, 28, 28);
    integers.set(new TextEncoder().encode("|i1"), new TextDecoder("latin1").decode(integers).indexOf("|u1"));
    await refused("x.npy", integers, "expected uint8 or float pixels: convert with .astype('uint8')");
    await refused("x.npy", npy(2, 28, 28).subarray(0, -1), "expected 1568 bytes of data");

    await refused("x.png", png(28, new Uint8Array(784)), "say how many images it has across and down");
    const grid = { columns: 3, rows: 1 };
    await refused("x.png", png(56, new Uint8Array(56 ** 2)), "found 56×56 pixels in 3×1 cells: check the grid", {
      grid,
    });
    await refused("x.txt", new TextEncoder().encode("some words"), "unknown kind of file: give IDX, .npy or .png");
    await refused("none.npy", null, "no such file or folder");

    Deno.mkdirSync(`${folder}/empty`);
    await refused("empty", null, "no .png files in the folder itself");
    Deno.mkdirSync(`${folder}/mixed`);
    await refused("mixed/a.png", png(30, new Uint8Array(900)), "say how many images");
    await refused("mixed", null, "a.png: expected 28×28 or 32×32 pixels, found 30×30: resize it");
    Deno.writeFileSync(`${folder}/mixed/a.png`, png(28, new Uint8Array(784)));
    Deno.writeFileSync(`${folder}/mixed/b.png`, png(32, new Uint8Array(1024)));
    await refused("mixed", null, "b.png: expected 28×28 as the first file");
  }));

Deno.test("images: brightness far from MNIST's gives a warning, a border changes nothing", async () => {
  const images = await mnist("train");
  const total = totalBrightness(images);
  assertAlmostEquals(total / images.pixels.length, 0.1307, 5e-5);
  const few = await digits();
  assertAlmostEquals(totalBrightness({ count: 300, size: 32, pixels: padded(few) }), totalBrightness(few), 1e-2);

  const warning = (brightness: number) => brightnessWarnings("x", brightness * 784, 1)[0];
  assertEquals(warning(0.1307), undefined);
  assertEquals(warning(0.2861), undefined); // Fashion-MNIST
  assert(warning(0.8693)?.startsWith("x: mean brightness 0.869, MNIST's is 0.1307: the colours look inverted"));
  assert(warning(0)?.includes("check the range of the values"));
});
