/** `digit-fid export`: the network for other programs. */
import { UsageError } from "../lib/errors.ts";
import { encodeLayersModel } from "../lib/export/layers_model.ts";
import { encodeOnnx } from "../lib/export/onnx.ts";
import { writeFileAtomic, type WriteOptions } from "../lib/formats/files.ts";
import { writeFolderAtomic } from "../lib/formats/folders.ts";
import { writeWeights } from "../lib/network/weights_file.ts";
import { identifyWeights } from "../lib/network/load.ts";
import type { Weights } from "../lib/network/weights.ts";
import { confine } from "../cli/confine.ts";
import type { Flag } from "../cli/flags.ts";
import { NETWORK_FLAGS, networkFiles } from "../cli/inputs.ts";
import { type Kind, LAYERS_MODEL, ONNX, WEIGHTS } from "../cli/kinds.ts";
import { checkFile, FORCE_FLAG } from "../cli/results.ts";
import { defineTask } from "../cli/task.ts";

const FORMS = ["safetensors", "tfjs", "onnx"] as const;
type Form = typeof FORMS[number];

/** How each kind is written; the metadata go into the file. */
const WRITERS: Record<Form, Writer> = {
  safetensors: { kind: WEIGHTS, write: writeWeights },
  tfjs: {
    kind: LAYERS_MODEL,
    write: (path, weights, metadata) => writeFolderAtomic(path, encodeLayersModel(weights, metadata)),
  },
  onnx: {
    kind: ONNX,
    write: (path, weights, metadata, options) => writeFileAtomic(path, encodeOnnx(weights, metadata), options),
  },
};

interface Writer {
  readonly kind: Kind;
  write(path: string, weights: Weights, metadata: Record<string, string>, options: WriteOptions): Promise<void>;
}

const EXPORT_FLAGS: { to: Flag<Form | undefined>; out: Flag<string | undefined> } = {
  to: {
    help: "PyTorch's names in a file, a folder for tf.loadLayersModel, or a file for onnxruntime",
    placeholder: FORMS.join("|"),
    expected: FORMS.join(" or "),
    default: undefined,
    read: (text) => FORMS.find((kind) => kind === text),
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
  flags: { weights: NETWORK_FLAGS.weights, ...EXPORT_FLAGS, ...FORCE_FLAG },
  async run(values, output) {
    const { to, out, force } = values;
    if (to === undefined) throw new UsageError(`--to is missing: give ${FORMS.join(" or ")}`);
    if (out === undefined) throw new UsageError("--out is missing: name what to write");
    const { kind, write } = WRITERS[to];
    await checkFile(out, kind, { force, inputs: networkFiles(values) });
    await confine({ reads: networkFiles(values), writes: [out] });
    const { identity, ...weights } = await identifyWeights(values.weights);
    const metadata = { project: "digit-fid", network: identity.name, sha256: identity.sha256 };
    await write(out, weights, metadata, { replace: force });
    output.result({ to, out, arch: weights.arch, network: identity.name, sha256: identity.sha256 }, `${out} written`, {
      saved: true,
    });
  },
});
