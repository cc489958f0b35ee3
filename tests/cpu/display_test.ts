/** A score in a notebook is a table; to programs it is the object that it was. */
import { assert, assertEquals } from "@std/assert";
import { limit } from "../../lib/data/images.ts";
import { loadNetwork } from "../../lib/network/load.ts";
import { documentsOf } from "../../lib/scoring/display.ts";
import { score } from "../../lib/scoring/score.ts";
import { Scorer } from "../../lib/scoring/scorer.ts";
import { mnist } from "../support/mnist.ts";

const DISPLAY = Symbol.for("Jupyter.display");

Deno.test("display: a score shows itself as a table in words, and is the same object to JSON, spreading and equality", async () => {
  using loaded = await loadNetwork({ kernels: "cpu" });
  const fake = limit(await mnist("train"), 500);
  await using scorer = await Scorer.create({ network: loaded });
  await scorer.add(fake);
  for (const shown of [await score(fake, { network: loaded }), await scorer.compute()]) {
    const { "text/html": table, "text/plain": text, ...others } = await Reflect.get(shown, DISPLAY)();
    assertEquals(others, {});
    assert(/^ {2}FID +[\d.]+ {3}[\d.]+ ± [\d.]+ +95 % interval/m.test(text), text);
    assert(table.includes(`<tr><th>FID</th><td>${shown.fid.toFixed(4)}</td><td>`), table);
    assert(/<th>FID<\/th><td>[\d.]+<\/td><td>[\d.]+ ± [\d.]+<\/td>/.test(table), table); // what real digits score
    assert(table.includes("as far as real digits with"), table);
    assertEquals(Object.getOwnPropertySymbols({ ...shown }), []);
    assertEquals(JSON.parse(JSON.stringify(shown)), structuredClone(shown));
  }
});

Deno.test("display: names and warnings are text, not HTML", () => {
  const { "text/html": table, "text/plain": text } = documentsOf({
    network: { name: "<b>&", sha256: "0".repeat(64) },
    realImages: 2,
    fakeImages: 2,
    fid: 1,
    asked: { accuracy: 0.25, loss: 2.5, confusion: [] },
    warnings: ["<script>\x1b"],
  });
  assert(table.includes("by &lt;b&gt;&amp; (SHA-256"), table);
  assert(table.includes("<ul><li>&lt;script&gt;\x1b</li></ul>"), table);
  assert(text.endsWith("\nwarning: <script>\\x1b"), text);
  assert(table.includes("<tr><th>asked and seen</th><td>0.2500</td>"), table);
  assert(text.includes("  asked and seen      0.2500   are what was asked for: are the labels in order?\n"), text);
  assert(text.includes("  cross-entropy       2.5000   of what"), text);
  assert(table.includes("<tr><th>KID</th><td>–</td><td></td><td>left out</td></tr>"), table);
});
