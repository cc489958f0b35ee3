/** Images in pictures: one each, or many on a sheet; in folders, in archives, with classes. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { crc32 } from "node:zlib";
import { encode as encodePngOf } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import type { Images } from "../../lib/data/images.ts";
import { openImages } from "../../lib/data/image_files.ts";
import type { ImageFileOptions } from "../../lib/data/image_options.ts";
import { checkedChunks } from "../../lib/data/sources.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { encodePng } from "../../lib/formats/png.ts";
import { inFolder } from "../support/folders.ts";
import { digits, padded, png } from "../support/image_files.ts";
import { zipOf } from "../support/zip_file.ts";

const { pixels: BYTES } = await digits(60);

interface Layout {
  readonly columns: number;
  readonly side?: number;
  /** Pixels between images, and around all. */
  readonly gap?: number;
  readonly margins?: readonly [left: number, top: number, right: number, bottom: number];
  /** Shade of the gaps. */
  readonly shade?: number;
  readonly channels?: 1 | 3;
}

/** Draws the images of a set on a sheet, row after row. */
function sheetOf(pixels: ArrayLike<number>, layout: Layout): Uint8Array<ArrayBuffer> {
  const { columns, side = 28, gap = 0, margins = [gap, gap, gap, gap], shade = 0, channels = 1 } = layout;
  const count = pixels.length / side ** 2, rows = Math.ceil(count / columns);
  const width = columns * (side + gap) - gap + margins[0] + margins[2];
  const height = rows * (side + gap) - gap + margins[1] + margins[3];
  const data = new Uint8Array(width * height * channels).fill(shade);
  for (let i = 0; i < pixels.length; i++) {
    const image = Math.floor(i / side ** 2), row = Math.floor(i / side) % side;
    const x = margins[0] + image % columns * (side + gap) + i % side;
    const y = margins[1] + Math.floor(image / columns) * (side + gap) + row;
    data.fill(pixels[i], (y * width + x) * channels, (y * width + x + 1) * channels);
  }
  return encodePng({ width, height, channels, data });
}

async function read(path: string, options?: ImageFileOptions) {
  const source = await openImages(path, options);
  const images = await Array.fromAsync(checkedChunks(source));
  return { source, pixels: Uint8Array.from(images.flatMap(({ pixels }) => [...bytesOf(pixels)])) };
}

function bytesOf(pixels: Images["pixels"]): Images["pixels"] {
  return pixels instanceof Uint8Array ? pixels : pixels.map((value) => Math.round(255 * value));
}

const LARGE = padded({ count: 60, size: 28, pixels: BYTES }).map((value) => Math.round(255 * value));
const SHEETS: Record<string, Layout> = {
  "with no gaps": { columns: 10 },
  "with no gaps, of 32×32": { columns: 6, side: 32 },
  "of one column": { columns: 1 },
  "of one row": { columns: 60 },
  "by save_image": { columns: 8, gap: 2, channels: 3 },
  "by save_image, of 32×32": { columns: 8, gap: 2, side: 32 },
  "by save_image with white gaps": { columns: 8, gap: 2, shade: 255 },
  "by save_image with padding 5": { columns: 8, gap: 5 },
  "with gaps and no margin": { columns: 10, gap: 3, margins: [0, 0, 0, 0], shade: 128 },
  "with gaps in a frame": { columns: 10, gap: 7, margins: [20, 31, 12, 40], shade: 255 },
};

for (const [what, layout] of Object.entries(SHEETS)) {
  Deno.test(`pictures: a sheet ${what} is cut as it is to be`, () =>
    inFolder(async (folder) => {
      const expected = layout.side === 32 ? Uint8Array.from(LARGE) : BYTES;
      Deno.writeFileSync(`${folder}/x.png`, sheetOf(expected, layout));
      const { source, pixels } = await read(`${folder}/x.png`);
      assertEquals(pixels, expected, source.description);
      const rows = Math.ceil(60 / layout.columns), empty = layout.columns * rows - 60;
      const side = layout.side ?? 28;
      assertEquals(source.description, `a picture, found ${layout.columns}×${rows} images of ${side}×${side} pixels`);
      const codes = source.warnings?.map(({ code }) => code);
      assertEquals(codes, empty > 0 ? ["empty-cells"] : []);
      if (what.includes("frame")) return;
      const told = await read(`${folder}/x.png`, { grid: { columns: layout.columns, rows } });
      assertEquals(told.pixels, expected);
    }));
}

