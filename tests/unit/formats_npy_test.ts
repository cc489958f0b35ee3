import { assertEquals, assertThrows } from "@std/assert";
import { floatsOfHalves } from "../../lib/formats/float16.ts";
import { encodeNpy, NpyError, parseNpy } from "../../lib/formats/npy.ts";
import { Random } from "../../lib/random.ts";

/** A file of the given version, header and data. */
function file(header: string, data: number[] = [], version = 1): Uint8Array {
  const length = version === 1
    ? [header.length & 255, header.length >> 8]
    : [header.length & 255, header.length >> 8, 0, 0];
  const magic = [0x93, ..."NUMPY"].map((c) => typeof c === "number" ? c : c.charCodeAt(0));
  return Uint8Array.of(...magic, version, 0, ...length, ...new TextEncoder().encode(header), ...data);
}

Deno.test("NPY: the bytes are as NumPy writes them", () => {
  const bytes = encodeNpy([1, 2], Float32Array.of(1.5, -2));
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padEnd(128 - 10 - 1) + "\n";
  assertEquals(bytes, file(header, [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]));
});

Deno.test("NPY: shapes are written as Python tuples, the data aligned to 64 bytes", () => {
  const shapes: [number[], string][] = [[[], "()"], [[3], "(3,)"], [[2, 0, 4], "(2, 0, 4)"], [
    Array(40).fill(1),
    "(1, 1,",
  ]];
  for (const [shape, tuple] of shapes) {
    const count = shape.reduce((product, size) => product * size, 1);
    const bytes = encodeNpy(shape, new Uint8Array(count));
    assertEquals(new TextDecoder("latin1").decode(bytes).includes(`'shape': ${tuple}`), true);
    assertEquals((bytes.length - count) % 64, 0);
    assertEquals(bytes[bytes.length - count - 1], 10);
  }
});

Deno.test("NPY: what is written is read back, bit for bit", () => {
  const random = new Random(3, 0);
  for (const [Elements, dtype] of [[Uint8Array, "|u1"], [Float32Array, "<f4"], [Float64Array, "<f8"]] as const) {
    for (let rank = 0; rank <= 5; rank++) {
      const shape = Array.from({ length: rank }, () => random.below(4));
      const count = shape.reduce((product, size) => product * size, 1);
      const bytes = Uint8Array.from({ length: count * Elements.BYTES_PER_ELEMENT }, () => random.below(256));
      const read = parseNpy(encodeNpy(shape, new Elements(bytes.buffer)), "test");
      assertEquals([read.dtype, read.shape, read.data.constructor], [dtype, shape, Elements]);
      assertEquals(new Uint8Array(read.data.buffer), bytes);
    }
  }
});

Deno.test("NPY: every version, any order of the entries, every element type", () => {
  const header = "{'shape': (2,), 'fortran_order':False, 'descr': '<i2'}\n";
  for (const version of [1, 2, 3]) {
    assertEquals(parseNpy(file(header, [1, 0, 255, 255], version), "test").data, Int16Array.of(1, -1));
  }
  const read = (descr: string, ...data: number[]) =>
    parseNpy(file(`{'descr': '${descr}', 'fortran_order': False, 'shape': (), }`, data), "test").data;
  assertEquals(read("|i1", 254), Int8Array.of(-2));
  assertEquals(read("<u2", 1, 2), Uint16Array.of(513));
  assertEquals(read("<u4", 0, 0, 0, 128), Uint32Array.of(2 ** 31));
  assertEquals(read("<i4", 0, 0, 0, 128), Int32Array.of(-(2 ** 31)));
  assertEquals(read("<i8", 254, 255, 255, 255, 255, 255, 255, 255), Float64Array.of(-2));
  assertEquals(read("<u8", 0, 0, 0, 0, 0, 0, 0, 128), Float64Array.of(2 ** 63));
  assertEquals(read("<f2", 0x00, 0x3e), Float32Array.of(1.5));
  assertEquals(read("|b1", 1), Uint8Array.of(1));
  for (const mark of ["<", ">", "=", "|", ""]) assertEquals(read(`${mark}u1`, 7), Uint8Array.of(7));
  assertEquals(read("=i2", 1, 2), Int16Array.of(513));
  assertEquals(read(">i2", 2, 1), Int16Array.of(513));
  assertEquals(read(">f4", 0x3f, 0xc0, 0, 0), Float32Array.of(1.5));
  assertEquals(read(">f8", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0), Float64Array.of(1.5));
});

