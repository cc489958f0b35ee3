/** What errors say, in whose words, and that nothing printed steers a terminal. */
import { assertEquals, assertThrows } from "@std/assert";
import { inWords } from "../../cli/remedy.ts";
import { toImages } from "../../lib/data/sources.ts";
import { DigitFidError } from "../../lib/errors.ts";
import { printable, printableJson } from "../../lib/printable.ts";

Deno.test("errors: a remedy becomes the flags that bring it about", () => {
  const words = (remedy: DigitFidError["remedy"]) => inWords(new DigitFidError("it failed: do so", { remedy }));
  assertEquals(words({}), "it failed: do so");
  assertEquals(words({ grid: "10x10" }), "it failed: do so (--grid 10x10)");
  assertEquals(words({ resume: true, force: true }), "it failed: do so (--resume or --force)");
  const error = new DigitFidError("it failed: do so", { remedy: { invert: true, force: true } });
  assertEquals(inWords(error, "fake"), "it failed: do so (--fake-invert or --force)", "of one set alone");
});

Deno.test("errors: the range that is advised takes the pixel that was refused", () => {
  for (const [value, range] of [[200, "byte"], [-1, "signed"]] as const) {
    const pixels = new Float32Array(784).fill(value).fill(range === "byte" ? 0 : 1, 400);
    const error = assertThrows(() => toImages(pixels, { range: "unit" }), DigitFidError);
    assertEquals(error.remedy, { range });
    assertEquals(toImages(pixels, { range }).count, 1);
  }
  const unclear = new Float32Array(784).fill(-0.7).fill(1, 400); // black may be -1, or -0.7
  assertEquals(assertThrows(() => toImages(unclear, { range: "unit" }), DigitFidError).remedy, {});
});

Deno.test("printable: what ends lines, moves the cursor or turns the text is escaped, all else is kept", () => {
  assertEquals(printable("a\nb\r\x1b[31m\x7f\x85"), "a\\x0ab\\x0d\\x1b[31m\\x7f\\x85");
  assertEquals(printable("\u2028\u2029\u202e\u2066\u200f\u061c"), "\\u2028\\u2029\\u202e\\u2066\\u200f\\u061c");
  const kept = "größe – 数字 ١٢٣ 🙂 \\x0a";
  assertEquals(printable(kept), kept);
});

Deno.test("printable: JSON is escaped as JSON, and means the same", () => {
  const value = { "a\u2028": ["\u202e.npy", "\x9b\n"] };
  const text = printableJson(value);
  assertEquals(text, '{"a\\u2028":["\\u202e.npy","\\u009b\\n"]}');
  assertEquals(JSON.parse(text), value);
});
