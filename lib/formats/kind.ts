// deno-lint-ignore-file no-control-regex -- signatures hold control characters
/** What a file is, by its first bytes: its name says nothing. */
import { pythonSave, pythonString } from "./python.ts";

/** Kinds of files that images are read from. */
export type Kind = "npy" | "png" | "jpeg" | "gzip" | "zip" | "idx" | "safetensors";

/** How many first bytes tell the kind, and what a stranger holds. */
export const HEAD_SIZE = 2 ** 16;

/** The kind of a file, or undefined if it is none that images are read from. */
export function kindOf(head: Uint8Array): Kind | undefined {
  const start = latin1(head.subarray(0, 8));
  if (start.startsWith("\x93NUMPY")) return "npy";
  if (start.startsWith("\x89PNG")) return "png";
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (start.startsWith("\x1f\x8b")) return "gzip";
  if (start.startsWith("PK\x03\x04") || start.startsWith("PK\x05\x06")) return "zip";
  if (/^\0\0[\x08\x09\x0b-\x0e][\x01-\x08]/.test(start)) return "idx";
  // A length of a header below 100 MB, and the header's first brace.
  return /^....\0\0\0\0\{/s.test(latin1(head.subarray(0, 9))) ? "safetensors" : undefined;
}

const TAR = /^.{257}ustar/s;

/** Whether bytes are the beginning of a tar archive. */
export function isTar(head: Uint8Array): boolean {
  return TAR.test(latin1(head.subarray(0, 512)));
}

/** Kinds that are known by their first bytes, what they are, and what to do with a file of that name. */
const STRANGERS: readonly [start: RegExp, what: string, advice: (file: string) => string][] = [
  [/^\x80\x02\x8a\x0a\x6c\xfc\x9c/, "a PyTorch file", convertTorch],
  [/^\x80[\x02-\x05]/, "a Python pickle", (file) => pythonSave(`pickle.load(open(${file}, 'rb'))`, "pickle")],
  [/^\x89HDF/, "HDF5", (file) => pythonSave(`h5py.File(${file})['NAME'][:]`, "h5py")],
  [/^GIF8/, "a GIF", convertPictures],
  [/^(II\*\0|MM\0\*)/, "a TIFF", convertPictures],
  [/^BM....\0\0\0\0/s, "a BMP picture", convertPictures],
  [/^RIFF....WEBP/s, "a WebP picture", convertPictures],
  [/^MATLAB 5/, "a MATLAB file", (file) => pythonSave(`scipy.io.loadmat(${file})['NAME']`, "scipy.io")],
  [/^PAR1/, "Parquet", (file) => pythonSave(`pandas.read_parquet(${file}).to_numpy()`, "pandas")],
  [/^\xfd7zXZ\0/, "packed with xz", () => "unpack it with xz -d"],
  [/^BZh/, "packed with bzip2", () => "unpack it with bunzip2"],
  [/^\x28\xb5\x2f\xfd/, "packed with Zstandard", () => "unpack it with zstd -d"],
  [/^7z\xbc\xaf/, "a 7-Zip archive", () => "unpack it"],
  [/^Rar!/, "a RAR archive", () => "unpack it"],
  [TAR, "a tar archive", () => "unpack it with tar xf, and give the folder"],
  [/^P[1-6][\s#]/, "a PNM picture", convertPictures],
  [/^%PDF/, "a PDF", () => "give the pictures themselves"],
  [
    /^\s*<(!doctype html|html)/i,
    "a web page",
    () => "it was probably downloaded in place of the file: download it again",
  ],
  [/^\s*<(\?xml|svg)/i, "XML", () => "give the pictures themselves"],
  [/^\s*[[{]["\d\s[{-]/, "JSON", (file) => pythonSave(`numpy.array(json.load(open(${file})))`, "json")],
];

/**
 * What a file of no kind that images are read from is, and what makes one of it: the end of a sentence.
 *
 * @param head its first {@linkcode HEAD_SIZE} bytes, or all
 * @param size its length in bytes
 * @param path its name
 */
export function describeStranger(head: Uint8Array, size: number, path: string): string {
  if (size === 0) return "it is empty";
  const text = latin1(head), file = pythonString(path);
  const stranger = STRANGERS.find(([start]) => start.test(text));
  if (stranger) return `it is ${stranger[1]}: ${stranger[2](file)}`;
  if (!/[^\t\r\n\x20-\x7e]/.test(text.replace(/^\xef\xbb\xbf/, ""))) return describeText(text, file);
  const side = [28, 32].find((side) => size % side ** 2 === 0);
  if (side === undefined) return "its first bytes are of no known kind";
  const raw = pythonSave(`numpy.fromfile(${file}, 'uint8').reshape(-1, ${side}, ${side})`);
  return `its first bytes are of no known kind; if it is ${
    size / side ** 2
  } raw images of ${side}×${side} bytes: ${raw}`;
}

/**
 * The command that converts what PyTorch saved.
 *
 * @param pickle what describes it in an archive: tells whether it is a tensor, a list of some, a tuple or a dictionary
 */
export function convertTorch(file: string, pickle: Uint8Array = new Uint8Array(0)): string {
  const text = latin1(pickle), loaded = `torch.load(${file}, map_location='cpu')`;
  const [, name = "NAME"] = /^\x80\x02\}q\0\(X.{4}([A-Za-z_]\w*?)q\x01/s.exec(text) ?? [];
  const tensor = /^\x80\x02\}/.test(text)
    ? `${loaded}['${name}']`
    : /^\x80\x02\]/.test(text)
    ? `torch.stack(list(${loaded}))`
    : /[t\x85-\x87](q.|r.{4})?\.$/s.test(text)
    ? `${loaded}[0]`
    : loaded;
  return pythonSave(`${tensor}.detach().float().numpy()`, "torch");
}

/** The command that stacks the pictures or arrays of a folder, in the order of their names. */
export function convertFolder(folder: string, ending: string): string {
  const files = `sorted(glob.glob(${pythonString(`${folder}/*${ending}`)}))`;
  const stack = (one: string, ...modules: string[]) => pythonSave(`[${one} for name in ${files}]`, "glob", ...modules);
  if (ending === ".npy") return stack("numpy.load(name)");
  if (/^\.(pt|pth)$/.test(ending)) {
    return stack("torch.load(name, map_location='cpu').detach().float().numpy()", "torch");
  }
  return stack("numpy.array(PIL.Image.open(name).convert('L'))", "PIL.Image");
}

function convertPictures(file: string): string {
  const frames = `PIL.ImageSequence.Iterator(PIL.Image.open(${file}))`;
  return pythonSave(`[numpy.array(frame.convert('L')) for frame in ${frames}]`, "PIL.Image", "PIL.ImageSequence");
}

/** A table of numbers, or words. */
function describeText(text: string, file: string): string {
  const [first, second = first, ...others] = text.replace(/^\xef\xbb\xbf/, "").split(/\r?\n/);
  const delimiter = [",", ";", "\t"].find((mark) => second.includes(mark));
  const cells = (line: string) => line.trim().split(delimiter ?? /\s+/).map((cell) => cell.trim());
  const isNumber = (cell: string) => cell !== "" && !Number.isNaN(Number(cell));
  if (!cells(second).every(isNumber)) return "it is text";
  const titles = cells(first).map((cell) => cell.replaceAll('"', ""));
  const areCounted = titles.length > 2 && titles.every((title, i) => title === String(i)); // as pandas does
  const isHeaded = areCounted || !titles.every(isNumber);
  const options = [
    file,
    ...(delimiter ? [`delimiter='${delimiter.replace("\t", "\\t")}'`] : []),
    ...(isHeaded ? ["skiprows=1"] : []),
  ];
  const rows = [...(isHeaded ? [] : [first]), second, ...others.slice(0, -1)].map(cells); // the last may be cut off
  return `it is a table of numbers as text: ${pythonSave(`numpy.loadtxt(${options.join(", ")})${pixelColumns(rows)}`)}`;
}

/** The columns that are pixels, where there is one of labels or numbers more: pixels at a corner are black. */
function pixelColumns(rows: readonly string[][]): string {
  if (![785, 1025].includes(rows[0].length)) return "";
  const isBlack = (column: number) => rows.every((row) => Number(row.at(column)) === 0);
  return isBlack(0) && !isBlack(-1) ? "[:, :-1]" : "[:, 1:]";
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""); // "latin1" of TextDecoder is Windows'
}
