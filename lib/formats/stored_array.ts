/** Arrays of numbers that are read a stretch at a time, so that any number of images fits in little memory. */
import { FormatError } from "../errors.ts";
import {
  checkNpyLength,
  NPY_DTYPES,
  type NpyData,
  type NpyDtype,
  npyElements,
  npyElementSize,
  type NpyHeader,
  parseNpyHeader,
} from "./npy.ts";
import { elementCount, showShape } from "./shape.ts";
import { bytesInMemory, readHead, type StoredBytes } from "./stored_bytes.ts";

/** An array of which a stretch can be read. */
export interface StoredArray {
  /** What it is called in messages, such as a path. */
  readonly name: string;
  /** Its element type, as its file calls it. */
  readonly dtype: string;
  /** What its elements are. */
  readonly kind: "bool" | "integer" | "float16" | "bfloat16" | "float";
  /** Sizes of the dimensions, the slowest first. */
  readonly shape: readonly number[];
  /** Elements of the entries `from` … `to - 1` of the first dimension, row-major. */
  readonly rows: (from: number, to: number) => Promise<NpyData>;
}

/** Most bytes of an NPY file that are searched for its header; NumPy writes 128. */
const NPY_HEAD = 2 ** 16;

/**
 * Opens an NPY file.
 *
 * @throws NpyError if the bytes break a rule of the format, or hold anything but one array of numbers
 */
export async function openNpy(bytes: StoredBytes): Promise<StoredArray> {
  const { name } = bytes;
  const header = parseNpyHeader(await readHead(bytes, NPY_HEAD), name);
  const { dtype, shape, end, fortranOrder } = header;
  const following = bytes.size > end ? await bytes.read(end, Math.min(8, bytes.size - end)) : new Uint8Array(0);
  checkNpyLength(header, bytes.size, following, name);
  const shown = header.bigEndian ? dtype.replace("<", ">") : dtype;
  return {
    name,
    dtype: shown,
    kind: kindOf(dtype),
    shape,
    rows: fortranOrder ? fortranRows(bytes, header) : rows(bytes, header),
  };
}

/**
 * An array by its elements alone, row-major and little-endian.
 *
 * @param dtype as NumPy calls it, such as `<f4`
 * @throws FormatError if there are no such elements, or more or fewer bytes than the shape needs
 */
export function arrayOfBytes(
  name: string,
  dtype: string,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): StoredArray {
  if (!isDtype(dtype)) {
    throw new FormatError(`${name}: no elements are called ${dtype}: give one of ${NPY_DTYPES.join(" ")}`);
  }
  const header = {
    dtype,
    shape,
    bigEndian: false,
    fortranOrder: false,
    start: 0,
    end: elementCount(shape) * npyElementSize(dtype),
  };
  if (bytes.length !== header.end) {
    throw new FormatError(`${name}: ${showShape(shape)} of ${dtype} are ${header.end} bytes, found ${bytes.length}`);
  }
  return { name, dtype, kind: kindOf(dtype), shape, rows: rows(bytesInMemory(bytes, name), header) };
}

function isDtype(dtype: string): dtype is NpyDtype {
  return NPY_DTYPES.some((known) => known === dtype);
}

function kindOf(dtype: NpyDtype): StoredArray["kind"] {
  return dtype === "|b1" ? "bool" : dtype === "<f2" ? "float16" : dtype[1] === "f" ? "float" : "integer";
}

function rows(bytes: StoredBytes, header: NpyHeader): StoredArray["rows"] {
  const rowSize = header.shape.slice(1).reduce((a, b) => a * b, npyElementSize(header.dtype));
  return async (from, to) =>
    npyElements(header, await bytes.read(header.start + from * rowSize, (to - from) * rowSize));
}

/** In Fortran's order the first dimension is the fastest: a row lies scattered over all of the file. */
function fortranRows(bytes: StoredBytes, header: NpyHeader): StoredArray["rows"] {
  const [count, ...rest] = header.shape;
  const size = npyElementSize(header.dtype), places = cOrder(rest);
  return async (from, to) => {
    const gathered = new Uint8Array((to - from) * places.length * size);
    for (const [fortran, place] of places.entries()) {
      const stretch = await bytes.read(header.start + (fortran * count + from) * size, (to - from) * size);
      for (let row = 0; row < to - from; row++) {
        gathered.set(stretch.subarray(row * size, (row + 1) * size), (row * places.length + place) * size);
      }
    }
    return npyElements(header, gathered);
  };
}

/** Where each element in Fortran's order is in C's. */
function cOrder(shape: readonly number[]): number[] {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  let places = [0];
  for (const [axis, size] of shape.entries()) {
    places = Array.from({ length: size }, (_, i) => places.map((place) => place + i * strides[axis])).flat();
  }
  return places;
}
