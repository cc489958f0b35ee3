/** `deno task wasm`: compiles lib/wasm/assembly/ into lib/wasm/module_base64.ts. For those who change the kernels. */
import asc from "assemblyscript/asc";
import { checkoutPath } from "../lib/checkout.ts";

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
export async function buildModule(): Promise<string> {
  let built = new Uint8Array();
  const { error, stderr } = await asc.main([ENTRY, ...OPTIONS.split(" "), "--outFile", "kernels.wasm"], {
    readFile: (name) => name.endsWith(".ts") ? source(name) : null,
    writeFile: (_name, contents) => {
      built = new Uint8Array(contents as Uint8Array);
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

if (import.meta.main) await Deno.writeTextFile(BUILT, await buildModule());