Deno.test("NPY: sizes as Python 2 wrote them", () => {
  const bytes = file("{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 1L), }", [1, 2]);
  assertEquals(parseNpy(bytes, "f").shape, [2, 1]);
});

Deno.test("NPY: Fortran order makes no difference to a vector", () => {
  assertEquals(
    parseNpy(file("{'descr':'|u1','fortran_order':True,'shape':(2,)}", [1, 2]), "f").data,
    Uint8Array.of(1, 2),
  );
});

const header = (descr: string, order: string, shape: string) =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

const BAD: [what: string, bytes: Uint8Array, message: string][] = [
  ["no NPY", new Uint8Array(100), "at byte 0: expected an NPY file"],
  [
    "a later version",
    file(header("'<f4'", "False", "()"), [0, 0, 0, 0], 4),
    "at byte 6: expected version 1, 2 or 3, found 4",
  ],
  ["a header length that lies", file("{  }").with(9, 255), "at byte 8: expected a header of 65284 bytes, found 4"],
  ["no dictionary", file("hello, world"), 'found "hello, world"'],
  [
    "a missing entry",
    file("{'descr': '|u1', 'shape': (1,)}", [0]),
    "expected a header with descr, fortran_order and shape",
  ],
  ["an unknown entry", file("{'x': 1, 'descr': '|u1', 'fortran_order': False, 'shape': ()}", [0]), "expected a header"],
  ["fields", file(header("[('a', '<f4')]", "False", "(1,)"), [0]), "fields a: save one of them, such as array['a']"],
  ["objects", file(header("'|O'", "False", "(1,)"), [0]), "element type |O: Python objects: save numpy.stack"],
  ["complex numbers", file(header("'<c8'", "False", "(1,)"), [0]), "element type <c8: complex numbers: save"],
  ["long doubles", file(header("'<f16'", "False", "(1,)"), [0]), "element type <f16: save array.astype('float32')"],
  ["words", file(header("'<U5'", "False", "(1,)"), [0]), "element type <U5: save array.astype('float32')"],
  ["dates", file(header("'<M8[s]'", "False", "(1,)"), [0]), "element type <M8[s]: not numbers"],
  ["Fortran order", file(header("'|u1'", "True", "(1, 1)"), [0]), "save numpy.ascontiguousarray(array)"],
  ["a negative size", file(header("'|u1'", "False", "(-1,)"), [0]), "expected a header"],
  ["sizes without commas", file(header("'|u1'", "False", "(1 1)"), [0]), "expected a header"],
  ["data cut off", file(header("'<f4'", "False", "(2,)"), [0]), "expected 8 bytes of data (2 <f4), found 1"],
  ["trailing bytes", file(header("'|u1'", "False", "()"), [0, 0]), "expected 1 bytes of data (scalar |u1), found 2"],
  ["a shape that lies", file(header("'<f8'", "False", `(${"9999999999, ".repeat(40)})`)), "bytes of data"],
];

for (const [what, bytes, message] of BAD) {
  Deno.test(`NPY: ${what}: refused`, () => {
    const error = assertThrows(() => parseNpy(bytes, "a/file"), NpyError, message);
    assertEquals(error.message.startsWith("a/file: "), true);
  });
}

Deno.test("NPY: floats of 16 bits, all of them, are the engine's own", () => {
  const bits = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const [found, expected] = [floatsOfHalves(bits), new Float32Array(new Float16Array(bits.buffer))];
  assertEquals(found.findIndex((value, i) => !Object.is(value, expected[i])), -1);
});
