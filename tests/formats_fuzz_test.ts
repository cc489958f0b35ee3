/** Damages valid files in many ways: a parser may take the result or refuse it in words, but nothing else. */
import { assert, assertLess } from "@std/assert";
import { gzipSync } from "node:zlib";
import { FormatError } from "../lib/errors.ts";
import { gunzip } from "../lib/formats/gzip.ts";
import { encodeNpy, parseNpy } from "../lib/formats/npy.ts";
import { decodePng, encodePng } from "../lib/formats/png.ts";
import { encodeSafetensors, floatTensor, parseSafetensors } from "../lib/formats/safetensors.ts";
import { encodeIdx, parseIdx } from "../lib/idx.ts";
import { Random } from "../lib/random.ts";

/** A night has time for 100,000 in all. */
const MUTANTS = Deno.env.get("DIGIT_FID_FULL") === "1" ? 20_000 : 400;

/** Changes bits, overwrites, inserts, removes and repeats stretches, as a few draws decide. */
function mutant(bytes: Uint8Array, random: Random): Uint8Array {
  let result = [...bytes];
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const at = random.below(result.length + 1);
    const length = 1 << random.below(6);
    const stretch = result.slice(at, at + length);
    switch (random.below(6)) {
      case 0:
        result[at] ^= 1 << random.below(8);
        break;
      case 1: // large numbers, small ones and the format's own characters
        result.splice(at, 4, ...[[255, 255, 255, 255], [0, 0, 0, 0], [127, 255, 255, 255]][random.below(3)]);
        break;
      case 2:
        result.splice(at, 0, random.below(256));
        break;
      case 3:
        result.splice(at, length);
        break;
      case 4:
        result.splice(random.below(result.length + 1), 0, ...stretch);
        break;
      case 5:
        result = result.slice(0, at);
    }
  }
  return Uint8Array.from(result);
}

const data = Float32Array.from({ length: 12 }, (_, i) => i / 7);
const tensors = new Map([["a.weight", floatTensor([3, 4], data)], ["b", floatTensor([], Float64Array.of(1))]]);
const PARSERS: Record<string, [valid: Uint8Array, parse: (bytes: Uint8Array) => unknown]> = {
  IDX: [encodeIdx({ shape: [3, 4], data }), (bytes) => parseIdx(bytes, "fuzz")],
  safetensors: [encodeSafetensors(tensors, { note: "x" }), (bytes) => parseSafetensors(bytes, "fuzz")],
  NPY: [encodeNpy([3, 4], data), (bytes) => parseNpy(bytes, "fuzz")],
  PNG: [
    encodePng({ width: 4, height: 3, channels: 3, data: Uint8Array.from({ length: 36 }, (_, i) => i * 7) }),
    (bytes) => decodePng(bytes, "fuzz"),
  ],
  gzip: [new Uint8Array(gzipSync(new Uint8Array(5000).fill(7))), (bytes) => gunzip(bytes, "fuzz", 10_000)],
};

for (const [format, [valid, parse]] of Object.entries(PARSERS)) {
  Deno.test(`${format}: ${MUTANTS} damaged files are taken or refused in words, at once`, () => {
    parse(valid);
    const random = new Random(4, 0);
    let refused = 0;
    for (let i = 0; i < MUTANTS; i++) {
      const bytes = mutant(valid, random);
      const start = performance.now();
      try {
        parse(bytes);
      } catch (error) {
        assert(error instanceof FormatError, `mutant ${i}: ${error}`);
        assert(!error.message.includes("\n"), error.message);
        refused++;
      }
      assertLess(performance.now() - start, 500, `mutant ${i}`);
    }
    assert(refused > MUTANTS / 2, `only ${refused} refused`);
  });
}
