/** The pictures in a folder or an archive, by class where they lie in folders `0` … `9`. */
import { join } from "node:path";
import { DigitFidError, FormatError } from "../errors.ts";
import { listFolder, readFile } from "../formats/files.ts";
import { convertFolder } from "../formats/kind.ts";
import type { ZipEntry } from "../formats/zip.ts";
import type { PictureFile } from "./picture_images.ts";

/** Pictures, and what lies beside them. */
export interface PictureFiles {
  /** The pictures, sorted by name: numbers in names by their value, so that 10.png comes after 9.png. */
  readonly files: readonly PictureFile[];
  /** What is no picture, counted, in words. */
  readonly leftOut: readonly string[];
}

/** Most bytes of a picture in an archive, which could unpack to any size. */
const MOST_BYTES = 2 ** 26;
/** Names of pictures that are read. */
const PICTURE = /\.(png|jpe?g)$/i;
/** What other programs leave beside files: nothing of the user's. */
const HIDDEN = /^(\.|__MACOSX$|Thumbs\.db$|desktop\.ini$)/i;

/**
 * The pictures of a folder: those in itself, or those in its class folders `0` … `9`.
 *
 * @throws DigitFidError if there are none, or the folder cannot be read
 */
export async function picturesInFolder(folder: string): Promise<PictureFiles> {
  const { files, folders } = await listFolder(folder);
  const paths = [...files];
  for (const name of folders.filter(isClass)) {
    paths.push(...(await listFolder(join(folder, name))).files.map((file) => `${name}/${file}`));
  }
  const others = folders.filter((name) => !isClass(name)).map((name) => `${name}/`);
  return sorted([...paths, ...others], folder, (path) => () => readFile(join(folder, path)));
}

/**
 * The pictures of an archive, whose own folder may have any name.
 *
 * @throws DigitFidError if there are none
 */
export function picturesInZip(entries: readonly ZipEntry[], archive: string): PictureFiles {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const folders = new Set(
    [...byName.keys()].filter((path) => PICTURE.test(path) && !path.split("/").some((part) => HIDDEN.test(part)))
      .map((path) => path.split("/").slice(0, -1).filter((name) => !isClass(name)).join("/")),
  );
  if (folders.size > 1) {
    const shown = [...folders].map((name) => name || "none").slice(0, 2).join(" and ");
    throw new DigitFidError(
      `${archive}: pictures in ${folders.size} folders such as ${shown}: unpack it, and give one of them, or put the ` +
        "pictures into one, or into 0 … 9 by class",
    );
  }
  return sorted([...byName.keys()], archive, (path) => async () => {
    const entry = byName.get(path)!;
    if (entry.size <= MOST_BYTES) return await entry.read();
    throw new FormatError(`${archive}: ${path}: ${entry.size} bytes are too many for a picture`);
  }, true);
}

function sorted(
  paths: readonly string[],
  name: string,
  reader: (path: string) => PictureFile["read"],
  isArchive = false,
): PictureFiles {
  const isHidden = (path: string) => path.split("/").some((part) => HIDDEN.test(part));
  const pictures = paths.filter((path) => PICTURE.test(path) && !isHidden(path)).sort(byNumbers);
  const labelOf = (path: string) => path.split("/").slice(-2, -1).filter(isClass).map(Number).at(0);
  const inClasses = pictures.filter((path) => labelOf(path) !== undefined).length;
  if (inClasses > 0 && inClasses < pictures.length) {
    const beside = pictures.find((path) => labelOf(path) === undefined);
    throw new DigitFidError(
      `${name}: pictures in class folders 0 … 9, and ${beside} beside them: keep one or the other`,
    );
  }
  const others = paths.filter((path) => !PICTURE.test(path) || isHidden(path));
  if (pictures.length === 0) {
    throw new DigitFidError(`${name}: no pictures (.png or .jpg)${adviceFor(others, name, isArchive)}`);
  }
  const files = pictures.map((path) => ({ name: join(name, path), label: labelOf(path), read: reader(path) }));
  return { files, leftOut: countOthers(others, isHidden) };
}

/** Compares names by the numbers in them, so that pictures that were numbered as they were saved come in that order. */
function byNumbers(a: string, b: string): number {
  const [first, second] = [a, b].map((name) => name.replace(/\d+/g, (digits) => digits.padStart(20, "0")));
  return first < second ? -1 : first > second ? 1 : a < b ? -1 : 1;
}

/** Files that Python stacks, each with an image, by the ending of their names; those without any are of pictures too. */
const STACKED = /\.(npy|pt|pth|bmp|tiff?|webp|gif|p[gpbn]m)$|^[^.]+$/i;

/** Names of labels beside images. */
const LABELS = /label|target|(^|_)y[_.]/i;

/** What there is instead of pictures. */
function adviceFor(others: readonly string[], name: string, isArchive: boolean): string {
  const visible = others.filter((path) => !path.split("/").some((part) => HIDDEN.test(part)) && !path.endsWith("/"));
  if (isArchive) {
    return visible.length > 0 ? `, but files such as ${visible[0]}: unpack it, and give what was in it` : "";
  }
  const files = others.filter((path) => !/\/|^\./.test(path) && STACKED.test(path) && !LABELS.test(path));
  if (files.length > 1) {
    const [, ending = ""] = /(\.[^.]+)$/.exec(files[0]) ?? [];
    const count = files.filter((path) => path.endsWith(ending)).length;
    return `, but ${count} files such as ${files[0]}: ${convertFolder(name, ending)}`;
  }
  const array = others.find((path) => !LABELS.test(path) && /\.(npy|npz|safetensors|gz|zip)$|-idx3-ubyte/.test(path));
  if (array !== undefined) return `, but ${array}: give that file, ${join(name, array)}`;
  const folders = others.filter((path) => path.endsWith("/") && !HIDDEN.test(path)), [folder] = folders;
  if (folders.length > 1) {
    const found = `${folders.length} folders such as ${folder}`;
    return ` in the folder itself, but ${found}: put the pictures into one, or into 0 … 9 by class`;
  }
  if (others.length === 0) return " in the folder itself, or in folders 0 … 9 in it: put them there";
  if (folder !== undefined) return ` in the folder itself, but a folder ${folder}: give ${join(name, folder)}`;
  return "";
}

function countOthers(unsorted: readonly string[], isHidden: (path: string) => boolean): string[] {
  const others = [...unsorted].sort();
  const hidden = others.filter(isHidden).length;
  const folders = others.filter((path) => path.endsWith("/") && !isHidden(path));
  const files = others.filter((path) => !path.endsWith("/") && !isHidden(path));
  const shown = (names: readonly string[], one: string, many: string) =>
    names.length === 0
      ? []
      : [names.length === 1 ? `the ${one} ${names[0]}` : `${names.length} ${many} such as ${names[0]}`];
  return [
    ...shown(files, "file", "files"),
    ...shown(folders, "folder", "folders"),
    ...(hidden > 0 ? [`${hidden} hidden file${hidden === 1 ? "" : "s"}`] : []),
  ];
}

function isClass(name: string): boolean {
  return /^[0-9]$/.test(name);
}
