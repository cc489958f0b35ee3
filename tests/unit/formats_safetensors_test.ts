import { assertEquals, assertThrows } from "@std/assert";
import {
  type Dtype,
  encodeSafetensors,
  floatTensor,
  parseSafetensors,
  SafetensorsError,
  type Tensor,
  toFloat32,
  toFloat64,
} from "../../lib/formats/safetensors.ts";
import { readFile } from "../../lib/formats/files.ts";
import { Random } from "../../lib/random.ts";

const REFERENCE = new URL("../torch/torch-mlp-init.safetensors", import.meta.url).pathname;

/** A file with the given header and this many bytes of data. */
function file(header: unknown, dataLength = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

Deno.test("safetensors: reads PyTorch's parameters", async () => {
  const { tensors, metadata } = parseSafetensors(await readFile(REFERENCE), REFERENCE);
  assertEquals(metadata.format, "pt");
  assertEquals([...tensors.keys()].slice(0, 3), ["0.weight", "0.bias", "3.weight"]);
  const weight = tensors.get("0.weight")!;
  assertEquals([weight.dtype, ...weight.shape], ["F32", 8, 1, 3, 3]);
  // First and last value as Python's struct module reads them.
  const values = toFloat32(weight);
  assertEquals([values[0], values[71]], [0.04600938409566879, -0.23980848491191864]);
});

Deno.test("safetensors: every type, any shape, survives writing and reading; writing is deterministic", () => {
  const random = new Random(2, 0);
  const sizes: [Dtype, number][] = [["BOOL", 1], ["U8", 1], ["F16", 2], ["BF16", 2], ["I32", 4], ["F32", 4], [
    "I64",
    8,
  ]];
  const tensors = new Map<string, Tensor>();
  for (let i = 0; i < 40; i++) {
    const [dtype, size] = sizes[random.below(sizes.length)];
    const shape = Array.from({ length: random.below(4) }, () => random.below(4));
    const length = shape.reduce((product, n) => product * n, 1) * size;
    const data = Uint8Array.from({ length }, () => random.below(256));
    tensors.set(`${i}:"é\\`, { dtype, shape, data });
  }
  const metadata = { note: 'a "quoted": note', other: "" };
  const bytes = encodeSafetensors(tensors, metadata);
  const read = parseSafetensors(bytes, "test");
  assertEquals(read.metadata, metadata);
  assertEquals(new Map([...read.tensors].sort()), new Map([...tensors].sort()));
  assertEquals(encodeSafetensors(read.tensors, read.metadata), bytes);
});

Deno.test("safetensors: the bytes are as the format says, the header padded to 8 bytes", () => {
  const bytes = encodeSafetensors(new Map([["a", floatTensor([1], Float32Array.of(1.5))]]));
  const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ';
  assertEquals(header.length % 8, 0);
  assertEquals(
    bytes,
    Uint8Array.of(header.length, 0, 0, 0, 0, 0, 0, 0, ...new TextEncoder().encode(header), 0, 0, 192, 63),
  );
});

Deno.test("safetensors: floats of any width are widened", () => {
  const tensor = (dtype: Dtype, ...data: number[]): Tensor => ({ dtype, shape: [2], data: Uint8Array.from(data) });
  assertEquals(toFloat32(tensor("F16", 0x00, 0x3e, 0x01, 0x00)), Float32Array.of(1.5, 2 ** -24));
  assertEquals(toFloat64(tensor("BF16", 0xc0, 0x3f, 0x80, 0xff)), Float64Array.of(1.5, -Infinity));
  assertEquals(toFloat32(floatTensor([1], Float64Array.of(0.1))), Float32Array.of(0.1));
  assertEquals(toFloat64(floatTensor([1], Float64Array.of(0.1))), Float64Array.of(0.1));
  assertThrows(() => toFloat32(tensor("U16", 0, 0, 0, 0)), SafetensorsError, "expected a tensor of floats, found U16");
});

const u8 = (shape: unknown, begin: number, end: number) => ({ dtype: "U8", shape, data_offsets: [begin, end] });
const ONE = JSON.stringify(u8([1], 0, 1));

const BAD: [what: string, bytes: Uint8Array, message: string][] = [
  ["too short", Uint8Array.of(1, 2, 3), "expected an 8-byte header length, found 3 bytes"],
  ["a header length that lies", Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123, 125), "header length 9223372036854775808"],
  ["not UTF-8", Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 123, 255, 125), "the header is not UTF-8"],
  ["a space before the header", file(" {}"), "does not start with {"],
  ["damaged JSON", file('{"a":'), "the header is not a JSON object"],
  ["a name twice", file(`{"a":${ONE},"a":${ONE}}`, 1), "the header has a name twice"],
  [
    "a key twice, once escaped",
    file(`{"a":${ONE.replace("{", '{"dtyp\\u0065":"I8",')}}`, 1),
    "the header has a name twice",
  ],
  ["metadata that is no object", file({ __metadata__: ["a"] }), "__metadata__ is not an object"],
  ["metadata other than text", file({ __metadata__: { a: 1 } }), "the value of a is not a string"],
  ["a missing key", file({ a: { dtype: "U8", shape: [] } }, 1), "tensor a: expected dtype, shape and data_offsets"],
  ["an unknown type", file({ a: { ...u8([1], 0, 1), dtype: "toString" } }, 1), 'tensor a: unknown dtype "toString"'],
  ["a negative size", file({ a: u8([-1], 0, 1) }, 1), "tensor a: the shape is not a list of sizes"],
  ["a fractional size", file({ a: u8([0.5], 0, 1) }, 1), "tensor a: the shape is not a list of sizes"],
  ["one offset", file({ a: { ...u8([1], 0, 1), data_offsets: [1] } }, 1), "tensor a: data_offsets is not a pair"],
  [
    "too few bytes for the shape",
    file({ a: u8([2, 2], 0, 3) }, 3),
    "expected 4 bytes for 2×2 U8, found offsets 0 to 3",
  ],
  ["a product beyond any integer", file({ a: u8(Array(99).fill(2 ** 40), 0, 1) }, 1), "tensor a: expected"],
  ["a hole", file({ a: u8([1], 0, 1), b: u8([1], 2, 3) }, 3), "tensor b: starts at 2, expected 1"],
  ["an overlap", file({ a: u8([2], 0, 2), b: u8([2], 1, 3) }, 3), "tensor b: starts at 1, expected 2"],
  ["data cut off", file({ a: u8([9], 0, 9) }, 5), "the tensors take 9 bytes, the file has 5"],
  ["trailing bytes", file({ a: u8([9], 0, 9) }, 10), "the tensors take 9 bytes, the file has 10"],
];

for (const [what, bytes, message] of BAD) {
  Deno.test(`safetensors: ${what}: refused`, () => {
    const error = assertThrows(() => parseSafetensors(bytes, "a/file"), SafetensorsError, message);
    assertEquals(error.message.startsWith("a/file: "), true);
  });
}

Deno.test("safetensors: colons and braces within names are no members", () => {
  const tensors = new Map([['a:{"\\":', floatTensor([], Float32Array.of(1))]]);
  assertEquals(parseSafetensors(encodeSafetensors(tensors), "test").tensors.size, 1);
});
