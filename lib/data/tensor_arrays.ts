/** Tensors of safetensors as arrays. */
import { FormatError } from "../errors.ts";
import { type NpyDtype, npyElements } from "../formats/npy.ts";
import { type Dtype, parseSafetensors, type Tensor, toFloat32 } from "../formats/safetensors.ts";
import type { StoredArray } from "../formats/stored_array.ts";
import type { NamedArray } from "./named_arrays.ts";

/** Element types as NumPy calls them; bfloat16 it does not know. */
const DTYPES: Partial<Record<Dtype, NpyDtype>> = {
  BOOL: "|b1",
  U8: "|u1",
  I8: "|i1",
  U16: "<u2",
  I16: "<i2",
  F16: "<f2",
  U32: "<u4",
  I32: "<i4",
  F32: "<f4",
  U64: "<u8",
  I64: "<i8",
  F64: "<f8",
};

/**
 * The tensors of a file.
 *
 * @throws SafetensorsError if the bytes break a rule of the format
 */
export function tensorArrays(bytes: Uint8Array, file: string): NamedArray[] {
  return [...parseSafetensors(bytes, file).tensors].map(([name, tensor]) => ({
    name,
    shape: tensor.shape,
    open: () => Promise.resolve(arrayOf(tensor, `${file}#${name}`)),
  }));
}

function arrayOf({ dtype, shape, data }: Tensor, name: string): StoredArray {
  const npy = DTYPES[dtype], rowSize = shape[0] > 0 ? data.length / shape[0] : 0;
  if (npy === undefined && dtype !== "BF16") throw new FormatError(`${name}: ${dtype} is not supported: save float32`);
  const rows = (from: number, to: number) => {
    const part = data.subarray(from * rowSize, to * rowSize);
    if (npy === undefined) return toFloat32({ dtype, shape, data: part });
    return npyElements({ dtype: npy, bigEndian: false }, part);
  };
  return { name, dtype, kind: kindOf(dtype), shape, rows: (from, to) => Promise.resolve(rows(from, to)) };
}

function kindOf(dtype: Dtype): StoredArray["kind"] {
  if (dtype === "BOOL") return "bool";
  if (dtype === "F16") return "float16";
  if (dtype === "BF16") return "bfloat16";
  return dtype.startsWith("F") ? "float" : "integer";
}
