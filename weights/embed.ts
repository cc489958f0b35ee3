/**
 * Makes modules of the reference network's files, so that the network comes with the code wherever that is loaded from:
 * a disk, a server of modules, a bundle. To be run whenever the files are new: `deno task embed reference-v2`.
 */
import { answerHelp } from "../cli/developers.ts";
import ownText from "./embed.ts" with { type: "text" };

const HEAD = "// Made by `deno task embed`.\n// deno-fmt-ignore-file\n";

/** The modules of a reference network, by their names in this folder: what `deno task embed` writes. */
export async function modulesOf(name: string): Promise<Map<string, string>> {
  const [weights, statistics, embedding] = await Promise.all(
    [`${name}.safetensors`, `${name}.stats.safetensors`, `${name}.embedding.safetensors`].map((file) =>
      Deno.readFile(fileOf(file))
    ),
  );
  return new Map([
    ["reference.ts", nameModule(name, await sha256(weights))],
    ["reference_weights.ts", base64Module(`The weights of ${name}`, weights)],
    ["reference_embedding.ts", base64Module(`The digit distance's space for ${name}`, embedding)],
    ["reference_statistics.ts", base64Module(`Statistics of MNIST by ${name}`, statistics)],
    ["reference_calibration.ts", calibrationModule(name, await Deno.readTextFile(fileOf(`${name}.calibration.json`)))],
  ]);
}

function nameModule(name: string, hash: string): string {
  return `${HEAD}/** Name and version of the reference network: other weights get another version. */
export const REFERENCE = "${name}";

/** SHA-256 of its file. */
export const REFERENCE_SHA256 = "${hash}";
`;
}

function calibrationModule(name: string, json: string): string {
  return `${HEAD}/** What the scores of ${name} mean: the file of that name. */\nexport default \`\n${json}\`;\n`;
}

function fileOf(name: string): URL {
  return new URL(name, import.meta.url);
}

function base64Module(title: string, bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,120}/g) ?? [];
  return `${HEAD}/** ${title}: the file of that name, as base64. */\nexport default \`\n${lines.join("\n")}\n\`;\n`;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Writes the modules of a reference network. */
export async function writeModules(name: string): Promise<void> {
  for (const [file, text] of await modulesOf(name)) await Deno.writeTextFile(fileOf(file), text);
}

if (import.meta.main) {
  answerHelp(ownText);
  const [name] = Deno.args;
  if (name === undefined) throw new Error("name the reference network: deno task embed reference-v2");
  await writeModules(name);
}