Deno.test("pictures: a sheet with an image in each row of pixels, as tfjs has it", () =>
  inFolder(async (folder) => {
    Deno.writeFileSync(`${folder}/x.png`, encodePng({ width: 784, height: 60, channels: 1, data: BYTES }));
    const { source, pixels } = await read(`${folder}/x.png`);
    assertEquals([source.count, pixels], [60, BYTES]);
    Deno.writeFileSync(
      `${folder}/x.png`,
      encodePng({ width: 784, height: 56, channels: 1, data: BYTES.subarray(0, 56 * 784) }),
    );
    assertEquals((await read(`${folder}/x.png`)).pixels, BYTES.subarray(0, 56 * 784));
  }));

Deno.test("pictures: a folder of sheets, the last one not full", () =>
  inFolder(async (folder) => {
    Deno.writeFileSync(`${folder}/a.png`, sheetOf(BYTES.subarray(0, 32 * 784), { columns: 8, gap: 2 }));
    Deno.writeFileSync(`${folder}/b.png`, sheetOf(BYTES.subarray(32 * 784), { columns: 8, gap: 2 }));
    const { source, pixels } = await read(folder);
    assertEquals(pixels, BYTES);
    assertEquals(source.warnings?.map(({ message }) => message), [
      `${folder}: 4 empty cells at the end of sheets left out`,
    ]);
  }));

Deno.test("pictures: what is no sheet is refused, not cut somehow", () =>
  inFolder(async (folder) => {
    const noise = Uint8Array.from({ length: 280 * 280 }, (_, i) => (i * 2654435761 >>> 9) % 256);
    Deno.writeFileSync(`${folder}/x.png`, png(280, noise));
    const error = await assertRejects(
      () => openImages(`${folder}/x.png`),
      DigitFidError,
      "no grid of images stands out",
    );
    assertEquals(error.remedy, { grid: "10x10" });
    const large = png(
      112,
      Uint8Array.from({ length: 112 ** 2 }, (_, i) => BYTES[Math.floor(i / 448) * 28 + Math.floor(i % 112 / 4)]),
    );
    Deno.writeFileSync(`${folder}/x.png`, large); // one digit, four times as large
    const { source, pixels } = await read(`${folder}/x.png`);
    assertEquals(source.description, "a picture, 28×28, 4 times enlarged, undone");
    assertEquals(pixels, BYTES.subarray(0, 784));
  }));

Deno.test("pictures: between the images of a grid is one shade, but for a JPEG's rounding", () =>
  inFolder(async (folder) => {
    const path = `${folder}/x.png`, grid = { columns: 2, rows: 2 }; // 51 pixels: two of 24 with three gaps of 1
    for (const [levels, message] of [[31, "are not 2×2 square images"], [9, "are 2×2 images of 24×24"]] as const) {
      const data = Uint8Array.from({ length: 51 * 51 }, (_, i) => 100 + i % levels);
      Deno.writeFileSync(path, encodePng({ width: 51, height: 51, channels: 1, data }));
      await assertRejects(() => read(path, { grid }), DigitFidError, message);
    }
  }));

/** Every pixel as a block. */
function enlarged(pixels: Uint8Array, width: number, by: number): Uint8Array {
  return Uint8Array.from({ length: pixels.length * by * by }, (_, i) => {
    const [x, y] = [i % (width * by), Math.floor(i / (width * by))];
    return pixels[Math.floor(y / by) * width + Math.floor(x / by)];
  });
}

Deno.test("pictures: what was enlarged without smoothing is as it was before, a black picture among others too", () =>
  inFolder(async (folder) => {
    const blank = new Uint8Array(784);
    for (const [i, own] of [BYTES.subarray(0, 784), blank, BYTES.subarray(784, 1568)].entries()) {
      Deno.writeFileSync(`${folder}/${i}.png`, png(56, enlarged(own, 28, 2)));
    }
    const { source, pixels } = await read(folder);
    assertEquals(source.description, "3 pictures, 28×28, 2 times enlarged, undone");
    assertEquals(pixels, Uint8Array.of(...BYTES.subarray(0, 784), ...blank, ...BYTES.subarray(784, 1568)));
  }));

