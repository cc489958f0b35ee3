/**
 * `deno task wasm`: compiles lib/wasm/assembly/ into lib/wasm/module_base64.ts, or the file named. For those who change the
 * kernels: a process with packages of its own, 100 MB of compiler, which nobody else loads.
 */
import { checkoutPath } from "../../lib/checkout.ts";

// By a name that is not seen before it is run: the rest of the project is checked without this package.
const name = "assemblyscript/asc";
const { default: asc } = await import(name);

/** Where the kernels are, and the one file that says which are exported. */
const SOURCES = checkoutPath("lib/wasm/assembly");
const ENTRY = "kernels.ts";
/** The file that is made. */
const BUILT = checkoutPath("lib/wasm/module_base64.ts");

/** How AssemblyScript compiles: no runtime, no checks, and a memory that the threads bring along. */
const OPTIONS = "-O3 --noAssert --runtime stub --enable simd,threads --importMemory --sharedMemory --initialMemory 1 " +
  "--maximumMemory 65536 --noExportMemory";

/**
 * Compiles the kernels.
 *
 * @returns the text of `lib/wasm/module_base64.ts`
 */
async function buildModule(): Promise<string> {
  let built = new Uint8Array();
  const { error, stderr } = await asc.main([ENTRY, ...OPTIONS.split(" "), "--outFile", "kernels.wasm"], {
    readFile: (name: string) => name.endsWith(".ts") ? source(name) : null,
    writeFile: (_name: string, contents: Uint8Array) => {
      built = new Uint8Array(contents);
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return `/** The compiled kernels: made by \`deno task wasm\`, not by hand. */\nexport const MODULE_BASE64 =\n  "${built.toBase64()}";\n`;
}

/**
 * A source, asked for as `name.ts.ts` where it is imported as `./name.ts`, with its comments `// @inline` made
 * decorators, which TypeScript's tools do not allow on functions.
 */
function source(name: string): string | null {
  try {
    return Deno.readTextFileSync(`${SOURCES}/${name.replace(".ts.ts", ".ts")}`).replaceAll(
      /^\/\/ @inline$/gm,
      "@inline",
    );
  } catch {
    return null; // the compiler tries several names
  }
}

await Deno.writeTextFile(Deno.args[0] ?? BUILT, await buildModule());
