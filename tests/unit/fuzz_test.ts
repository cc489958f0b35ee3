/**
 * Hostile files: mutants of valid ones, bombs, and headers that lie. A reader may take a file or refuse it in words, at
 * once and within its means; it may do nothing else. `deno task fuzz` tries 220,000 mutants.
 */
import { assert, assertGreater, assertLess } from "@std/assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { crc32, deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { encode as encodeJpeg } from "jpeg-js";
import { imagesOfBytes } from "../../lib/data/image_files.ts";
import { checkedChunks } from "../../lib/data/sources.ts";
import { DigitFidError, FormatError } from "../../lib/errors.ts";
import { decodeJpeg } from "../../lib/formats/jpeg.ts";
import { bytesInMemory } from "../../lib/formats/stored_bytes.ts";
import { openZip } from "../../lib/formats/zip.ts";
import { zipOf } from "../support/zip_file.ts";
import { readIdx } from "../../lib/data/idx_file.ts";
import { encodeNpy, parseNpy } from "../../lib/formats/npy.ts";
import { decodePng, encodePng } from "../../lib/formats/png.ts";
import { encodeSafetensors, floatTensor, parseSafetensors } from "../../lib/formats/safetensors.ts";
import { encodeIdx, parseIdx } from "../../lib/idx.ts";
import { Random } from "../../lib/random.ts";
import { TemporaryFolder } from "../support/folders.ts";

type Reader = (bytes: Uint8Array<ArrayBuffer>) => unknown;

const floats = Float32Array.from({ length: 12 }, (_, i) => i / 7);
const bytes = Uint8Array.from({ length: 36 }, (_, i) => i * 7);
const tensors = new Map([["a.weight", floatTensor([3, 4], floats)], ["b", floatTensor([], Float64Array.of(1))]]);
const idx = encodeIdx({ shape: [3, 4], data: floats });
const digit = Uint8Array.from({ length: 784 }, (_, i) => i % 28 > 14 ? 255 : i % 3);
const jpeg = Uint8Array.from(encodeJpeg({ width: 16, height: 16, data: new Uint8Array(1024).fill(99) }, 50).data);
/**
 * `mend` makes the checksums right again, so that what is behind them is reached; `spread` is how many bytes of memory a
 * byte of the format may honestly take.
 */
const FORMATS: {
  name: string;
  valid: Uint8Array<ArrayBuffer>[];
  read: Reader;
  mend?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  spread?: number;
}[] = [
  { name: "IDX", valid: [idx, encodeIdx({ shape: [36], data: bytes })], read: (bytes) => parseIdx(bytes, "fuzz") },
  { name: "gzip", valid: [packed([], idx)], read: readPackedIdx },
  { name: "packed IDX", valid: [idx], read: readPackedIdx, mend: (bytes) => packed([], bytes) },
  {
    name: "safetensors",
    valid: [encodeSafetensors(tensors, { note: "x" }), encodeSafetensors(tensors)],
    read: (bytes) => parseSafetensors(bytes, "fuzz"),
  },
  {
    name: "NPY",
    valid: [encodeNpy([3, 4], floats), encodeNpy([36], bytes)],
    read: (bytes) => parseNpy(bytes, "fuzz"),
  },
  {
    name: "PNG",
    valid: [
      encodePng({ width: 4, height: 3, channels: 3, data: bytes }),
      encodePng({ width: 6, height: 6, channels: 1, data: bytes }),
    ],
    read: (bytes) => decodePng(bytes, "fuzz"),
    mend: withChecksums,
  },
  {
    name: "ZIP",
    valid: [zipOf([["a.txt", bytes], ["b", bytes]]), zipOf([["a.txt", bytes], ["b", bytes]], true)],
    read: readZip,
  },
  {
    name: "NPZ",
    valid: [encodeNpy([1, 28, 28], digit)],
    read: readImages,
    mend: (npy) => zipOf([["x.npy", npy]], true),
  },
  { name: "packed NPY", valid: [encodeNpy([1, 28, 28], digit)], read: readImages, mend: (npy) => packed([], npy) },
  {
    name: "images in safetensors",
    valid: [encodeSafetensors(new Map([["x", { dtype: "U8", shape: [1, 28, 28], data: digit }]]))],
    read: readImages,
  },
  { name: "JPEG", valid: [jpeg], read: (bytes) => decodeJpeg(bytes, "fuzz"), spread: 512 * 8 },
];