Deno.test("pictures: a sheet of enlarged images is cut by its grid, as they were before; smoothed ones are resized", () =>
  inFolder(async (folder) => {
    const file = `${folder}/x.png`;
    for (const [columns, count] of [[2, 4], [3, 9], [4, 16]]) { // 2 and 3 fit cells of 87 and 86 pixels as well
      const own = BYTES.subarray(0, count * 784), grid = { columns, rows: columns };
      Deno.writeFileSync(file, sheetOf(enlarged(own, 28, 3), { columns, side: 84, gap: 2 }));
      for (const resize of [false, true]) {
        const { source, pixels } = await read(file, { grid, resize });
        assertEquals(pixels, own, source.description);
        const how = `${columns}×${columns} images of 28×28 pixels, 3 times enlarged, undone`;
        assertEquals(source.description, `a picture, ${how}`);
      }
      const smooth = enlarged(own, 28, 3);
      for (let i = 1; i < smooth.length; i++) smooth[i] = (smooth[i - 1] + smooth[i]) / 2;
      Deno.writeFileSync(file, sheetOf(smooth, { columns, side: 84, gap: 2 }));
      const error = await assertRejects(() => openImages(file, { grid }), DigitFidError, "images of 84×84, expected");
      assertEquals(error.remedy, { resize: true });
      const { source: { description } } = await read(file, { grid, resize: true });
      assert(description.includes(`${columns}×${columns} images of 84×84 pixels, resized from`), description);
    }
  }));

/** A PNG with one more chunk behind its header. */
function withChunk(bytes: Uint8Array, type: string, data: string): Uint8Array {
  const body = Uint8Array.from(type + data, (c) => c.charCodeAt(0));
  const frame = new DataView(new ArrayBuffer(8));
  frame.setUint32(0, data.length);
  frame.setUint32(4, crc32(body));
  const [length, sum] = [new Uint8Array(frame.buffer, 0, 4), new Uint8Array(frame.buffer, 4)];
  return Uint8Array.of(...bytes.subarray(0, 33), ...length, ...body, ...sum, ...bytes.subarray(33));
}

Deno.test("pictures: a figure of Matplotlib is refused with the line that saves what it shows, whatever is said of it", () =>
  inFolder(async (folder) => {
    const figure = withChunk(
      png(300, new Uint8Array(300 ** 2).fill(255)),
      "tEXt",
      "Software\0Matplotlib version3.11.2",
    );
    Deno.writeFileSync(`${folder}/x.png`, figure);
    const line =
      "numpy.save('images.npy', [numpy.asarray(image.get_array()) for axes in plt.gcf().axes for image in axes.images])";
    for (const options of [{}, { grid: { columns: 10, rows: 10 }, resize: true }]) {
      const error = await assertRejects(() => openImages(`${folder}/x.png`, options), DigitFidError);
      assert(error.message.endsWith(line), error.message);
    }
    const whole = withChunk(sheetOf(BYTES, { columns: 10 }), "tEXt", "Software\0Matplotlib version3.11.2");
    Deno.writeFileSync(`${folder}/x.png`, whole); // drawn pixel by pixel
    assertEquals((await read(`${folder}/x.png`)).pixels, BYTES);
  }));

Deno.test("pictures: dark ink on a transparent background is seen, and right once it is inverted; light ink is right", () =>
  inFolder(async (folder) => {
    const clear = (ink: (level: number) => number, i: number) => {
      const levels = [...BYTES.subarray(i * 784, (i + 1) * 784)];
      const data = Uint8Array.from(levels.flatMap((level) => [ink(level), ink(level), ink(level), level]));
      return encodePngOf({ width: 28, height: 28, channels: 4, data });
    };
    const write = (ink: (level: number) => number) => {
      for (const i of [0, 1]) Deno.writeFileSync(`${folder}/${i}.png`, clear(ink, i));
    };
    write(() => 0);
    const { source } = await read(folder);
    assertEquals(source.warnings?.map(({ code, remedy }) => [code, remedy]), [["transparent", { invert: true }]]);
    const right = await read(folder, { invert: true });
    assertEquals(right.pixels, BYTES.subarray(0, 1568));
    assertEquals(right.source.warnings, []);
    write(() => 255);
    const light = await read(folder);
    assertEquals(light.pixels, BYTES.subarray(0, 1568));
    assertEquals(light.source.warnings, []);
  }));

