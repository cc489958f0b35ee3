/** The notebooks in examples/: their cells run in order, with less to train on, and display what they should. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import { resultOf, startShell } from "../support/cli.ts";
import { codeCells, displaying, substitute } from "../support/notebook.ts";

/** Runs code as Deno's kernel does, from the notebook's folder; text that is displayed comes as lines of JSON. */
const DISPLAY = `
const displayed = async (value: object) => {
  const display = Reflect.get(value, Symbol.for("Jupyter.display"));
  if (display) console.log("displayed " + JSON.stringify(await display.call(value)));
};
`;

Deno.test("notebook: the post's cells run in order, and show figures and a score", async () => {
  const small = { "LIMIT = 60_000": "LIMIT = 4096", "batchSize: 256": "batchSize: 64" };
  const cells = codeCells(checkoutPath("examples/post.ipynb")).map((cell) => displaying(cell, "await displayed"));
  const script = 'cd examples && exec "$DENO" run --ext=ts --allow-read - <<<"$1"';
  const code = substitute([DISPLAY, ...cells].join("\n"), small);
  const { code: status, stdout, stderr } = await resultOf(
    startShell(script, [code], checkoutPath(), { DENO: Deno.execPath() }),
  );
  assertEquals(status, 0, stderr);
  const lines = stdout.trimEnd().split("\n");
  const text = lines.filter((line) => !line.startsWith("displayed ")).join("\n");
  const displayed = lines.filter((line) => line.startsWith("displayed "))
    .map((line): Record<string, string> => JSON.parse(line.slice("displayed ".length)));
  const figures = displayed.flatMap((data) => data["image/svg+xml"] ?? []);
  assertEquals(figures.length, 5);
  for (const svg of figures) assert(/^<svg /.test(svg) && svg.trimEnd().endsWith("</svg>"), svg.slice(0, 200));
  const tables = displayed.flatMap((data) => data["text/html"] ?? []);
  assertEquals(tables.length, 1);
  assertMatch(
    tables[0],
    /^<table><caption>500 images against 10000, by reference-v2 .*<th>FID<\/th><td>\d+\.\d{4}<\/td>/,
  );
  assertMatch(text, /^4096 training images, 10000 test images of 28×28$/m);
  assertMatch(text, /^16554 parameters$/m);
  assert(Number(/^accuracy ([\d.]+) %/m.exec(text)?.[1]) > 40, text);
  const [halves, noise] = [/^FID of the halves ([\d.]+)$/m, /^FID with noise ([\d.]+)$/m].map((pattern) =>
    Number(pattern.exec(text)?.[1])
  );
  assert(halves > 0 && noise > 10 * halves, `${halves} and ${noise}`);
});

/** Runs a Python with NumPy, where there is one, in the notebooks' folder. */
const python = (code: string) =>
  resultOf(startShell('cd examples && PATH=/usr/bin:$PATH exec python3 -c "$1"', [code], checkoutPath()));

const PYTHON_DISPLAY = `
import json

def displayed(value):
    print("displayed " + json.dumps({"text/html": value._repr_html_()}))
`;

const lacksNumpy = (await python("import numpy")).code !== 0;
if (lacksNumpy) console.log("skipped: python3 has no numpy");

Deno.test({
  name: "notebook: the cells in Python score a file, and each epoch of a training",
  ignore: lacksNumpy,
  fn: async () => {
    const cells = codeCells(checkoutPath("examples/score.ipynb")).map((cell) => displaying(cell, "displayed"));
    const { code, stdout, stderr } = await python([PYTHON_DISPLAY, ...cells].join("\n"));
    assertEquals(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    const tables = lines.filter((line) => line.startsWith("displayed "));
    assertEquals(tables.length, 2, stdout);
    assertEquals(tables[0], tables[1]); // batches change nothing, and the last epoch is the best
    assertMatch(
      JSON.parse(tables[0].slice("displayed ".length))["text/html"],
      /<tr><th>FID<\/th><td>[\d.]+<\/td><td>[\d.]+ ± [\d.]+<\/td>/,
    );
    const distances = lines.flatMap((line) => /^epoch \d+: digit distance ([\d.]+)/.exec(line)?.[1] ?? []).map(Number);
    assertEquals(distances.length, 4);
    assert(distances[0] > distances[3], stdout);
    assertEquals(lines.filter((line) => line.startsWith("best")), ["best: epoch 30"]);
  },
});
