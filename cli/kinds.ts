/** What files are, as far as it must be known before one is replaced. */
import { join } from "node:path";
import { parametersOf } from "../lib/model.ts";

/** A kind of file, or of folder, that tasks write. */
export interface Kind {
  /** What it is, to follow "no". */
  readonly name: string;
  /** The files in it, if it is a folder; its `model.json` is looked at then. */
  readonly files?: readonly string[];
  /** Whether a file is one, by its first bytes. */
  matches(head: Uint8Array): boolean;
}

/** So much of a file is looked at. */
const HEAD = 2 ** 20;

const text = (head: Uint8Array) => new TextDecoder().decode(head);

/** Whether bytes, of which each stands for a character, come first. */
const startsWith = (head: Uint8Array, bytes: string) => [...bytes].every((byte, i) => head[i] === byte.charCodeAt(0));

/** Pictures and arrays, by the endings of their names. */
const BY_ENDING: Readonly<Record<string, Kind>> = {
  ".png": { name: "PNG picture", matches: (head) => startsWith(head, "\x89PNG") },
  ".svg": { name: "SVG picture", matches: (head) => startsWith(head, "<svg") },
  ".npy": { name: "NumPy array", matches: (head) => startsWith(head, "\x93NUMPY") },
};

/** The kind of a picture or an array of this name. */
export function kindNamed(name: string): Kind {
  return BY_ENDING[name.slice(name.lastIndexOf("."))];
}

/** A page of `report`. */
export const REPORT: Kind = {
  name: "report of digit-fid",
  matches: (head) => text(head).includes("digit-fid report</title>"),
};

/** A page of `page`. */
export const PAGE: Kind = {
  name: "page of digit-fid",
  matches: (head) => text(head).includes("<title>digit-fid: score generated digits</title>"),
};

/** A file of `--save-stats`. */
export const STATISTICS: Kind = {
  name: "file of statistics",
  matches: (head) => tensorNames(head).some((name) => name.endsWith(".covariance")),
};

/** A table of scores. */
export const SCORES: Kind = {
  name: "table of scores",
  matches: (head) => startsWith(head, "fake,fake_sha256,"),
};

/** A table of the images of a set. */
export const EACH_IMAGE: Kind = {
  name: "table of images",
  matches: (head) => startsWith(head, "index,file,digit,"),
};

/** Weights by PyTorch's names. */
export const WEIGHTS: Kind = {
  name: "file of such a network's weights",
  matches(head) {
    const names = tensorNames(head);
    return parametersOf("linear").every(({ name }) => names.includes(name));
  },
};

/** A network for onnxruntime: protobuf, first the version of ONNX (field 1), then who made it (field 2). */
export const ONNX: Kind = {
  name: "ONNX file of digit-fid",
  matches: (head) => startsWith(head, "\x08") && startsWith(head.subarray(2), "\x12\x09digit-fid"),
};

/** A network for `tf.loadLayersModel`. */
export const LAYERS_MODEL: Kind = {
  name: "tfjs model of digit-fid",
  files: ["model.json", "weights.bin"],
  matches: (head) => text(head).includes(`"generatedBy":"digit-fid"`),
};

/** The program in one file: a binary of its own, or a script with all after it. */
export const EXECUTABLE: Kind = {
  name: "executable file",
  matches: (head) => startsWith(head, "\x7fELF") || startsWith(head, "#!"),
};

/** Whether a file, or a folder, is of a kind. */
export async function isOfKind(path: string, kind: Kind): Promise<boolean> {
  const file = await Deno.open(kind.files ? join(path, "model.json") : path).catch(() => undefined);
  if (file === undefined) return false;
  using _ = file;
  const head = new Uint8Array(HEAD);
  let length = 0;
  for (let count; length < HEAD && (count = await file.read(head.subarray(length))) !== null;) length += count;
  return kind.matches(head.subarray(0, length));
}

/** Names of the tensors in a file of safetensors. */
function tensorNames(head: Uint8Array): string[] {
  try {
    const length = new DataView(head.buffer, head.byteOffset, head.length).getUint32(0, true);
    return Object.keys(JSON.parse(text(head.subarray(8, 8 + length))));
  } catch {
    return [];
  }
}
