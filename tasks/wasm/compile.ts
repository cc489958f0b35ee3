/** The compiler of the kernels: a package of 100 MB, which nothing but the tools of this folder loads. */
import { checkoutPath } from "../../lib/checkout.ts";

// By a name that is not seen before it is run: the rest of the project is checked without this package.
const name = "assemblyscript/asc";
const { default: asc } = await import(name);

/** How AssemblyScript compiles: no runtime, no checks, and a memory that the threads bring along. */
const OPTIONS = "-O3 --noAssert --runtime stub --enable simd,threads --importMemory --sharedMemory --initialMemory 1 " +
  "--maximumMemory 65536 --noExportMemory";

/**
 * Compiles kernels.
 *
 * @param entry the text of a module beside the kernels, which exports some of them
 * @throws Error with the compiler's own words if they do not compile
 */
export async function compile(entry: string): Promise<Uint8Array<ArrayBuffer>> {
  let built = new Uint8Array();
  const { error, stderr } = await asc.main(["entry.ts", ...OPTIONS.split(" "), "--outFile", "kernels.wasm"], {
    readFile: (name: string) => name === "entry.ts" ? entry : name.endsWith(".ts") ? source(name) : null,
    writeFile: (_name: string, contents: Uint8Array) => {
      built = new Uint8Array(contents);
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return built;
}

/**
 * A source, asked for as `name.ts.ts` where it is imported as `./name.ts`, with its comments `// @inline` made
 * decorators, which TypeScript's tools do not allow on functions.
 */
function source(name: string): string | null {
  try {
    const text = Deno.readTextFileSync(checkoutPath(`lib/wasm/assembly/${name.replace(".ts.ts", ".ts")}`));
    return text.replaceAll(/^\/\/ @inline$/gm, "@inline");
  } catch {
    return null; // the compiler tries several names
  }
}