const folder = new TemporaryFolder();
Deno.test.afterAll(() => folder[Symbol.dispose]());

/** Mutants of each format; a night has time for 220,000 in all. */
const MUTANTS = Deno.env.get("DIGIT_FID_FULL") === "1" ? 20_000 : 250;

/** Large numbers, small ones, and what the text headers are made of. */
const NUMBERS = [[255, 255, 255, 255], [0, 0, 0, 0], [127, 255, 255, 255], [0, 1, 0, 0]];
const WORDS = [
  "-1",
  "1e9",
  "0.5",
  "9007199254740993",
  "99999999999999999999",
  "null",
  "{}",
  "[]",
  '""',
  "'",
  "\\",
  ",)",
];

/** Changes bits, overwrites, inserts, removes and repeats stretches, and cuts off, as a few draws decide. */
function mutant(bytes: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let result = [...bytes];
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const at = random.below(result.length + 1);
    const length = 1 << random.below(6);
    const stretch = result.slice(at, at + length);
    const edit = [
      () => result[at] ^= 1 << random.below(8),
      () => result.splice(at, 4, ...NUMBERS[random.below(NUMBERS.length)]),
      () => result.splice(at, random.below(4), ...new TextEncoder().encode(WORDS[random.below(WORDS.length)])),
      () => result.splice(at, 0, random.below(256)),
      () => result.splice(at, length),
      () => result.splice(random.below(result.length + 1), 0, ...stretch),
      () => result = result.slice(0, at),
    ];
    edit[random.below(edit.length)]();
  }
  return Uint8Array.from(result);
}

for (const { name, valid, read, mend, spread = 1 } of FORMATS) {
  Deno.test(`fuzz: ${MUTANTS} mutants of ${name} are read or refused in words, at once and in little memory`, async () => {
    const random = new Random(4, 0);
    let refused = 0;
    for (const bytes of valid) {
      assert(!await isRefused(read, mend?.(bytes) ?? bytes, spread * bytes.length), "valid, but refused");
    }
    for (let i = 0; i < MUTANTS; i++) {
      const damaged = mutant(valid[i % valid.length], random);
      const bytes = mend?.(damaged) ?? damaged;
      if (await isRefused(read, bytes, spread * bytes.length)) refused++;
    }
    assertGreater(refused, MUTANTS / 2);
    assertLess(refused, MUTANTS);
  });
}

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const MEGABYTE = 2 ** 20;
const bomb = new Uint8Array(64 * MEGABYTE);
const HOSTILE: [what: string, file: () => Uint8Array<ArrayBuffer>, read: Reader][] = [
  [
    "safetensors with a type of 2^16 nested lists",
    () => safetensorsOf(`{"a":{"dtype":${"[".repeat(2 ** 16)}${"]".repeat(2 ** 16)},"shape":[],"data_offsets":[0,0]}}`),
    (bytes) => parseSafetensors(bytes, "hostile"),
  ],
  [
    "safetensors with a shape of 2^16 sizes",
    () => safetensorsOf(`{"a":{"dtype":"U8","shape":[${Array(2 ** 16).fill(2)}],"data_offsets":[0,0]}}`),
    (bytes) => parseSafetensors(bytes, "hostile"),
  ],
  ["NPY of a shape without end", () => npyOf(`(${"1 , ".repeat(16000)}`), (bytes) => parseNpy(bytes, "hostile")],
  ["IDX that promises 2^34 floats", () => padded([0, 0, 13, 2, 0, 4, 0, 0, 0, 1, 0, 0]), readPackedIdx],
  ["gzip of 64 MB whose IDX promises 12 bytes", () => packed([0, 0, 8, 1, 0, 0, 0, 12], bomb), readPackedIdx],
  ["gzip of 1 MB whose IDX promises 4 GB", () => packed([0, 0, 8, 1, 255, 255, 255, 255], noise()), readPackedIdx],
  ["NPY that promises 10^12 bytes", () => npyOf("(1000000, 1000000)"), (bytes) => parseNpy(bytes, "hostile")],
  [
    "NPY whose header is the file",
    () => padded([...head("\x93NUMPY\x02\0"), 0, 0, 15, 0]),
    (bytes) => parseNpy(bytes, "x"),
  ],
  ["safetensors whose header is the file", () => headerOf(MEGABYTE - 8), (bytes) => parseSafetensors(bytes, "hostile")],
  ["safetensors whose header is beyond it", () => headerOf(90_000_000), (bytes) => parseSafetensors(bytes, "hostile")],
  [
    "PNG of 28×28 that unpacks to 64 MB",
    () => pngOf(28, [["IDAT", deflateSync(bomb)]]),
    (bytes) => decodePng(bytes, "x"),
  ],
  ["PNG of 8192×8192 with 1 MB", () => pngOf(8192, [["IDAT", deflateSync(noise())]]), (bytes) => decodePng(bytes, "x")],
  ["ZIP of 64 MB whose array promises 784 bytes", () => {
    const npy = encodeNpy([1, 28, 28], digit);
    return zipOf([["x.npy", concatenated(npy, bomb)]], true);
  }, readImages],
  ["ZIP whose file of 64 MB is said to have 784 bytes", () => promising(zipOf([["x", bomb]], true), 784), readZip],
  ["ZIP with a picture that unpacks to 65 MB", () => zipOf([["x.png", concatenated(bomb, noise())]], true), readImages],
  ["ZIP whose files overlap", () => overlapping(zipOf([["a", noise()], ["b", noise()]])), readZip],
  ["ZIP that promises 65535 files", () => {
    const zip = zipOf([["a", bytes]]);
    new DataView(zip.buffer).setUint16(zip.length - 12, 0xffff, true);
    return zip;
  }, readZip],
  ["JPEG of 65535×65535", () => jpegOf(65535, jpeg), (bytes) => decodeJpeg(bytes, "hostile")],
  ["JPEG of 4000×4000 with 700 bytes", () => jpegOf(4000, jpeg), (bytes) => decodeJpeg(bytes, "hostile")],
  ["PNG of 2^31×2^31", () => pngOf(2 ** 31 - 1, [["IDAT", noise()]]), (bytes) => decodePng(bytes, "hostile")],
];

