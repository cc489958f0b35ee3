/** Images in files and folders, whose kind is recognised by the content. */
import { DigitFidError, FormatError } from "../errors.ts";
import { describePath } from "../formats/files.ts";
import { gunzip, gunzipHead } from "../formats/gzip.ts";
import { convertTorch, describeStranger, HEAD_SIZE, isTar, type Kind, kindOf } from "../formats/kind.ts";
import { parseNpyHeader } from "../formats/npy.ts";
import { npzArrays } from "../formats/npz.ts";
import { pythonString } from "../formats/python.ts";
import { openNpy } from "../formats/stored_array.ts";
import { bytesInMemory, openBytes, readAll, readHead, type StoredBytes } from "../formats/stored_bytes.ts";
import { openZip, type ZipEntry } from "../formats/zip.ts";
import { parseIdxHeader } from "../idx.ts";
import { checkOptionNames } from "../option_names.ts";
import { imagesOfArray } from "./array_images.ts";
import { IMAGE_FILE_OPTIONS, type ImageFileOptions } from "./image_options.ts";
import { openIdx } from "./idx_file.ts";
import { chooseArrays, type NamedArray } from "./named_arrays.ts";
import { picturesInFolder, picturesInZip } from "./picture_files.ts";
import { imagesOfPictures } from "./picture_images.ts";
import type { ImageSource } from "./sources.ts";
import { tensorArrays } from "./tensor_arrays.ts";

/**
 * Opens the images in a file or a folder: IDX, NPY, either of them packed with gzip, an array in NPZ or safetensors
 * (`FILE#NAME` where there are several), a PNG or JPEG that shows many images, or a folder or ZIP of pictures.
 *
 * An array's values are looked through once to learn what black and white are, and a file that changes until it was
 * read to its end is refused. NPY files and folders are read a chunk at a time, the others whole.
 *
 * @throws FormatError if the content is of no known kind, breaks its format's rules, or holds no such images
 * @throws DigitFidError if the path cannot be read, or an option is unknown
 */
export async function openImages(path: string, options: ImageFileOptions = {}): Promise<ImageSource> {
  checkOptionNames(options, IMAGE_FILE_OPTIONS, "openImages");
  const { file, name } = await locate(path);
  if ((await describePath(file)).isFolder) {
    const { files, leftOut } = await picturesInFolder(file);
    return await imagesOfPictures(file, files, leftOut, options);
  }
  return await imagesOfBytes(await openBytes(file), options, name);
}

/**
 * Takes the bytes of a file as images.
 *
 * @param name of the array among several
 * @throws DigitFidError as {@linkcode openImages}
 */
export async function imagesOfBytes(
  bytes: StoredBytes,
  options: ImageFileOptions = {},
  name?: string,
): Promise<ImageSource> {
  try {
    const source = await imagesOf(bytes, options, name);
    return {
      ...source,
      async *chunks() {
        try {
          yield* source.chunks();
        } finally {
          await bytes.settle();
        }
      },
    };
  } finally {
    await bytes.settle();
  }
}

/** A path as it stands if there is such a file, otherwise the file and the name behind its last `#`. */
async function locate(path: string): Promise<{ file: string; name?: string }> {
  const [, file, name] = /^(.+)#([^#]+)$/s.exec(path) ?? [];
  if (file === undefined) return { file: path };
  return await describePath(path).then(() => ({ file: path }), () => ({ file, name }));
}

async function imagesOf(bytes: StoredBytes, options: ImageFileOptions, name?: string): Promise<ImageSource> {
  const head = await readHead(bytes, HEAD_SIZE);
  const kind = kindOf(head);
  if (kind === undefined) {
    const found = describeStranger(head, bytes.size, bytes.name);
    throw new FormatError(`${bytes.name}: no images that can be read: ${found}`);
  }
  if (name !== undefined && !NAMING.has(kind)) {
    throw new FormatError(`${bytes.name}: nothing in it has a name, ${name} included: give ${bytes.name}`);
  }
  return await READERS[kind](bytes, options, name);
}

/** Kinds of files with several arrays, which have names. */
const NAMING: ReadonlySet<Kind> = new Set(["zip", "safetensors", "gzip"]);

type Reader = (bytes: StoredBytes, options: ImageFileOptions, name?: string) => Promise<ImageSource>;

const READERS: Record<Kind, Reader> = {
  npy: async (bytes, options) => await imagesOfArray(await openNpy(bytes), options),
  idx: async (bytes, options) => await imagesOfArray(openIdx(await readAll(bytes), bytes.name), options),
  gzip: async (bytes, options, name) => await imagesOf(await unpacked(bytes), options, name),
  png: imagesOfPicture,
  jpeg: imagesOfPicture,
  safetensors: async (bytes, options, name) =>
    await imagesAmong(tensorArrays(await readAll(bytes), bytes.name), bytes.name, "safetensors.numpy.load_file", {
      options,
      name,
    }),
  zip: imagesInZip,
};

async function imagesOfPicture(bytes: StoredBytes, options: ImageFileOptions): Promise<ImageSource> {
  return await imagesOfPictures(bytes.name, [{ name: bytes.name, read: () => readAll(bytes) }], [], options);
}

async function imagesInZip(bytes: StoredBytes, options: ImageFileOptions, name?: string): Promise<ImageSource> {
  const entries = await openZip(bytes);
  const pickle = entries.find((entry) => /(^|\/)data\.pkl$/.test(entry.name));
  if (pickle !== undefined) {
    const conversion = convertTorch(pythonString(bytes.name), await wholeOrHead(pickle));
    throw new FormatError(`${bytes.name}: no images that can be read: it is a PyTorch file: ${conversion}`);
  }
  const arrays = await npzArrays(entries, bytes.name);
  if (arrays.length > 0) return await imagesAmong(arrays, bytes.name, "numpy.load", { options, name });
  const { files, leftOut } = picturesInZip(entries, bytes.name);
  return await imagesOfPictures(bytes.name, files, leftOut, options);
}

/** An entry, if it is of a usual length: it tells nothing where it is long. */
async function wholeOrHead(entry: ZipEntry): Promise<Uint8Array> {
  return entry.size < 2 ** 20 ? await entry.read() : await entry.readHead();
}

async function imagesAmong(
  arrays: readonly NamedArray[],
  file: string,
  loader: Parameters<typeof chooseArrays>[2],
  { options, name }: { readonly options: ImageFileOptions; readonly name?: string },
): Promise<ImageSource> {
  const { images, labels, warnings } = await chooseArrays(arrays, file, loader, name);
  const source = await imagesOfArray(images, options);
  source.warnings.push(...warnings);
  return { ...source, ...(labels && { labels }) };
}

/** Unpacks NPY or IDX, no further than its own header promises. */
async function unpacked(bytes: StoredBytes): Promise<StoredBytes> {
  const packed = await readAll(bytes), { name } = bytes;
  const head = gunzipHead(packed, name);
  const kind = kindOf(head);
  if (kind !== "npy" && kind !== "idx") {
    const advice = isTar(head)
      ? "it is a packed tar archive: unpack it with tar xzf, and give the folder"
      : "packed with gzip, but neither IDX nor NPY: unpack it with gzip -d";
    throw new FormatError(`${name}: ${advice}`);
  }
  const { end } = kind === "npy" ? parseNpyHeader(head, name) : parseIdxHeader(head, name);
  const whole = await gunzip(packed, name, end);
  if (whole === undefined) throw new DigitFidError(`${name}: it unpacks to more than the ${end} bytes promised`);
  return bytesInMemory(new Uint8Array(whole), name);
}
