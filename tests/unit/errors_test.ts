/** What errors say, and in whose words. */
import { assertEquals, assertThrows } from "@std/assert";
import { inWords } from "../../cli/remedy.ts";
import { toImages } from "../../lib/data/sources.ts";
import { DigitFidError } from "../../lib/errors.ts";

Deno.test("errors: a remedy becomes the flags that bring it about", () => {
  const words = (remedy: DigitFidError["remedy"]) => inWords(new DigitFidError("it failed: do so", { remedy }));
  assertEquals(words({}), "it failed: do so");
  assertEquals(words({ grid: "10x10" }), "it failed: do so (--grid 10x10)");
  assertEquals(words({ resume: true, force: true }), "it failed: do so (--resume or --force)");
});

Deno.test("errors: the range that is advised takes the pixel that was refused", () => {
  for (const [value, range] of [[200, "byte"], [-0.7, "signed"]] as const) {
    const pixels = new Float32Array(784).fill(value).fill(range === "byte" ? 0 : 1, 400);
    const error = assertThrows(() => toImages(pixels, { range: "unit" }), DigitFidError);
    assertEquals(error.remedy, { range });
    assertEquals(toImages(pixels, { range }).count, 1);
  }
});