Deno.test("pictures: files of other kinds, each an image, are refused with the line that stacks them", () =>
  inFolder(async (folder) => {
    for (
      const [ending, stack] of [[".bmp", "PIL.Image.open(name)"], [".npy", "numpy.load(name)"], [".pt", "torch.load"], [
        "",
        "PIL",
      ]]
    ) {
      Deno.mkdirSync(`${folder}/some`);
      for (const name of ["a", "b"]) Deno.writeFileSync(`${folder}/some/${name}${ending}`, new Uint8Array(9));
      const { message } = await assertRejects(() => openImages(`${folder}/some`), DigitFidError);
      assert(message.includes(`but 2 files such as a${ending}: python3 -c`) && message.includes(stack), message);
      assert(message.includes(`glob.glob('${folder}/some/*${ending}')`), message);
      Deno.removeSync(`${folder}/some`, { recursive: true });
    }
  }));

/** Pictures of single images by their names. */
function singles(nameOf: (i: number) => string): [string, Uint8Array][] {
  return Array.from({ length: 60 }, (_, i) => [nameOf(i), png(28, BYTES.subarray(i * 784, (i + 1) * 784))]);
}

const LABELS = Uint8Array.from({ length: 60 }, (_, i) => Math.floor(i / 6));
const IN_CLASSES = singles((i) => `${LABELS[i]}/${String(i).padStart(2, "0")}.PNG`);
const BESIDE: [string, Uint8Array][] = [
  ["._00.png", new Uint8Array(5)],
  ["notes.txt", new Uint8Array(5)],
  ["model.pt", new Uint8Array(5)],
];
const LEFT_OUT = "left out: 2 files such as model.pt, 1 hidden file";

