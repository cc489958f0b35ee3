// deno-lint-ignore-file no-control-regex -- signatures hold control characters
/** What a file is, by its first bytes: its name says nothing. */
import { pythonJoined, pythonLargest, pythonSave, pythonString } from "./python.ts";
import { rawType } from "./raw.ts";

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
  [/^\x80[\x02-\x05]/, "a Python pickle", convertPickle],
  [/^c(numpy|torch|collections|copy_reg|__builtin__)[\w.]*\n/, "a Python pickle", convertPickle],
  [/^\x89HDF/, "HDF5", (file) => pythonSave(largestOfHdf5(file), "h5py")],
  [/^GIF8/, "a GIF", convertPictures],
  [/^(II\*\0|MM\0\*)/, "a TIFF", convertPictures],
  [/^BM....\0\0\0\0/s, "a BMP picture", savePicture],
  [/^RIFF....WEBP/s, "a WebP picture", savePicture],
  [/^MATLAB 5/, "a MATLAB file", (file) => {
    const arrays = `(array for name, array in scipy.io.loadmat(${file}).items() if not name.startswith('_'))`;
    return pythonSave(pythonLargest(arrays), "scipy.io");
  }],
  [/^MATLAB 7/, "a MATLAB file", (file) => pythonSave(`${largestOfHdf5(file)}.T`, "h5py")],
  [/^ARROW1/, "Arrow", (file) => pythonSave(`pandas.read_feather(${file}).to_numpy()`, "pandas")],
  [/^(?!\0{4}).{4}\0{4}.{4}\x0a/s, "a TFRecord", () => "save the images by numpy.save where they are made"],
  [/^PAR1/, "Parquet", (file) => pythonSave(`pandas.read_parquet(${file}).to_numpy()`, "pandas")],
  [/^\xfd7zXZ\0/, "packed with xz", () => "unpack it with xz -d"],
  [/^BZh/, "packed with bzip2", () => "unpack it with bunzip2"],
  [/^\x28\xb5\x2f\xfd/, "packed with Zstandard", () => "unpack it with zstd -d"],
  [/^7z\xbc\xaf/, "a 7-Zip archive", () => "unpack it"],
  [/^Rar!/, "a RAR archive", () => "unpack it"],
  [TAR, "a tar archive", () => "unpack it with tar xf, and give the folder"],
  [/^P[1-6][\s#]/, "a PNM picture", savePicture],
  [/^%PDF/, "a PDF", () => "give the pictures themselves"],
  [
    /^\s*<(!doctype html|html)/i,
    "a web page",
    () => "it was probably downloaded in place of the file: download it again",
  ],
  [/^\s*<(\?xml|svg)/i, "XML", () => "give the pictures themselves"],
  [/^\s*\{/, "JSON", (file) => {
    const arrays = `map(numpy.array, json.load(open(${file})).values())`;
    return pythonSave(pythonLargest(arrays), "json");
  }],
  [/^\s*\[["\d\s[{-]/, "JSON", (file) => pythonSave(`numpy.array(json.load(open(${file})))`, "json")],
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
  const { type, width } = rawType(head);
  const side = [28, 32].find((side) => size % (width * side ** 2) === 0);
  if (side === undefined) return "its first bytes are of no known kind";
  const raw = pythonSave(`numpy.fromfile(${file}, '${type}').reshape(-1, ${side}, ${side})`);
  const what = type === "uint8" ? "bytes" : `numbers of type ${type}`;
  return `its first bytes are of no known kind; if it is ${
    size / width / side ** 2
  } raw images of ${side}×${side} ${what}: ${raw}`;
}

function convertPickle(file: string): string {
  const among = pythonLargest("loaded.values() if isinstance(loaded, dict) else loaded");
  const chosen = `(lambda loaded: ${among} if isinstance(loaded, (dict, tuple)) else loaded)`;
  return pythonSave(`${chosen}(pickle.load(open(${file}, 'rb')))`, "pickle");
}

function largestOfHdf5(file: string): string {
  return `${pythonLargest(`(array for array in h5py.File(${file}).values() if hasattr(array, 'shape'))`)}[:]`;
}

/**
 * The command that converts what PyTorch saved.
 *
 * @param pickle what describes it in an archive: tells whether it is a tensor, a list of some, a tuple or a dictionary
 */
export function convertTorch(file: string, pickle: Uint8Array = new Uint8Array(0)): string {
  const text = latin1(pickle), isDictionary = /^\x80\x02(\}|ccollections\nOrderedDict)/.test(text);
  if (isDictionary && /(weight|bias)q/.test(text)) {
    return "it holds a network's weights, not images: save images that the network makes";
  }
  if (text.includes("TensorDataset")) {
    return pythonSave(`torch.load(${file}, weights_only=False).tensors[0].detach().float().numpy()`, "torch");
  }
  const isNumpy = /cnumpy/.test(text);
  const loaded = `torch.load(${file}, map_location='cpu'${isNumpy ? ", weights_only=False" : ""})`;
  const tensors = (values: string) =>
    `max((part for part in ${values} if torch.is_tensor(part)), key=lambda part: (part.ndim, part.numel()))`;
  const isTuple = /[t\x85-\x87](q.|r.{4})?\.$/s.test(text);
  if (isNumpy) {
    const array = isDictionary ? pythonLargest(`${loaded}.values()`) : isTuple ? pythonLargest(loaded) : loaded;
    return pythonSave(/^\x80\x02\]/.test(text) ? pythonJoined(loaded, "numpy") : array, "torch");
  }
  const tensor = isDictionary
    ? tensors(`${loaded}.values()`)
    : /^\x80\x02\]/.test(text)
    ? pythonJoined(loaded, "torch")
    : isTuple
    ? tensors(loaded)
    : loaded;
  return pythonSave(`${tensor}.detach().float().numpy()`, "torch");
}

/** The command that stacks the pictures or arrays of a folder, in the order of their names. */
export function convertFolder(folder: string, ending: string): string {
  const files = `sorted(glob.glob(${pythonString(`${folder}/*${ending}`)}))`;
  const stack = (one: string, ...modules: string[]) =>
    pythonSave(pythonJoined(`${one} for name in ${files}`, "numpy"), "glob", ...modules);
  if (ending === ".npy") return stack("numpy.load(name)");
  if (/^\.(pt|pth)$/.test(ending)) {
    return stack("torch.load(name, map_location='cpu').detach().float().numpy()", "torch");
  }
  return stack(pictureOf("PIL.Image.open(name)"), "PIL.Image");
}

function convertPictures(file: string): string {
  const frames = `PIL.ImageSequence.Iterator(PIL.Image.open(${file}))`;
  return pythonSave(`[${pictureOf("frame")} for frame in ${frames}]`, "PIL.Image", "PIL.ImageSequence");
}

/** The levels of a picture: Pillow clips those of 16 bits where it is to convert them. */
function pictureOf(picture: string): string {
  return `(lambda one: numpy.array(one if one.mode.startswith('I') else one.convert('L')))(${picture})`;
}

/** A picture of a kind that holds one, which may show many images: a grid is found in a PNG. */
function savePicture(file: string): string {
  return `python3 -c "import PIL.Image; PIL.Image.open(${file}).save('images.png')"`;
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
  if ([786, 1026].includes(rows[0].length)) return "[:, 2:]"; // a number of the row and a label
  if (![785, 1025].includes(rows[0].length)) return "";
  const isBlack = (column: number) => rows.every((row) => Number(row.at(column)) === 0);
  return isBlack(0) && !isBlack(-1) ? "[:, :-1]" : "[:, 1:]";
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""); // "latin1" of TextDecoder is Windows'
}
