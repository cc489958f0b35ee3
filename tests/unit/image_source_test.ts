/** Images from every kind of file, and what is refused. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Images, limit } from "../../lib/data/images.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { openImages } from "../../lib/data/image_files.ts";
import type { ImageFileOptions } from "../../lib/data/image_options.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { contrastWarnings, Tones } from "../../lib/data/contrast.ts";
import type { PixelRange } from "../../lib/data/pixel_range.ts";
import { checkedChunks, type ImageSource, sourceOf, toImages } from "../../lib/data/sources.ts";
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
    const [black, white] = [new Uint8Array(784), new Float32Array(784).fill(-1).fill(1, 600)];
    assertEquals(await description(black.fill(200, 400)), "1×28×28 |u1, values from 0 to 255 (inferred)");
    assertEquals(await description(new Float32Array(784)), "1×28×28 <f4, values from 0 to 1 (inferred)");
    assertEquals(await description(white), "1×28×28 <f4, values from -1 to 1 (inferred)");
    assertEquals(await description(new Float32Array(784), { range: "signed" }), "1×28×28 <f4, values from -1 to 1");
  }));

/** An image of two values, most of it the first. */
function imageOf(background: number, ink: number): Float32Array<ArrayBuffer> {
  return new Float32Array(784).fill(background).fill(ink, 600);
}

Deno.test("images: arrays become images by their range, bytes again where they are bytes", () => {
  const pixels = (background: number, ink: number, range?: PixelRange) => {
    const { pixels } = toImages(imageOf(background, ink), { range });
    return [pixels instanceof Uint8Array, pixels[0], pixels[783]];
  };
  assertEquals(pixels(0, 1), [true, 0, 255]);
  assertEquals(pixels(0, 0.7), [false, 0, Math.fround(0.7)]);
  assertEquals(pixels(-1, 0.2), [true, 0, 153]);
  assertEquals(pixels(-0.9375, 0.6875, "signed"), [false, 0.03125, 0.84375]);
  assertEquals(pixels(-2, 3, [-2, 3]), [true, 0, 255]);
  assertEquals(pixels(0, 255), [true, 0, 255]);
  assertEquals(pixels(0, 51, "byte"), [true, 0, 51]);
  assertEquals(pixels(0.5, 77.5), [false, Math.fround(0.5 / 255), Math.fround(77.5 / 255)]);
  assertEquals(pixels(-0.0005, 1.0005), [true, 0, 255]);
  const bytes = new Uint8Array(2 * 1024).fill(7);
  assertEquals(toImages(bytes, { size: 32 }), { count: 2, size: 32, pixels: bytes });
});

Deno.test("images: ranges that no values or too many values fit are refused, with what to do", () => {
  const refused = (background: number, ink: number, message: string, range?: PixelRange, remedy = {}) => {
    const error = assertThrows(() => toImages(imageOf(background, ink), { name: "x", range }), DigitFidError, message);
    assert(error.message.startsWith("x: "));
    for (const [name, value] of Object.entries(remedy)) assertEquals(Object.entries(error.remedy), [[name, value]]);
  };
  refused(0, 3, "values from 0 to 3, which are no known black and white: state both; if the values were stand");
  refused(-0.15, 1, "values from -0.15 to 1: the lowest is in 77 % of the pixels, so it is black", undefined, {
    range: "-0.15,1",
  });
  const whole = "of the values lie beyond black or white, by up to";
  refused(-1, 1, `76.5 % ${whole} 1 of the range: they fit values from -1 to 1`, "unit", { range: "signed" });
  refused(0, 200, `23.5 % ${whole} 199 of the range: they fit values from 0 to 255`, "unit", { range: "byte" });
  refused(0, 1.4, `23.5 % ${whole} 0.4 of the range: state another range, or clip them`, "unit", { clip: true });
  assertEquals(toImages(imageOf(0, 1.4), { range: "unit", clip: true }).pixels[783], 255);
  assertThrows(() => toImages(new Float32Array(1000)), DigitFidError, "1000 pixels are not whole images of 28×28");
});

Deno.test("images: pixels that are none are refused, by image, row and column, however far into a file", () =>
  inFolder(async (folder) => {
    for (const value of [NaN, Infinity, -Infinity]) {
      const values = new Float32Array(5000 * 784);
      values[4999 * 784 + 28 * 5 + 7] = value;
      const message = `image 4999, row 5, column 7 is ${value}, not a number between black and white`;
      assertThrows(() => toImages(values, { name: "x" }), DigitFidError, `x: ${message}`);
      Deno.writeFileSync(`${folder}/x.npy`, encodeNpy([5000, 28, 28], values));
      await assertRejects(() => openImages(`${folder}/x.npy`), DigitFidError, `x.npy: ${message}`);
    }
  }));

