/**
 * `deno task wasm`: compiles lib/wasm/assembly/ into lib/wasm/module_base64.ts, or the file named. For those who change the
 * kernels.
 */
import { checkoutPath } from "../../lib/checkout.ts";
import { compile } from "./compile.ts";
import { answerHelp } from "../../cli/developers.ts";
import ownText from "./build.ts" with { type: "text" };

answerHelp(ownText);

const bytes = await compile(await Deno.readTextFile(checkoutPath("lib/wasm/assembly/kernels.ts")));
const text =
  `/** The compiled kernels: made by \`deno task wasm\`, not by hand. */\nexport const MODULE_BASE64 =\n  "${bytes.toBase64()}";\n`;
await Deno.writeTextFile(Deno.args[0] ?? checkoutPath("lib/wasm/module_base64.ts"), text);
