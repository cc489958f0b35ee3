/** The storeys of the house, held by the imports themselves. */
import { assertEquals } from "@std/assert";
import { join, relative } from "node:path";
import { commentOf } from "../../cli/developers.ts";
import config from "../../deno.json" with { type: "json" };
import { checkoutPath } from "../../lib/checkout.ts";

/** Top to bottom: each part uses only what lies on its own storey or below. A file stands for itself. */
const STOREYS: readonly (readonly string[])[] = [
  ["main.ts", "mod.ts", "entry/"],
  ["tasks/"],
  ["cli/", "bench/"],
  ["lib/serve/", "lib/report/", "lib/export/", "lib/packaging/"],
  ["lib/train.ts", "lib/scoring/", "lib/figures/"],
  ["lib/training/"],
  ["lib/network/"],
  ["lib/fid.ts"],
  ["lib/data/", "lib/metrics/"],
  ["lib/wasm/", "lib/formats/", "lib/idx.ts", "lib/model.ts"],
  [
    "lib/random.ts",
    "lib/errors.ts",
    "lib/option_names.ts",
    "lib/checkout.ts",
    "lib/numerals.ts",
    "lib/printable.ts",
    "lib/together.ts",
    "lib/base64.ts",
    "weights/",
  ],
];

/** Parts of one storey that may use each other in one direction. */
const BESIDE: readonly (readonly [from: string, to: string])[] = [
  ["bench/", "cli/"],
  ["lib/idx.ts", "lib/formats/"],
  ["lib/errors.ts", "lib/printable.ts"],
  ["lib/random.ts", "lib/errors.ts"],
  ["lib/option_names.ts", "lib/errors.ts"],
];

const ROOT = checkoutPath();
const SOURCES = ["main.ts", "mod.ts", ...["entry", "tasks", "cli", "lib", "bench"].flatMap(filesIn)].sort();
const IMPORTS = SOURCES.flatMap((from) => importsOf(from).map((to) => ({ from, to })));

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesIn(`${folder}/${name}`) : name.endsWith(".ts") ? [`${folder}/${name}`] : []
  );
}

/** What a file says besides its documentation, where examples import what they like. */
function textOf(file: string): string {
  return Deno.readTextFileSync(join(ROOT, file)).replaceAll(/^ *\*.*$/gm, "");
}

/** The files of the project that a module imports, types and late imports included; none as mere text. */
function importsOf(file: string): string[] {
  const found = textOf(file).matchAll(/(?:from\s+|import\s+|import\()"(\.[^"]+\.ts)"(?! with \{ type: "text" \})/g);
  return [...found].map(([, path]) => relative(ROOT, join(ROOT, file, "..", path)));
}

function partOf(file: string): string {
  const part = STOREYS.flat().find((part) => file === part || part.endsWith("/") && file.startsWith(part));
  if (part === undefined) throw new Error(`${file} is on no storey: give it a place in this test, or another one`);
  return part;
}

function storeyOf(part: string): number {
  return STOREYS.findIndex((parts) => parts.includes(part));
}

Deno.test("house: every import goes to the same part, or down", () => {
  const wrong = IMPORTS.filter(({ from, to }) => {
    const [above, below] = [partOf(from), partOf(to)];
    if (above === below || storeyOf(above) < storeyOf(below)) return false;
    return !BESIDE.some(([a, b]) => a === above && b === below);
  });
  assertEquals(wrong.map(({ from, to }) => `${from} → ${to}`), []);
});

Deno.test("house: no file imports itself by way of others", () => {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
    else if (!done.has(file)) {
      for (const { to } of IMPORTS.filter(({ from }) => from === file)) visit(to, [...path, file]);
      done.add(file);
    }
  };
  for (const file of SOURCES) visit(file, []);
  assertEquals(cycles, []);
});

Deno.test("house: only the parts whose matter it is touch files, or know a GPU", () => {
  const touchers = /^(main\.ts|tasks\/|cli\/|bench\/|lib\/formats\/|lib\/checkout\.ts)/;
  const touches =
    /"node:fs(\/promises)?"|\bDeno\.(open|read|write|remove|rename|stat|lstat|mkdir|make|copy|chmod|symlink|link|truncate)/;
  const gpu = /^(bench\/|lib\/network\/(webgpu|tfjs)\/)/;
  const knows = /"@tensorflow\/tfjs|\bGPU[A-Z]\w+|navigator\.gpu/;
  const offenders = (allowed: RegExp, pattern: RegExp) =>
    SOURCES.filter((file) => !allowed.test(file) && pattern.test(textOf(file)));
  assertEquals(offenders(touchers, touches), []);
  assertEquals(offenders(gpu, knows), []);
});

Deno.test("house: the library's sentences name no flag", () => {
  const offenders = SOURCES.filter((file) => file.startsWith("lib/") && !file.startsWith("lib/packaging/"))
    .filter((file) => /["'` ]--[a-z]/.test(textOf(file)));
  assertEquals(offenders, []);
});

Deno.test("house: every developers' task answers --help with the comment of its file, which names the task", () => {
  const wrong = Object.entries(config.tasks).filter(([name, task]) => {
    const [, file] = typeof task === "string" && /^deno run .* (\S+\.ts)$/.exec(task) || [];
    if (file === undefined) return false;
    const text = Deno.readTextFileSync(join(ROOT, file));
    return !text.includes("answerHelp(ownText);") || !commentOf(text).includes(`\`deno task ${name}`);
  });
  assertEquals(wrong, []);
});

Deno.test("house: tests lie in one of the tiers, and only tests/cli start the program", () => {
  const tests = filesIn("tests").filter((file) => file.endsWith("_test.ts"));
  assertEquals(tests.filter((file) => !/^tests\/(unit|cpu|gpu|cli)\/[^/]+$/.test(file)), []);
  const starting = tests.filter((file) => importsOf(file).includes("tests/support/cli.ts"));
  assertEquals(starting.filter((file) => !file.startsWith("tests/cli/")), []);
});

Deno.test("house: every example in the sources' documentation is run by the tests", () => {
  const idle = SOURCES.filter((file) =>
    /^ *\* ```\w+ .*(ignore|no-eval)/m.test(Deno.readTextFileSync(join(ROOT, file)))
  );
  assertEquals(idle, []);
});