for (const [what, file, read] of HOSTILE) {
  Deno.test(`hostile: ${what}: refused`, async () => {
    // Small bombs may take what a file of 1 MB may.
    assert(await isRefused(read, file(), MEGABYTE));
  });
}

Deno.test("hostile: a text in a PNG that would unpack to 64 MB is not unpacked", async () => {
  const text = concatenated(head("note\0\0"), deflateSync(bomb));
  const pixels = deflateSync(new Uint8Array(28 * 29));
  assert(
    !await isRefused((bytes) => decodePng(bytes, "x"), pngOf(28, [["zTXt", text], ["IDAT", pixels]]), 28 * 28 * 4),
  );
});

Deno.test("hostile: the measure of memory sees a bomb go off", async () => {
  const before = allocated();
  const unpacked = await gunzipSync(gzipSync(new Uint8Array(8 * MEGABYTE)));
  assertGreater(allocated() - before, unpacked.length);
});

/** What reading a file comes to. */
interface Reading {
  readonly refusal?: unknown;
  readonly milliseconds: number;
  /** Bytes allocated. */
  readonly grown: number;
}

async function reading(read: Reader, bytes: Uint8Array<ArrayBuffer>): Promise<Reading> {
  const [start, before] = [performance.now(), allocated()];
  let refusal: unknown;
  try {
    await read(bytes);
  } catch (error) {
    refusal = error;
  }
  return { refusal, milliseconds: performance.now() - start, grown: allocated() - before };
}

/**
 * Reads a file that may be refused, but only by a {@linkcode FormatError} of one line that a screen holds, within a second, and without
 * allocating four times its honest size, what really is in it, and a megabyte that any call may take. What is too much
 * is so each time, but one of three tries may be slow on a busy machine, or come while the streams of the one before are
 * still being closed.
 */
async function isRefused(read: Reader, bytes: Uint8Array<ArrayBuffer>, honest: number): Promise<boolean> {
  const isFair = ({ milliseconds, grown }: Reading) => milliseconds < 1000 && grown < 4 * honest + MEGABYTE;
  let found = await reading(read, bytes);
  for (let again = 0; again < 2 && !isFair(found); again++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage(); // what goes meanwhile would hide what comes
    found = await reading(read, bytes);
  }
  const { refusal, milliseconds, grown } = found;
  const shown = () => `${refusal} (file: ${bytes.subarray(0, 500).toHex()})`;
  assert(isFair(found), `${milliseconds} ms, ${grown} bytes: ${shown()}`);
  if (refusal === undefined) return false;
  assert(refusal instanceof FormatError && /^.{1,1001}$/.test(refusal.message), shown());
  return true;
}

