/**
 * `lower.ts FOLDER …`: rewrites the JavaScript there for engines that know no `using` yet, such as Node 22's, and for
 * hosts without Node's modules, such as browsers. A process with a package of its own, the TypeScript compiler, which
 * nobody else loads.
 */
import { join } from "node:path";

// By a name that is not seen before it is run: the rest of the project is checked without this package.
const name = "typescript";
const { default: ts } = await import(name);

/** What `deno bundle` begins each bundle with, whether anything in it is asked for by `require` or not. */
const REQUIRE = `import { createRequire as __deno_internal_createRequire } from "node:module";
var __require = __deno_internal_createRequire(import.meta.url);`;
const LATE_REQUIRE = "var __require = (name) => process.getBuiltinModule(name);";

const files = Deno.args.flatMap((folder) => Array.from(Deno.readDirSync(folder), ({ name }) => join(folder, name)));
for (const path of files.filter((path) => path.endsWith(".js"))) {
  const text = Deno.readTextFileSync(path).replace(REQUIRE, LATE_REQUIRE);
  Deno.writeTextFileSync(path, text);
  if (!/^\s*(await )?using \w+ = |for \((const|await)? *using /m.test(text)) continue;
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  Deno.writeTextFileSync(path, ts.transpileModule(text, { compilerOptions }).outputText);
}