Deno.test("pictures: class folders give the labels; what is left out is counted", () =>
  inFolder(async (folder) => {
    for (const [name, content] of [...IN_CLASSES, ...BESIDE]) {
      Deno.mkdirSync(`${folder}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeFileSync(`${folder}/${name}`, content);
    }
    const { source, pixels } = await read(folder);
    assertEquals([pixels, source.labels], [BYTES, LABELS]);
    assertEquals(source.warnings?.map(({ message }) => message), [`${folder}: ${LEFT_OUT}`]);
    Deno.writeFileSync(`${folder}/x.png`, IN_CLASSES[0][1]);
    await assertRejects(() => openImages(folder), DigitFidError, "and x.png beside them: keep one or the other");
  }));

Deno.test("pictures: an archive of them is as a folder", () =>
  inFolder(async (folder) => {
    for (const packed of [false, true]) {
      const files = [...IN_CLASSES, ...BESIDE].map(([name, content]) => [`digits/${name}`, content] as const);
      const mac: [string, Uint8Array] = ["__MACOSX/digits/0/._00.png", new Uint8Array(9)];
      Deno.writeFileSync(`${folder}/x.zip`, zipOf([["digits/", new Uint8Array(0)], ...files, mac], packed));
      const { source, pixels } = await read(`${folder}/x.zip`);
      assertEquals([pixels, source.labels], [BYTES, LABELS]);
      const message = `${folder}/x.zip: left out: 2 files such as digits/model.pt, 2 hidden files`;
      assertEquals(source.warnings?.map(({ message }) => message), [message]);
    }
    Deno.writeFileSync(`${folder}/x.zip`, zipOf([["a/b.txt", new Uint8Array(9)]]));
    await assertRejects(() => openImages(`${folder}/x.zip`), DigitFidError, "x.zip: no pictures (.png or .jpg)");
  }));

Deno.test("pictures: an archive of several folders is refused, as it holds several sets", () =>
  inFolder(async (folder) => {
    const files = singles((i) => `${i < 30 ? "real" : "fake"}/${i}.png`);
    Deno.writeFileSync(`${folder}/x.zip`, zipOf(files));
    const message = "x.zip: pictures in 2 folders such as real and fake: unpack it, and give one of them";
    await assertRejects(() => openImages(`${folder}/x.zip`), DigitFidError, message);
    Deno.writeFileSync(`${folder}/x.zip`, zipOf([["a.bmp", new Uint8Array(9)], ["b.bmp", new Uint8Array(9)]]));
    await assertRejects(
      () => openImages(`${folder}/x.zip`),
      DigitFidError,
      "a.bmp: unpack it, and give what was in it",
    );
  }));

Deno.test("pictures: of another kind than their names say, the line that reads them is said", () =>
  inFolder(async (folder) => {
    for (const name of ["a", "b"]) {
      Deno.writeFileSync(
        `${folder}/${name}.png`,
        Uint8Array.from("BM12345678", (c) => c.charCodeAt(0)),
      );
    }
    const { message } = await assertRejects(() => openImages(folder), DigitFidError);
    assert(message.startsWith(`${folder}/a.png: neither PNG nor JPEG by its first bytes: python3 -c`), message);
    assert(
      message.includes(`(PIL.Image.open(name)) for name in sorted(glob.glob('${folder}/*.png'))`),
      message,
    );
  }));

Deno.test("pictures: grey as RGB is grey, colours become luma and are counted", () =>
  inFolder(async (folder) => {
    const rgb = (image: number, colour: (level: number) => number[]) => {
      const data = Uint8Array.from([...BYTES.subarray(image * 784, (image + 1) * 784)].flatMap(colour));
      return encodePng({ width: 28, height: 28, channels: 3, data });
    };
    Deno.writeFileSync(`${folder}/a.png`, rgb(0, (level) => [level, level, level]));
    assertEquals((await read(folder)).pixels, BYTES.subarray(0, 784));
    assertEquals((await read(folder)).source.warnings, []);
    Deno.writeFileSync(`${folder}/b.png`, rgb(1, (level) => [level, 0, 255 - level]));
    const { source, pixels } = await read(folder);
    const luma = Uint8Array.from(
      BYTES.subarray(784, 1568),
      (level) => Math.round(0.299 * level + 0.114 * (255 - level)),
    );
    assertEquals(pixels.subarray(784), luma);
    await Array.fromAsync(source.chunks()); // once more, which says nothing twice
    assertEquals(source.warnings?.map(({ code }) => code), ["coloured"]);
    assert(source.warnings?.[0].message.includes(": 1 coloured image: scored by luma"));
  }));

Deno.test("pictures: JPEG is read, with a warning that it blurs", () =>
  inFolder(async (folder) => {
    for (let i = 0; i < 3; i++) {
      const data = new Uint8Array(784 * 4);
      for (const [k, level] of BYTES.subarray(i * 784, (i + 1) * 784).entries()) {
        data.set([level, level, level, 255], 4 * k);
      }
      Deno.writeFileSync(`${folder}/${i}.jpg`, encodeJpeg({ width: 28, height: 28, data }, 95).data);
    }
    const { source, pixels } = await read(folder);
    const off = pixels.map((level, i) => Math.abs(level - BYTES[i]));
    assert(Math.max(...off) < 30 && off.reduce((a, b) => a + b) / off.length < 3);
    assertEquals(source.warnings?.map(({ code }) => code), ["jpeg"]);
  }));

Deno.test("pictures: a folder of other things says which", () =>
  inFolder(async (folder) => {
    Deno.writeFileSync(`${folder}/x.npy`, new Uint8Array(5));
    await assertRejects(() => openImages(folder), DigitFidError, `, but x.npy: give that file, ${folder}/x.npy`);
    Deno.removeSync(`${folder}/x.npy`);
    Deno.mkdirSync(`${folder}/samples`);
    await assertRejects(() => openImages(folder), DigitFidError, ` but a folder samples/: give ${folder}/samples/`);
  }));

Deno.test("pictures: those numbered without zeros in front come in the order of their numbers", () =>
  inFolder(async (folder) => {
    const picture = (i: number) =>
      encodePng({ width: 28, height: 28, channels: 1, data: BYTES.subarray(i * 784, (i + 1) * 784) });
    const names = Array.from({ length: 60 }, (_, i) => `epoch 3 [${i}].png`);
    names.forEach((name, i) => Deno.writeFileSync(`${folder}/${name}`, picture(i)));
    const { pixels } = await read(folder);
    assert(pixels.every((value, i) => value === BYTES[i]));
  }));

Deno.test("pictures: of several folders none is advised, as it would be a part of the set", () =>
  inFolder(async (folder) => {
    for (const name of ["digit_0", "digit_1"]) Deno.mkdirSync(`${folder}/${name}`);
    const message = "in the folder itself, but 2 folders such as digit_0/: put the pictures into one, or into 0 … 9";
    await assertRejects(() => read(folder), DigitFidError, message);
  }));
