import { assertEquals } from "@std/assert";
import { printable, printableJson } from "../../lib/printable.ts";

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
