import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { decodePng, encodePng, PngError } from "../../lib/formats/png.ts";
import { greyOf } from "../support/image_files.ts";

type Chunk = [type: string, data: ArrayLike<number>];

function chunk([type, data]: Chunk): number[] {
  const body = [...new TextEncoder().encode(type), ...Array.from(data)];
  return [...u32(data.length), ...body, ...u32(crc32(Uint8Array.from(body)))];
}

const u32 = (value: number) => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
const ihdr = (width: number, height: number, depth: number, colourType: number, interlace = 0): Chunk => [
  "IHDR",
  [...u32(width), ...u32(height), depth, colourType, 0, 0, interlace],
];
const idat = (...rows: number[][]): Chunk => ["IDAT", deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])))];
const png = (...chunks: Chunk[]) =>
  Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...chunks.flatMap(chunk), ...chunk(["IEND", []])]);

function assertPixels(bytes: Uint8Array, ...expected: number[]): void {
  const { pixels, width, height } = greyOf(bytes, "test");
  assertEquals([pixels.length, width * height], [expected.length, expected.length]);
  for (const [i, value] of expected.entries()) assertAlmostEquals(pixels[i], value, 1e-6, `pixel ${i}`);
}

Deno.test("PNG: grey of 1, 2, 4, 8 and 16 bits", () => {
  assertPixels(png(ihdr(9, 1, 1, 0), idat([0b10000001, 0b10000000])), 1, 0, 0, 0, 0, 0, 0, 1, 1);
  assertPixels(png(ihdr(3, 2, 2, 0), idat([0b00011000], [0b11000100])), 0, 1 / 3, 2 / 3, 1, 0, 1 / 3);
  assertPixels(png(ihdr(3, 1, 4, 0), idat([0x0f, 0x50])), 0, 1, 1 / 3);
  assertPixels(png(ihdr(2, 2, 8, 0), idat([0, 255], [51, 102])), 0, 1, 0.2, 0.4);
  assertPixels(png(ihdr(2, 1, 16, 0), idat([255, 255, 1, 0])), 1, 256 / 65535);
});

Deno.test("PNG: colours become luma by Rec. 601", () => {
  const rows = idat([255, 0, 0, 0, 255, 0], [0, 0, 255, 255, 255, 255]);
  assertPixels(png(ihdr(2, 2, 8, 2), rows), 0.299, 0.587, 0.114, 1);
  assertPixels(png(ihdr(1, 1, 16, 2), idat([255, 255, 0, 0, 0, 0])), 0.299);
});

Deno.test("PNG: what is transparent shows black", () => {
  assertPixels(png(ihdr(2, 1, 8, 4), idat([255, 51, 255, 0])), 0.2, 0);
  assertPixels(png(ihdr(1, 1, 8, 6), idat([255, 0, 0, 102])), 0.299 * 0.4);
  assertPixels(png(ihdr(2, 1, 8, 0), ["tRNS", [0, 7]], idat([7, 255])), 0, 1);
  assertPixels(
    png(ihdr(3, 1, 8, 2), ["tRNS", [0, 9, 0, 9, 0, 9]], idat([9, 9, 9, 9, 9, 51, 0, 0, 0])),
    0,
    (9 + 0.114 * 42) / 255,
    0,
  );
});

Deno.test("PNG: palettes, of less than 8 bits and with transparency as well", () => {
  const palette: Chunk = ["PLTE", [0, 0, 0, 255, 0, 0, 255, 255, 255]];
  assertPixels(png(ihdr(3, 1, 8, 3), palette, idat([2, 1, 0])), 1, 0.299, 0);
  assertPixels(png(ihdr(3, 1, 2, 3), palette, ["tRNS", [255, 51]], idat([0b01100000])), 0.299 * 0.2, 1, 0);
  assertThrows(() => decodePng(png(ihdr(1, 1, 8, 3), palette, idat([3])), "f"), PngError, "colour 3, which is not in");
});

Deno.test("PNG: interlaced", () => {
  // 2×2 has three passes of Adam7: (0,0), then (1,0), then the second row.
  assertPixels(png(ihdr(2, 2, 8, 0, 1), idat([0], [51], [102, 255])), 0, 0.2, 0.4, 1);
});

Deno.test("PNG: pictures that are written hold the bytes given, and are read back", () => {
  const data = Uint8Array.from({ length: 5 * 3 }, (_, i) => i * 17);
  const bytes = encodePng({ width: 5, height: 3, channels: 1, data });
  assertPixels(bytes, ...Array.from(data, (value) => value / 255));
  const at = new TextDecoder("latin1").decode(bytes).indexOf("IDAT");
  const rows = inflateSync(bytes.subarray(at + 4));
  assertEquals([...rows.subarray(0, 6)], [0, ...data.subarray(0, 5)]);
  const colour = encodePng({ width: 1, height: 1, channels: 3, data: Uint8Array.of(0, 255, 0) });
  assertPixels(colour, 0.587);
});

const GREY = png(ihdr(1, 1, 8, 0), idat([1]));

const BAD: [what: string, bytes: Uint8Array, message: string][] = [
  ["no PNG", new TextEncoder().encode("GIF89a"), "it does not start as a PNG does"],
  ["no header", png(idat([1])), "it has no header"],
  ["no picture", png(ihdr(1, 1, 8, 0)), "unexpected end of file"],
  ["no pixels", png(ihdr(0, 5, 8, 0), idat()), "0×5 pixels are none"],
  ["a header that lies", png(ihdr(2 ** 31, 2 ** 31, 16, 6), idat([1])), "pixels are too many"],
  ["fewer rows than promised", png(ihdr(8000, 8000, 8, 0), idat([1])), "expected 64008000 unpacked bytes, found 2"],
  ["more than promised", png(ihdr(1, 1, 8, 0), ["IDAT", deflateSync(new Uint8Array(5e7))]), "not a readable PNG"],
  ["an unknown colour type", png(ihdr(1, 1, 8, 5), idat([1])), "unknown colour type 5"],
  ["an unknown depth", png(ihdr(1, 1, 3, 0), idat([1])), "invalid bit depth"],
  ["an unknown filter", png(ihdr(1, 1, 8, 0), ["IDAT", deflateSync(Uint8Array.of(9, 1))]), "filter"],
  ["no palette", png(ihdr(1, 1, 8, 3), idat([0])), "not in the palette"],
  ["cut off", GREY.subarray(0, GREY.length - 3), "cut off"],
  ["no end", GREY.subarray(0, GREY.length - 12), "the file is cut off"],
  ["a damaged checksum", GREY.with(29, GREY[29] ^ 1), "CRC"],
  ["damaged data", GREY.with(45, GREY[45] ^ 1), "not a readable PNG"],
];

for (const [what, bytes, message] of BAD) {
  Deno.test(`PNG: ${what}: refused`, () => {
    const error = assertThrows(() => decodePng(bytes, "a/file"), PngError, message);
    assertEquals(error.message.startsWith("a/file: not a readable PNG: "), true);
  });
}

Deno.test("PNG: a profile that would fill the memory is left alone", () => {
  const profile: Chunk = ["iCCP", [65, 0, 0, ...deflateSync(new Uint8Array(5e7))]];
  assertPixels(png(ihdr(1, 1, 8, 0), profile, idat([255])), 1);
});
