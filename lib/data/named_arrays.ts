/** Which of several arrays holds the images, and which their labels. */
import { DigitFidError, FormatError } from "../errors.ts";
import { pythonSave, pythonString } from "../formats/python.ts";
import { showShape } from "../formats/shape.ts";
import type { StoredArray } from "../formats/stored_array.ts";
import { CLASSES } from "../model.ts";
import { layoutOf } from "./layout.ts";
import { labelsOfArray } from "./labels.ts";
import type { Warning } from "./warnings.ts";

/** An array among others. */
export interface NamedArray {
  /** Its name. */
  readonly name: string;
  /** Sizes of its dimensions; undefined if it is no array of numbers. */
  readonly shape: readonly number[] | undefined;
  /** Gives the array. */
  open(): Promise<StoredArray>;
}

/** The images among arrays, and their labels. */
export interface Chosen {
  /** The images. */
  readonly images: StoredArray;
  /** The class of each image, where there are labels beside the images. */
  readonly labels?: Uint8Array<ArrayBuffer>;
  /** What to say of labels that are none. */
  readonly warnings: readonly Warning[];
}

/** Names of labels beside images of any name. */
const LABELS = ["labels", "label", "y", "targets", "arr_1"];

/**
 * Chooses the images: by name, or the only array that could be images.
 *
 * @param file that the arrays are in
 * @param loader the function of Python that loads it
 * @param wanted name of the images, if it is given
 * @throws FormatError if there are none, or several
 */
export async function chooseArrays(
  arrays: readonly NamedArray[],
  file: string,
  loader: "numpy.load" | "safetensors.numpy.load_file",
  wanted?: string,
): Promise<Chosen> {
  const images = chooseImages(arrays, file, loader, wanted);
  const labels = arrays.find(({ name }) => name === images.name.replace(/^x(?=$|_)/, "y") && name !== images.name) ??
    arrays.find(({ name }) => LABELS.includes(name) && name !== images.name);
  const opened = await images.open();
  if (labels === undefined) return { images: opened, warnings: [] };
  if (!couldBeLabels(labels)) {
    const shape = labels.shape ? showShape(labels.shape) : "no numbers";
    const isOneHot = labels.shape?.length === 2 && labels.shape[1] === CLASSES;
    const advice = isOneHot ? `: save ${labels.name}.argmax(1)` : "";
    const message = `${file}#${labels.name}: ${shape} are no labels, one an image: left out as labels${advice}`;
    return { images: opened, warnings: [{ code: "left-out", message }] };
  }
  try {
    const { count } = layoutOf(opened.shape, file);
    return { images: opened, labels: await labelsOfArray(await labels.open(), count), warnings: [] };
  } catch (error) {
    if (!(error instanceof DigitFidError)) throw error;
    return { images: opened, warnings: [{ code: "left-out", message: `${error.message}: left out as labels` }] };
  }
}

function chooseImages(
  arrays: readonly NamedArray[],
  file: string,
  loader: string,
  wanted: string | undefined,
): NamedArray {
  const shown = showArrays(arrays, file);
  if (wanted !== undefined) {
    const found = arrays.find(({ name }) => name === wanted);
    if (found) return found;
    throw new FormatError(`${file}: no array ${wanted}: give ${shown}`);
  }
  if (arrays.length === 1) return arrays[0];
  const likely = arrays.filter(couldBeImages);
  if (likely.length === 1) return likely[0];
  if (likely.length === 0) {
    const [solid, ...others] = arrays.filter(({ shape }) => shape !== undefined && shape.length > 2);
    if (solid && others.length === 0) return solid; // whoever reads it as images says what is wrong
    throw new FormatError(`${file}: no array of images: give ${shown}`);
  }
  const areSingle = likely.every(({ shape }) => layoutOf(shape!, "").count === 1);
  const areParts = areSingle || likely.every(({ shape }) => `${shape!.slice(1)}` === `${likely[0].shape!.slice(1)}`);
  const all = `${loader}(${pythonString(file)})`;
  const parts = likely.length === arrays.length
    ? `list(${all}.values())`
    : `[array for name, array in ${all}.items() if array.ndim == ${likely[0].shape!.length}]`;
  const modules = loader.startsWith("safetensors") ? ["safetensors.numpy"] : [];
  const joined = pythonSave(`numpy.${areSingle ? "stack" : "concatenate"}(${parts})`, ...modules);
  if (areSingle) throw new FormatError(`${file}: ${likely.length} arrays of one image each: ${joined}`);
  const advice = areParts ? `, or if they are parts of one set: ${joined}` : "";
  throw new FormatError(`${file}: several arrays: give ${shown}${advice}`);
}

/** As many names as help to choose. */
function showArrays(arrays: readonly NamedArray[], file: string): string {
  const most = 8;
  const shown = arrays.slice(0, most).map(({ name, shape }) =>
    `${file}#${name} (${shape ? showShape(shape) : "no numbers"})`
  );
  return shown.join(" or ") + (arrays.length > most ? ` or one of ${arrays.length - most} others` : "");
}

function couldBeImages({ shape }: NamedArray): boolean {
  if (shape === undefined) return false;
  try {
    layoutOf(shape, "");
    return true;
  } catch {
    return false;
  }
}

function couldBeLabels({ shape }: NamedArray): boolean {
  return shape !== undefined && (shape.length === 1 || shape.length === 2 && shape[1] === 1);
}
