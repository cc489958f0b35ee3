import { assertEquals, assertThrows } from "@std/assert";
import { encodeIdx, type IdxArray, IdxError, parseIdx } from "../../lib/idx.ts";
import { Random } from "../../lib/random.ts";

const TYPES = [Uint8Array, Int8Array, Int16Array, Int32Array, Float32Array, Float64Array];

Deno.test("IDX: every type and rank survives writing and reading, bit for bit", () => {
  const random = new Random(1, 0);
  for (const Elements of TYPES) {
    for (let rank = 0; rank <= 6; rank++) {
      const shape = Array.from({ length: rank }, () => random.below(4));
      const count = shape.reduce((product, size) => product * size, 1);
      const bytes = Uint8Array.from({ length: count * Elements.BYTES_PER_ELEMENT }, () => random.below(256));
      const array: IdxArray = { shape, data: new Elements(bytes.buffer) };
      const read = parseIdx(encodeIdx(array), "test");
      assertEquals(read.shape, shape);
      assertEquals(read.data.constructor, Elements);
      const { buffer, byteOffset, byteLength } = read.data;
      assertEquals(new Uint8Array(buffer, byteOffset, byteLength), bytes); // bytes, so that NaNs count
    }
  }
});

Deno.test("IDX: the bytes are as the format says", () => {
  const matrix = { shape: [2, 1], data: Int16Array.of(1, -2) };
  assertEquals(encodeIdx(matrix), Uint8Array.of(0, 0, 0x0b, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 1, 0xff, 0xfe));
  const float = Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 1, 0x3f, 0xc0, 0, 0);
  assertEquals(parseIdx(float, "test"), { shape: [1], data: Float32Array.of(1.5) });
  const scalar = Uint8Array.of(0, 0, 0x0e, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0);
  assertEquals(parseIdx(scalar, "test"), { shape: [], data: Float64Array.of(-2) });
});

Deno.test("IDX: a part of a larger buffer is read and written as well", () => {
  const large = new Uint8Array(40);
  large.set(encodeIdx({ shape: [2], data: Float32Array.of(0, 1, 2, 3).subarray(1, 3) }), 7);
  assertEquals(parseIdx(large.subarray(7, 7 + 16), "test").data, Float32Array.of(1, 2));
});

const BAD: [what: string, bytes: number[], offset: number, message: string][] = [
  ["no bytes", [], 0, "expected a 4-byte IDX magic number, found 0 bytes"],
  ["wrong magic number", [0x89, 0x50, 8, 1], 0, "found 0x89500801"],
  ["unknown type", [0, 0, 0x0a, 1], 2, "expected an element type (0x08 0x09 0x0b 0x0c 0x0d 0x0e), found 0x0a"],
  ["header cut off", [0, 0, 8, 2, 0, 0, 0, 1, 0], 9, "expected a 12-byte header of rank 2, found only 9 bytes"],
  ["data cut off", [0, 0, 0x0b, 1, 0, 0, 0, 2, 1, 2, 3], 11, "expected 12 bytes (2 int16), found only 11"],
  ["trailing bytes", [0, 0, 8, 1, 0, 0, 0, 1, 1, 2, 3], 9, "expected the end of the file, found 2 trailing bytes"],
  ["a size that lies", [0, 0, 8, 1, 255, 255, 255, 255], 8, "expected 4294967303 bytes (4294967295 uint8)"],
  ["a product beyond any integer", [0, 0, 14, 255, ...Array(1020).fill(255)], 1024, "the file is cut off"],
];

for (const [what, bytes, offset, message] of BAD) {
  Deno.test(`IDX: ${what}: refused`, () => {
    const error = assertThrows(() => parseIdx(Uint8Array.from(bytes), "a/file"), IdxError, message);
    assertEquals(error.offset, offset);
    assertEquals(error.message, `a/file: at byte ${offset}: expected ${error.expected}, found ${error.found}`);
  });
}

Deno.test("IDX: a shape that does not fit the elements is not written", () => {
  assertThrows(() => encodeIdx({ shape: [2, 2], data: new Uint8Array(3) }), RangeError, "shape 2×2");
});
