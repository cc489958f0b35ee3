/** The same digits as every element type, order, shape and range: each is read as the bytes themselves. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { imagesOfBytes, openImages } from "../../lib/data/image_files.ts";
import type { ImageFileOptions } from "../../lib/data/image_options.ts";
import { readLabels } from "../../lib/data/labels.ts";
import { checkedChunks, toImages } from "../../lib/data/sources.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { encodeNpy } from "../../lib/formats/npy.ts";
import { type Dtype, encodeSafetensors } from "../../lib/formats/safetensors.ts";
import { bytesInMemory } from "../../lib/formats/stored_bytes.ts";
import { encodeIdx } from "../../lib/idx.ts";
import { inFolder } from "../support/folders.ts";
import { digits } from "../support/image_files.ts";
import { zipOf } from "../support/zip_file.ts";

const COUNT = 50;
const { pixels: BYTES } = await digits(COUNT);

/** A .npy file with a header of one's own. */
function npy(descr: string, shape: string, data: ArrayBuffer, order = "False"): Uint8Array<ArrayBuffer> {
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape}), }\n`;
  const start = `\x93NUMPY\x01\0${String.fromCharCode(header.length, 0)}${header}`;
  return Uint8Array.from([...Array.from(start, (c) => c.charCodeAt(0)), ...new Uint8Array(data)]);
}

/** The numbers with the bytes of each reversed. */
function swapped({ buffer }: { buffer: ArrayBuffer }, size: number): ArrayBuffer {
  const bytes = new Uint8Array(buffer.slice(0));
  for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
  return bytes.buffer;
}

function tensor(dtype: Dtype, { buffer }: { buffer: ArrayBuffer }): Uint8Array<ArrayBuffer> {
  return encodeSafetensors(new Map([["images", { dtype, shape: [COUNT, 1, 28, 28], data: new Uint8Array(buffer) }]]));
}

const N = `${COUNT}, 28, 28`;
const unit = Float32Array.from(BYTES, (byte) => byte / 255);
const standardised = Float32Array.from(BYTES, (byte) => (byte / 255 - 0.1307) / 0.3081);
const words = Uint16Array.from(BYTES, (byte) => byte * 257);
const columns = BYTES.map((_, i) =>
  BYTES[i % COUNT * 784 + (Math.floor(i / COUNT) % 28) * 28 + Math.floor(i / COUNT / 28)]
);
const FORMS: Record<string, Uint8Array<ArrayBuffer>> = {
  ...Object.fromEntries(["<u1", ">u1", "=u1", "|u1"].map((descr) => [descr, npy(descr, N, BYTES.buffer)])),
  "shape of Python 2": npy("|u1", `${COUNT}L, 28L, 28L`, BYTES.buffer),
  "int16": npy("<i2", N, Int16Array.from(BYTES).buffer),
  "int64, big-endian": npy(">i8", N, swapped(BigInt64Array.from(BYTES, BigInt), 8)),
  "float32, big-endian": npy(">f4", N, swapped(unit, 4)),
  "float16": npy("<f2", N, Float16Array.from(unit).buffer),
  "float64, -0.5 to 0.5": npy("<f8", N, Float64Array.from(BYTES, (byte) => byte / 255 - 0.5).buffer),
  "float32, standardised": npy("<f4", N, standardised.buffer),
  "float16, standardised": npy("<f2", N, Float16Array.from(standardised).buffer),
  "16 bits": npy("<u2", N, words.buffer),
  "bytes in the upper half of 16 bits": npy("<u2", N, Uint16Array.from(BYTES, (byte) => byte << 8).buffer),
  "Fortran order": npy("|u1", N, columns.buffer, "True"),
  "rows of 784": npy("|u1", `${COUNT}, 784`, BYTES.buffer),
  "three channels, second": npy("|u1", `${COUNT}, 3, 28, 28`, channels((i) => Math.floor(i / 2352) * 784 + i % 784)),
  "three channels, last": npy("|u1", `${COUNT}, 28, 28, 3`, channels((i) => Math.floor(i / 3))),
  "a tensor of bytes": tensor("U8", BYTES),
  "a tensor of float16": tensor("F16", Float16Array.from(BYTES, (byte) => byte / 127.5 - 1)),
  "IDX of float32": encodeIdx({ shape: [COUNT, 28, 28], data: unit }),
  "IDX of float64, -1 to 1": encodeIdx({
    shape: [COUNT, 784],
    data: Float64Array.from(unit, (value) => 2 * value - 1),
  }),
};

function channels(pixelOf: (i: number) => number): ArrayBuffer {
  return Uint8Array.from({ length: 3 * BYTES.length }, (_, i) => BYTES[pixelOf(i)]).buffer;
}

async function read(bytes: Uint8Array<ArrayBuffer>, options?: ImageFileOptions) {
  const source = await imagesOfBytes(bytesInMemory(bytes, "x"), options);
  return { source, chunks: (await Array.fromAsync(checkedChunks(source))).map(({ pixels }) => pixels) };
}

for (const [form, bytes] of Object.entries(FORMS)) {
  Deno.test(`arrays: ${form}: the same bytes`, async () => {
    const { source, chunks } = await read(bytes);
    assertEquals(chunks, [BYTES], source.description);
    assertEquals(source.warnings, []);
  });
}

Deno.test("arrays: numbers in memory are taken as those in files", () => {
  const forms = [
    unit,
    standardised,
    words,
    new Uint8ClampedArray(BYTES),
    Int32Array.from(BYTES),
    Float64Array.from(unit),
  ];
  for (const values of forms) assertEquals(toImages(values).pixels, BYTES);
});

Deno.test("arrays: bfloat16 does not hold bytes, and that is said", async () => {
  const bits = new Uint16Array(unit.buffer).filter((_, i) => i % 2 === 1);
  const { source, chunks: [pixels] } = await read(tensor("BF16", bits));
  assert(pixels instanceof Float32Array && pixels.every((value, i) => Math.abs(value - unit[i]) < 0.005));
  assertEquals(source.warnings?.map(({ code }) => code), ["bfloat16"]);
});

Deno.test("arrays: a little beyond black and white is clipped and said, much is refused", async () => {
  const over = (by: number) => encodeNpy([COUNT, 28, 28], unit.map((value, i) => i % 50 === 0 ? -by : value));
  const { source, chunks: [pixels] } = await read(over(0.1));
  assertEquals(pixels[0], 0);
  const message = "x: 2 % of the values lie beyond black or white, by up to 0.1 of the range: clipped";
  assertEquals(source.warnings, [{ code: "clipped", message }]);
  const refused = await assertRejects(
    () => read(over(0.6), { range: "unit" }),
    DigitFidError,
    "by up to 0.6 of the range",
  );
  assertEquals(refused.remedy, { clip: true });
  const { chunks: [clipped] } = await read(over(0.6), { range: "unit", clip: true });
  assertEquals(clipped, pixels);
  // Where a share is far below black, no other range is made up that it would fit.
  await assertRejects(
    () => read(over(0.6)),
    DigitFidError,
    "values from -0.6 to 1, which are no known black and white",
  );
});

Deno.test("arrays: colours that differ become luma, and are counted", async () => {
  const colours = encodeNpy(
    [COUNT, 28, 28, 3],
    new Uint8Array(channels((i) => Math.floor(i / 3))).map((v, i) => i % 3 ? v : 255 - v),
  );
  const { source, chunks: [pixels] } = await read(colours);
  const level = (byte: number) => (0.299 * (255 - byte) + 0.701 * byte) / 255;
  assert(pixels.every((value, i) => Math.abs(value - level(BYTES[i])) < 1e-6));
  assertEquals(source.warnings?.map(({ code }) => code), ["coloured"]);
});

const STRANGERS: [start: string, message: RegExp][] = [
  ["", /it is empty$/],
  ["\x80\x04\x95", /it is a Python pickle: python3 -c "import numpy, pickle; .*pickle.load\(open\('x', 'rb'\)\)/],
  ["\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20", /it is a PyTorch file: .*torch.load\('x'/],
  ["\x89HDF\r\n\x1a\n", /it is HDF5: .*max\(\(array for array in h5py.File\('x'\).values\(\)/],
  ["GIF89a", /it is a GIF: .*PIL.Image.open\('x'\)/],
  ["RIFF\0\0\0\0WEBPVP8", /it is a WebP picture: .*PIL.Image.open\('x'\).save\('images.png'\)/],
  ["MATLAB 5.0 MAT-file", /it is a MATLAB file: .*scipy.io.loadmat\('x'\).items/],
  ["MATLAB 7.3 MAT-file", /it is a MATLAB file: .*h5py.*\[:\].T\)"$/],
  ["ARROW1\0\0\xff\xff\xff\xff", /it is Arrow: .*read_feather/],
  ["\x20\x03\0\0\0\0\0\0abcd\x0a\x50", /it is a TFRecord: save the images by numpy.save where they are made$/],
  ["cnumpy.core.multiarray\n_reconstruct\n", /it is a Python pickle: /],
  ["\xfd7zXZ\0", /it is packed with xz: unpack it/],
  ["<!DOCTYPE html>\n<html>", /it is a web page: it was probably downloaded in place of the file/],
  ["%PDF-1.4", /it is a PDF/],
  ["[[0, 1", /it is JSON/],
  ["0.5,0.25\n1,2\n", /it is a table of numbers as text: .*numpy.loadtxt\('x', delimiter=','\)\)"$/],
  ["label;a\n1;2\n", /numpy.loadtxt\('x', delimiter=';', skiprows=1\)\)"$/],
  [",0,1,2\n0,5,6,7\n", /numpy.loadtxt\('x', delimiter=',', skiprows=1\)\)"$/], // as pandas has it
  ["0,1,2\n5,6,7\n", /numpy.loadtxt\('x', delimiter=',', skiprows=1\)\)"$/],
  [`${"0,".repeat(784)}5\n`.repeat(3), /numpy.loadtxt\('x', delimiter=','\)\[:, :-1\]\)"$/],
  [`5${",0".repeat(784)}\n`.repeat(3), /numpy.loadtxt\('x', delimiter=','\)\[:, 1:\]\)"$/],
  ["P5\n28 28\n255\n", /it is a PNM picture/],
  ["1 2 3\n4 5 6\n", /numpy.loadtxt\('x'\)\)"$/],
  ["some words", /it is text$/],
  ["\0\0\x05\x07".repeat(392), /no known kind; if it is 2 raw images of 28×28 bytes: .*reshape\(-1, 28, 28\)/],
  ["\0\0\0\x08\x03", /its first bytes are of no known kind$/],
];

Deno.test("arrays: files of other kinds are named for what they are, with what converts them", async () => {
  for (const [start, message] of STRANGERS) {
    const bytes = Uint8Array.from(start, (c) => c.charCodeAt(0));
    const error = await assertRejects(() => read(bytes), DigitFidError);
    assert(message.test(error.message), error.message);
    assert(error.message.startsWith("x: no images that can be read: "), error.message);
  }
});

Deno.test("arrays: an archive is held to its checksums, and names its arrays where there are several", async () => {
  const images = encodeNpy([COUNT, 28, 28], BYTES);
  const archive = zipOf([["arr_0.npy", images]]);
  assertEquals((await read(archive)).chunks, [BYTES]);
  archive[5000] ^= 1; // in a pixel
  await assertRejects(() => read(archive), DigitFidError, "x: arr_0.npy: damaged: its checksum is wrong");
  const halves = [BYTES.slice(0, 25 * 784), BYTES.slice(25 * 784)];
  const parts = zipOf(halves.map((half, i): [string, Uint8Array] => [`arr_${i}.npy`, encodeNpy([25, 28, 28], half)]));
  const joined = `give x#arr_0 (25×28×28) or x#arr_1 (25×28×28), or if they are parts of one set: python3 -c "import ` +
    `numpy; numpy.save('images.npy', numpy.concatenate(list(numpy.load('x').values())))"`;
  await assertRejects(() => read(parts), DigitFidError, joined); // of two sets, the first would be taken for all
  const several = bytesInMemory(
    zipOf([["a.npy", images], ["b.npy", encodeNpy([1, 28, 28], BYTES.slice(0, 784))]]),
    "x",
  );
  const choices = "x: several arrays: give x#a (50×28×28) or x#b (1×28×28)";
  await assertRejects(() => imagesOfBytes(several), DigitFidError, choices);
  assertEquals((await imagesOfBytes(several, {}, "b")).count, 1);
  await assertRejects(() => imagesOfBytes(several, {}, "c"), DigitFidError, "x: no array c: give x#a");
  const single = encodeNpy([28, 28], BYTES.slice(0, 784));
  const singles = zipOf(Array.from({ length: 30 }, (_, i): [string, Uint8Array] => [`image${i}.npy`, single]));
  const stacked = "x: 30 arrays of one image each: python3 -c \"import numpy; numpy.save('images.npy', numpy.stack(";
  await assertRejects(() => read(singles), DigitFidError, stacked);
  const many = zipOf(Array.from({ length: 30 }, (_, i): [string, Uint8Array] => [`set${i}.npy`, images]));
  await assertRejects(() => read(many), DigitFidError, "or x#set7 (50×28×28) or one of 22 others");
  const oneHot = zipOf([["images.npy", images], ["labels.npy", encodeNpy([COUNT, 10], new Uint8Array(COUNT * 10))]]);
  const { source } = await read(oneHot);
  assertEquals(source.labels, undefined);
  const message = "x#labels: 50×10 are no labels, one an image: left out as labels: save labels.argmax(1)";
  assertEquals(source.warnings, [{ code: "left-out", message }]);
});

