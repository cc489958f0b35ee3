/** The WebAssembly module: every kernel, compiled from `assembly/` by `deno task wasm`, as text that any host imports. */
import { decodeBase64 } from "../base64.ts";
import { DigitFidError } from "../errors.ts";
import { MODULE_BASE64 } from "./module_base64.ts";

/** How the module imports its memory, up to the flag that says shared and with a most (3) or only with a most (1). */
const MEMORY_IMPORT = [3, ..."env".split("").map(code), 6, ..."memory".split("").map(code), 2];

/**
 * Compiles the kernels.
 *
 * @param shared whether their memory is to be shared by threads. The kernels use no atomic instructions, so one module
 * serves both kinds of memory: where it is not shared, one bit of the import changes.
 * @throws DigitFidError if the host has no WebAssembly with SIMD
 */
export async function compileModule(shared: boolean): Promise<WebAssembly.Module> {
  const bytes = moduleBytes();
  if (!shared) {
    const at = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, k) => bytes[i + k] === byte));
    bytes[at + MEMORY_IMPORT.length] = 1;
  }
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new DigitFidError("the CPU kernels need WebAssembly with SIMD, which this program does not have", { cause });
  }
}

/** The module as `deno task wasm` built it. */
export function moduleBytes(): Uint8Array<ArrayBuffer> {
  return decodeBase64(MODULE_BASE64);
}

function code(character: string): number {
  return character.charCodeAt(0);
}