/** Bytes of V8's heap and of array buffers. What a call adds is all that it allocates, unless garbage goes meanwhile. */
function allocated(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Reads IDX, packed or not, as the program does: from a file. */
async function readPackedIdx(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await Deno.writeFile(`${folder.path}/x`, bytes);
  await readIdx(`${folder.path}/x`);
}

/** Reads all files of an archive, and their beginnings. */
async function readZip(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  for (const entry of await openZip(bytesInMemory(bytes, "fuzz"))) {
    await entry.readHead();
    await entry.read();
  }
}

/** Reads images to their end; a refusal of values in place of bytes is one of the format here. */
async function readImages(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    const source = await imagesOfBytes(bytesInMemory(bytes, "fuzz"));
    await Array.fromAsync(checkedChunks(source));
  } catch (error) {
    throw error instanceof DigitFidError ? new FormatError(error.message) : error;
  }
}

/** An archive of one file, which is said to be as long as this. */
function promising(zip: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(zip.buffer), directory = view.getUint32(zip.length - 6, true);
  view.setUint32(directory + 24, size, true);
  return zip;
}

/** An archive of two files, the second of which is said to be where the first is, and as long as all. */
function overlapping(zip: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(zip.buffer), directory = view.getUint32(zip.length - 6, true);
  const second = directory + 47;
  view.setUint32(second + 20, zip.length - 100, true);
  view.setUint32(second + 42, 0, true);
  return zip;
}

/** A JPEG that says to be of another size. */
function jpegOf(side: number, valid: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(valid), frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === 0xc0);
  new DataView(bytes.buffer).setUint16(frame + 5, side);
  new DataView(bytes.buffer).setUint16(frame + 7, side);
  return bytes;
}

function head(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Bytes that do not pack. */
function noise(): Uint8Array<ArrayBuffer> {
  const random = new Random(1, 0);
  return Uint8Array.from({ length: MEGABYTE }, () => random.below(256));
}

/** A file of 1 MB. */
function padded(start: ArrayLike<number>): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(MEGABYTE);
  file.set(start);
  return file;
}

function packed(start: readonly number[], rest: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(concatenated(Uint8Array.from(start), rest)));
}

function npyOf(shape: string): Uint8Array<ArrayBuffer> {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }\n`;
  return padded(
    concatenated(head("\x93NUMPY\x01\0"), Uint8Array.of(header.length % 256, header.length >> 8), head(header)),
  );
}

function safetensorsOf(header: string): Uint8Array<ArrayBuffer> {
  const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
  return concatenated(length, head(header));
}

function headerOf(length: number): Uint8Array<ArrayBuffer> {
  const file = padded([]).fill(0x20);
  new DataView(file.buffer).setBigUint64(0, BigInt(length), true);
  file[8] = 0x7b;
  return file;
}

/** A grey PNG of the given side, with its chunks. */
function pngOf(side: number, chunks: [type: string, data: Uint8Array][]): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  header[8] = 8;
  const all: typeof chunks = [["IHDR", header], ...chunks, ["IEND", new Uint8Array(0)]];
  return concatenated(head("\x89PNG\r\n\x1a\n"), ...all.map(([type, data]) => chunkOf(type, data)));
}

/** A PNG with the checksums that its chunks should have, as far as there are chunks. */
function withChecksums(png: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(png.buffer);
  for (let start = 8, end; start + 12 <= png.length; start = end) {
    end = start + 12 + view.getUint32(start);
    if (end > png.length) break;
    view.setUint32(end - 4, crc32(png.subarray(start + 4, end - 4)));
  }
  return png;
}

function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const chunk = concatenated(new Uint8Array(4), head(type), data, new Uint8Array(4));
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  view.setUint32(chunk.length - 4, crc32(chunk.subarray(4, -4)));
  return chunk;
}

function concatenated(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) whole.set(part, (offset += part.length) - part.length);
  return whole;
}