Deno.test("arrays: labels are those of the same part, y_test beside x_test as Keras names them, or the only ones", async () => {
  const images = encodeNpy([COUNT, 28, 28], BYTES);
  const labels = (digit: number) => encodeNpy([COUNT], new Uint8Array(COUNT).fill(digit));
  const arrays = { x_train: images, y_train: labels(1), x_test: images, y_test: labels(2), labels: labels(3) };
  const file = (...names: (keyof typeof arrays)[]) =>
    bytesInMemory(zipOf(names.map((name): [string, Uint8Array] => [`${name}.npy`, arrays[name]])), "mnist.npz");
  const all = Object.keys(arrays) as (keyof typeof arrays)[];
  const labelOf = async (bytes: ReturnType<typeof file>, name?: string) =>
    (await imagesOfBytes(bytes, {}, name)).labels?.[0];
  assertEquals([await labelOf(file(...all), "x_train"), await labelOf(file(...all), "x_test")], [1, 2]);
  assertEquals([await labelOf(file("x_test", "labels")), await labelOf(file("x_test", "y_train"))], [3, undefined]);
});

Deno.test("arrays: an archive with numbers of 64 bits, as one beyond 4 GB has them, is read", async () => {
  const files = [["a.npy", encodeNpy([3], new Uint8Array(3))], ["b.npy", encodeNpy([COUNT, 28, 28], BYTES)]] as const;
  for (const packed of [false, true]) {
    assertEquals((await read(zipOf(files, packed, { large: true }))).chunks, [BYTES]);
  }
});

