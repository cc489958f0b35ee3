/** What was dropped, told apart: sets of images, and labels. */
import { seemsLabels } from "../../data/labels.ts";
import { DigitFidError } from "../../errors.ts";
import { kindOf } from "../../formats/kind.ts";
import { readHead } from "../../formats/stored_bytes.ts";
import { bytesOf } from "./dropped.ts";
import type { DroppedFile } from "./protocol.ts";

/** What files are. */
export interface Sorted {
  /** The files of each set of images. */
  readonly sets: readonly (readonly DroppedFile[])[];
  /** A file with the labels of the one set. */
  readonly labels?: DroppedFile;
}

/**
 * Tells files apart: a folder is a set, so is each archive or file of arrays, and all pictures beside them together.
 *
 * @throws DigitFidError if there are none, or labels that belong to no one set
 */
export async function sortFiles(files: readonly DroppedFile[]): Promise<Sorted> {
  if (files.length === 0) throw new DigitFidError("the folder is empty: give files with images");
  const folders = new Map<string, DroppedFile[]>(), loose: DroppedFile[] = [];
  for (const file of files) {
    const [folder, ...rest] = file.path.split("/");
    if (rest.length === 0) loose.push(file);
    else folders.set(folder, [...folders.get(folder) ?? [], file]);
  }
  const isClasses = folders.size > 1 && [...folders.keys()].every((name) => /^[0-9]$/.test(name));
  const sets: (readonly DroppedFile[])[] = isClasses ? [[...folders.values()].flat()] : [...folders.values()];
  const pictures: DroppedFile[] = [], labels: DroppedFile[] = [];
  for (const file of loose) {
    const bytes = bytesOf(file), kind = kindOf(await readHead(bytes, 16));
    if (await seemsLabels(bytes)) labels.push(file);
    else if (kind === "png" || kind === "jpeg" || kind === undefined) pictures.push(file);
    else sets.push([file]);
  }
  if (pictures.length > 0) sets.push(pictures);
  if (labels.length > 1) {
    throw new DigitFidError(`${labels[0].path} and ${labels[1].path} both seem to be labels: give one of them`);
  }
  if (labels.length === 1 && sets.length > 1) {
    throw new DigitFidError(`${labels[0].path}: labels belong to one set of images, and there are ${sets.length}`);
  }
  return { sets, ...(labels.length > 0 && { labels: labels[0] }) };
}

/**
 * What to score: of labels alone, those before them with these labels.
 *
 * @param before what was scored before
 * @throws DigitFidError if there is no such set
 */
export async function together(files: readonly DroppedFile[], before: readonly DroppedFile[]): Promise<DroppedFile[]> {
  const { sets, labels } = await sortFiles(files);
  if (labels === undefined || sets.length > 0) return [...files];
  const earlier = before.length > 0 ? await sortFiles(before) : { sets: [] };
  if (earlier.sets.length === 1) return [...earlier.sets[0], labels];
  throw new DigitFidError(`${labels.path}: these seem to be labels: give one set of images with them`);
}
