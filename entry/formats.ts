/**
 * Bytes to arrays and back: IDX, NPY, PNG and safetensors, each with all the rules of its format checked.
 *
 * ```ts
 * import { encodeNpy, parseNpy } from "@digit-fid/digit-fid/formats";
 *
 * const bytes = encodeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
 * const { shape, data } = parseNpy(bytes, "numbers.npy"); // the name is for messages
 * console.log(shape, data);
 * ```
 *
 * @module
 */
export { encodeIdx, type IdxArray, IdxError, type IdxType, parseIdx } from "../lib/idx.ts";
export { encodeNpy, type NpyArray, type NpyData, type NpyDtype, NpyError, parseNpy } from "../lib/formats/npy.ts";
export { type BytePicture, decodePng, encodePng, type GreyPicture, PngError } from "../lib/formats/png.ts";
export {
  type Dtype,
  encodeSafetensors,
  floatTensor,
  parseSafetensors,
  type Safetensors,
  SafetensorsError,
  type Tensor,
  toFloat32,
  toFloat64,
} from "../lib/formats/safetensors.ts";
export {
  DigitFidError,
  type DigitFidErrorOptions,
  FormatError,
  type Remedy,
  type RemedyOption,
} from "../lib/errors.ts";