Deno.test("images: a source delivers what it promises, or there is an error", async () => {
  const images: Images = { count: 2, size: 28, pixels: new Uint8Array(2 * 784) };
  const wrong: [change: object, message: string][] = [
    [{ count: 3 }, "expected 2352 pixels (3 images of 28×28), found 1568"],
    [{ count: 1.5 }, "1.5 is no number of images"],
    [{ size: 30 }, "expected a size of 28 or 32, found 30"],
    [
      { pixels: new Float32Array(1568).fill(2, 1000) },
      "image 1, row 7, column 20 is 2, expected 0 (black) to 1 (white)",
    ],
    [{ pixels: new Float32Array(1568).fill(NaN, 1567) }, "image 1, row 27, column 27 is NaN"],
    [{ pixels: new Float64Array(1568) }, "expected pixels as bytes or 32-bit floats"],
  ];
  for (const [change, message] of wrong) {
    assertThrows(() => sourceOf({ ...images, ...change }, "x"), DigitFidError, `x: ${message}`);
  }
  const read = async (count: number) => await Array.fromAsync(checkedChunks({ ...sourceOf(images, "x"), count }));
  assertEquals((await read(2)).length, 1);
  await assertRejects(() => read(3), DigitFidError, "x: expected 3 images, found 2");
  await assertRejects(() => read(1), DigitFidError, "x: expected 1 images, found more");
});

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
    const sizes = "expected images as N×28×28, N×784 or N×32×32, with 1 or 3 channels second or last, found";
    for (const shape of [[5, 28, 32], [5, 32, 32, 2], [3, 500], [2, 1, 1, 28, 28]]) {
      await refused("x.npy", npy(...shape), `${sizes} ${shape.join("×")}: save`);
    }
    await refused("x.npy", npy(5, 64, 64), "expected images of 28×28 or 32×32, found 64×64: resize them");
    await refused("x.npy", npy(2, 28, 28).subarray(0, -1), "expected 1568 bytes of data");

    const black = "56×56 pixels, in which no grid of images stands out: say how many it has across and down";
    await refused("x.png", png(56, new Uint8Array(56 ** 2)), black);
    const grid = { columns: 3, rows: 1 };
    await refused("x.png", png(56, new Uint8Array(56 ** 2)), "56×56 pixels are not 3×1 square images: count", { grid });
    await refused("x.txt", new TextEncoder().encode("some words"), "no images that can be read: it is text");
    await refused("none.npy", null, "no such file or folder");

    Deno.mkdirSync(`${folder}/empty`);
    await refused("empty", null, "no pictures (.png or .jpg)");
    Deno.mkdirSync(`${folder}/mixed`);
    await refused("mixed/a.png", png(30, new Uint8Array(900)), "no grid of 28×28 or 32×32 pixels fits");
    await refused("mixed", null, "a.png: 30×30 pixels, in which no grid");
    Deno.writeFileSync(`${folder}/mixed/a.png`, png(28, new Uint8Array(784)));
    Deno.writeFileSync(`${folder}/mixed/b.png`, png(32, new Uint8Array(1024)));
    await refused("mixed", null, "b.png: expected 28×28 as the first file, found 32×32");
  }));

Deno.test("images: a contrast far from MNIST's gives a warning, a border changes nothing", async () => {
  const { count, pixels } = limit(await mnist("train"), 500);
  const codes = (change: (level: number) => number, size: 28 | 32 = 28) => {
    const floats = Float32Array.from(pixels, (byte) => change(byte / 255));
    const images = size === 28 ? floats : padded({ count, size: 28, pixels: floats.map((value) => 255 * value) });
    const tones = new Tones();
    tones.add({ count, size, pixels: images });
    return contrastWarnings("x", tones).map(({ code, message }) => {
      assert(message.startsWith("x: "));
      return code;
    });
  };
  let seed = 1;
  const random = () => (seed = seed * 16807 % 2147483647) / 2147483647 - 0.5;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  for (const size of [28, 32] as const) assertEquals(codes((level) => level, size), []);
  assertEquals(codes((level) => clip(level + 0.4 * random())), []); // noise
  assertEquals(codes((level) => Math.sqrt(level)), ["curved"]); // a gamma
  assertEquals(codes((level) => 1 - level), ["inverted"]);
  assertEquals(codes((level) => 0.25 + level / 2), ["grey-background", "dim-white"]); // -0.5 … 0.5 read as -1 … 1
  assertEquals(codes((level) => 0.12 + 0.73 * level), ["grey-background"]); // a map of colours
  assertEquals(codes((level) => 0.09 + 0.91 * level), ["grey-background"]); // a generator that has not finished
  assertEquals(codes((level) => clip(level + 0.04 + 0.1 * random())), ["grey-background"]); // a quarter is black
  assertEquals(codes((level) => level / 2), ["dim-white"]);
  assertEquals(codes((level) => level / 255), ["blank"]);
  assertEquals(codes((level) => level > 0.9 ? 1 : 0), ["binary"]);
});