Deno.test("arrays: images that were enlarged without smoothing are resized to what they were", async () => {
  const pixels = Uint8Array.from({ length: 4 * BYTES.length }, (_, i) => {
    const [image, y, x] = [Math.floor(i / 3136), Math.floor(i / 56) % 56, i % 56];
    return BYTES[image * 784 + (y >> 1) * 28 + (x >> 1)];
  });
  const { chunks: [large] } = await read(encodeNpy([COUNT, 56, 56], pixels), { resize: true });
  assert(large.length === BYTES.length && large.every((level, i) => level === BYTES[i]));
  const { message } = await assertRejects(() => read(encodeNpy([COUNT, 56, 56], pixels)), DigitFidError);
  const cut = "array.reshape(-1, 2, 28, 2, 28).swapaxes(2, 3).reshape(-1, 28, 28) if it shows 2×2 images";
  assert(message.endsWith(`resize them, or save ${cut}`), message);
});

Deno.test("labels: read from arrays and text, each a digit, one an image", () =>
  inFolder(async (folder) => {
    const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 10);
    const files: Record<string, Uint8Array | string> = {
      "a.npy": encodeNpy([20], Float32Array.from(labels)),
      "b.npy": encodeNpy([20, 1], labels),
      "labels-idx1-ubyte": encodeIdx({ shape: [20], data: labels }),
      "a.txt": labels.join("\n"),
      "a.csv": `${labels.join(", ")}\n`,
      "titled.csv": `label\n${labels.join("\n")}\n`,
      "table.csv": `filename,label\r\n${Array.from(labels, (label, i) => `${i}.png,${label}`).join("\r\n")}\r\n`,
    };
    for (const [name, content] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      Deno.writeFileSync(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
      assertEquals(await readLabels(path, 20), labels, name);
      await assertRejects(
        () => readLabels(path, 19),
        DigitFidError,
        `${path}: expected 19 labels, one an image, found 20`,
      );
    }
    const oneHot = Uint8Array.from({ length: 200 }, (_, i) => Number(i % 10 === labels[Math.floor(i / 10)]));
    for (const [name, content] of [["hot.npy", encodeNpy([20, 10], oneHot)], ["hot.txt", `${oneHot}`]] as const) {
      Deno.writeFileSync(
        `${folder}/${name}`,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
      const message = `${name}: expected 20 labels, one an image, found 200, 10 an image: save labels.argmax(1)`;
      await assertRejects(() => readLabels(`${folder}/${name}`, 20), DigitFidError, message);
    }
    const refused = async (text: string, message: string) => {
      Deno.writeTextFileSync(`${folder}/x`, text);
      await assertRejects(() => readLabels(`${folder}/x`, 2), DigitFidError, message);
    };
    await refused("1 10", "x: label 1 is 10, expected a digit from 0 to 9");
    await refused("1 0.5", "x: label 1 is 0.5");
    await refused("", "x: expected 2 labels, one an image, found 0");
    await refused("a,b\n1,2\n3,4", "or a column label");
    await refused("filename,label\na.png,\nb.png,1", "or a column label");
    await refused("one two", "expected labels as IDX, .npy or text");
  }));

Deno.test("arrays: a file that changes between the look at its values and their reading is refused", () =>
  inFolder(async (folder) => {
    const path = `${folder}/x.npy`;
    Deno.writeFileSync(path, encodeNpy([COUNT, 28, 28], BYTES));
    const source = await openImages(path);
    await new Promise((resolve) => setTimeout(resolve, 10));
    Deno.writeFileSync(path, encodeNpy([COUNT, 28, 28], BYTES.toReversed()));
    const read = () => Array.fromAsync(source.chunks());
    await assertRejects(read, DigitFidError, `${path} changed while it was read: give a finished file`);
    Deno.writeFileSync(path, new Uint8Array(0));
    await assertRejects(read, DigitFidError, "changed while it was read");
  }));

const OTHER_SHAPES: [shape: number[], advice: string][] = [
  [[28, 28, 3], "array[None] if it is one image in colour"], // turned, its channels would be three images
  [[28, 28, 4], "array[None, ..., :3] if it is one image in colour"],
  [[280, 56], "array.reshape(10, 28, 2, 28).swapaxes(1, 2).reshape(-1, 28, 28) if it shows 2×10 images"],
  [[28, 28, 50], "array.transpose(2, 0, 1)"],
  [[5, 2, 3, 28, 28], "array.reshape(-1, 3, 28, 28)"], // without the 3, each image would be three
  [[5, 2, 28, 28, 3], "array.reshape(-1, 28, 28, 3)"],
  [[5, 2, 1, 28, 28], "array.reshape(-1, 1, 28, 28)"],
  [[5, 10, 28, 28], "array.reshape(-1, 28, 28)"],
  [[5, 28, 28, 2], "array[..., 0] if the second channel is opacity"],
  [[50, 2, 28, 28], "array[:, 0] if the second channel is opacity, or array.reshape(-1, 28, 28) if they are pairs"],
  [
    [3, 50, 28, 28],
    "array.transpose(1, 0, 2, 3) if the first dimension is colours, or array.reshape(-1, 28, 28) if it counts images",
  ],
  [[50, 28, 28, 4], "array[..., :3], without the fourth channel, or array[..., 3] if that is the ink"],
  [[50, 4, 28, 28], "array[:, :3], without the fourth channel, or array[:, 3] if that is the ink"],
  [[50, 1, 784], "array.reshape(-1, 28, 28)"],
  [[50, 784, 1, 1], "array.reshape(-1, 28, 28)"],
  [[5, 10, 1024], "array.reshape(-1, 32, 32)"],
  [[50, 28, 28, 1, 1], "array.reshape(-1, 28, 28)"],
  [[28, 1400], "array.reshape(28, -1, 28).swapaxes(0, 1)"],
  [[1400, 28], "array.reshape(-1, 28, 28)"],
  [
    [3, 242, 242],
    "a picture, by PIL.Image.fromarray(array.transpose(1, 2, 0)).save('images.png') of bytes, if it shows many images",
  ],
  [
    [1, 1, 242, 242],
    "a picture, by PIL.Image.fromarray(array[0, 0]).save('images.png') of bytes, if it shows many images",
  ],
  [
    [242, 242, 3],
    "a picture, by PIL.Image.fromarray(array).save('images.png') of bytes, if it shows many images, or save an array of square images",
  ],
  [[1, 28, 28, 50], "array.transpose(0, 3, 1, 2).reshape(-1, 28, 28) if the last dimension counts images"],
];

Deno.test("arrays: of other shapes it is said what makes images of them, an image for each", async () => {
  for (const [shape, advice] of OTHER_SHAPES) {
    const file = encodeNpy(shape, new Uint8Array(shape.reduce((product, size) => product * size)));
    const error = await assertRejects(() => read(file), DigitFidError);
    assert(error.message.endsWith(`: save ${advice}`), error.message);
  }
});

Deno.test("arrays: a name behind # is refused where nothing has names", async () => {
  const file = bytesInMemory(encodeNpy([COUNT, 28, 28], BYTES), "x");
  await assertRejects(
    () => imagesOfBytes(file, {}, "fake"),
    DigitFidError,
    "x: nothing in it has a name, fake included",
  );
});

Deno.test("images: of an array without any, no values are inferred", async () => {
  const { count, description } = await imagesOfBytes(bytesInMemory(npy("|u1", "0, 28, 28", new ArrayBuffer(0)), "x"));
  assertEquals([count, description], [0, "0×28×28 |u1"]);
});
