/** `deno task package`: the program and the library as a package for npm, `dist/digit-fid-VERSION.tgz`. */
import { createTarGzip, parseTarGzip } from "nanotar";
import { join } from "node:path";
import { interruption } from "../cli/interrupt.ts";
import { COMMANDS, DIST, Stage } from "../cli/stage.ts";
import config from "../deno.json" with { type: "json" };
import { checkoutPath } from "../lib/checkout.ts";
import { DigitFidError } from "../lib/errors.ts";
import { readFile } from "../lib/formats/files.ts";
import { answerHelp } from "../cli/developers.ts";
import ownText from "./package.ts" with { type: "text" };

answerHelp(ownText);

/** The Deno that the commands run with: exactly the one that they are tested with. */
const DENO = "2.9.6";
/** Files of the checkout that are packed as they are. */
const FILES = [
  "bin/digit-fid.js",
  "bin/end_with_parent.js",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "python/digit_fid.py",
];

/** Where a module of the library is in the package: `./mod.ts` is `./lib/mod.js`. */
const packed = (module: string) => module.replace(/^\.\/(.*)\.ts$/, "./lib/$1.js");
/** Where its types are: those of `./mod.ts` are `./types/mod.d.ts`. */
const typed = (module: string) => module.replace(/^\.\/(.*)\.ts$/, "./types/$1.d.ts");
const modules: readonly string[] = Object.values(config.exports);

/** The package's description, made of deno.json. */
const PACKAGE = {
  name: "digit-fid",
  version: config.version,
  description: "Scores generated MNIST digits by the activations of a small classifier",
  license: config.license,
  keywords: ["mnist", "fid", "kid", "generative-models", "webgpu", "wasm"],
  type: "module",
  bin: { "digit-fid": "bin/digit-fid.js" },
  types: typed(config.exports["."]),
  exports: Object.fromEntries(
    Object.entries(config.exports).map(([name, module]) => [name, { types: typed(module), default: packed(module) }]),
  ),
  engines: { node: ">=20.16" },
  dependencies: { deno: DENO },
};

await using stage = await Stage.create(DIST, interruption());
await stage.bundle(modules);
const lower = [
  "run",
  "--no-prompt",
  "--allow-env",
  "--allow-read",
  "--allow-write=.",
  checkoutPath("tasks/lower/lower.ts"),
];
const refusal = await stage.deno([...lower, ...stage.parts]);
if (refusal) throw new DigitFidError(`making JavaScript for Node failed: ${refusal}`);
await stage.copy("weights");
await stage.copy("data/mnist");

/** The types of the library, which `deno pack` takes from the annotations of its modules. */
async function declarations() {
  const archive = join(stage.folder, "types.tgz");
  const refusal = await stage.deno(
    ["pack", "--allow-dirty", "--quiet", "--no-source-maps", "--output", archive],
    checkoutPath(),
  );
  if (refusal) throw new DigitFidError(`taking the types of the library failed: ${refusal}`);
  const files = await parseTarGzip(await readFile(archive));
  return files.filter(({ name }) => name.endsWith(".d.ts")).map(({ name, text }) => {
    const path = name.replace(/^package/, "types");
    const isEntry = modules.some((module) => typed(module) === `./${path}`);
    const lib = isEntry ? '/// <reference lib="esnext.disposable" />\n' : ""; // so that any target can be compiled to
    return { path, data: new TextEncoder().encode(lib + text.replaceAll(config.name, PACKAGE.name)) };
  });
}

const json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
const files = [
  { path: "package.json", data: json(PACKAGE) },
  { path: "deno.json", data: json({ version: config.version, tasks: COMMANDS }) },
  ...await Promise.all(FILES.map(async (path) => ({ path, data: await readFile(checkoutPath(path)) }))),
  ...await declarations(),
  ...(await stage.files()).filter(({ path }) => !path.endsWith(".ts")),
];
const entries = files.map(({ path, data }) => ({
  name: `package/${path}`,
  data,
  attrs: { mode: path === PACKAGE.bin["digit-fid"] ? "755" : "644" },
}));
const file = join(DIST, `${PACKAGE.name}-${PACKAGE.version}.tgz`);
await Deno.writeFile(file, await createTarGzip(entries, { attrs: { mtime: 0 } }));
console.log(`${file}, ${(Deno.statSync(file).size / 1e6).toFixed()} MB`);
