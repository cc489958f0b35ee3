/** `digit-fid export`: the network for other programs. */
import { exists } from "@std/fs";
import { DigitFidError, UsageError } from "../lib/errors.ts";
import { encodeLayersModel } from "../lib/export/layers_model.ts";
import { encodeOnnx } from "../lib/export/onnx.ts";
import { fileError, writeFileAtomic } from "../lib/formats/files.ts";
import { writeFolderAtomic } from "../lib/formats/folders.ts";
import { writeWeights } from "../lib/network/weights_file.ts";
import { identifyWeights } from "../lib/network/load.ts";
import type { Weights } from "../lib/network/weights.ts";
import { confine } from "../cli/confine.ts";
import { type Flag, toggle } from "../cli/flags.ts";
import { NETWORK_FLAGS, networkFiles } from "../cli/inputs.ts";
import { defineTask } from "../cli/task.ts";

const KINDS = ["safetensors", "tfjs", "onnx"] as const;
type Kind = typeof KINDS[number];

/** How each kind is written; the metadata go into the file. */
const WRITERS: Record<Kind, (path: string, weights: Weights, metadata: Record<string, string>) => Promise<void>> = {
  safetensors: writeWeights,
  tfjs: (path, weights, metadata) => writeFolderAtomic(path, encodeLayersModel(weights, metadata)),
  onnx: (path, weights, metadata) => writeFileAtomic(path, encodeOnnx(weights, metadata)),
};

const EXPORT_FLAGS: { to: Flag<Kind | undefined>; out: Flag<string | undefined> } = {
  to: {
    help: "PyTorch's names in a file, a folder for tf.loadLayersModel, or a file for onnxruntime",
    placeholder: KINDS.join("|"),
    expected: KINDS.join(" or "),
    default: undefined,
    read: (text) => KINDS.find((kind) => kind === text),
  },
  out: {
    help: "file to write, or folder with --to tfjs",
    placeholder: "PATH",
    expected: "a path",
    default: undefined,
    read: (text) => text.replace(/\/+$/, "") || undefined,
  },
};

/** The task. */
export const exportNetwork = defineTask({
  name: "export",
  about: "writes a trained network for PyTorch, tfjs or onnxruntime.",
  example: "--to onnx --out digits.onnx",
  flags: { weights: NETWORK_FLAGS.weights, ...EXPORT_FLAGS, force: toggle("replace what is at --out") },
  async run(values, output) {
    const { to, out, force } = values;
    if (to === undefined) throw new UsageError(`--to is missing: give ${KINDS.join(" or ")}`);
    if (out === undefined) throw new UsageError("--out is missing: name what to write");
    await confine({ reads: networkFiles(values), writes: [out] });
    const { identity, ...weights } = await identifyWeights(values.weights);
    if (!force) await checkFree(out);
    const metadata = { project: "digit-fid", network: identity.name, sha256: identity.sha256 };
    await WRITERS[to](out, weights, metadata);
    output.result({ to, out, arch: weights.arch, network: identity.name, sha256: identity.sha256 }, `${out} written`);
  },
});

async function checkFree(path: string): Promise<void> {
  const taken = await exists(path).catch((error) => {
    throw fileError("write", path, error);
  });
  if (taken) throw new DigitFidError(`${path} is there already: replace it with --force`);
}
