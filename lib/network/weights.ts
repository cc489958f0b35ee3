/** Packed parameters to and from named tensors, as PyTorch's `state_dict` has them. */
import { FormatError } from "../errors.ts";
import { floatTensor, type Tensor, toFloat32 } from "../formats/safetensors.ts";
import { showShape } from "../formats/shape.ts";
import { type Arch, type Parameter, parameterCount, parametersOf } from "../model.ts";

/** A trained network. */
export interface Weights {
  /** Which head it has. */
  readonly arch: Arch;
  /** All its parameters, packed as {@linkcode parametersOf} lays them out. */
  readonly parameters: Float32Array<ArrayBuffer>;
}

/**
 * Packs the tensors of a network; whether it is `mlp` or `linear` follows from the layers there are. Any float type is
 * taken.
 *
 * @param file where the tensors come from, for messages
 * @throws FormatError if a tensor is missing, unknown, of the wrong shape or type, or holds NaN or infinity
 */
export function weightsFromTensors(tensors: ReadonlyMap<string, Tensor>, file: string): Weights {
  const arch = archOf(tensors);
  const layout = parametersOf(arch);
  const known = new Set(layout.map(({ name }) => name));
  for (const name of tensors.keys()) {
    if (!known.has(name)) throw new FormatError(`${file}: tensor ${name} is not part of the ${arch} network`);
  }
  const parameters = new Float32Array(parameterCount(arch));
  for (const parameter of layout) {
    parameters.set(valuesOf(parameter, tensors.get(parameter.name), file), parameter.offset);
  }
  return { arch, parameters };
}

/** The tensors of a network by PyTorch's names, float32; they are views of the parameters. */
export function tensorsFromWeights({ arch, parameters }: Weights): Map<string, Tensor> {
  return new Map(
    parametersOf(arch).map(({ name, shape, offset, size }) => [
      name,
      floatTensor(shape, parameters.subarray(offset, offset + size)),
    ]),
  );
}

/** `mlp` if there is any tensor that only `mlp` has. */
function archOf(tensors: ReadonlyMap<string, Tensor>): Arch {
  const linear = new Set(parametersOf("linear").map(({ name }) => name));
  return parametersOf("mlp").some(({ name }) => !linear.has(name) && tensors.has(name)) ? "mlp" : "linear";
}

function valuesOf({ name, shape }: Parameter, tensor: Tensor | undefined, file: string): Float32Array {
  if (tensor === undefined) throw new FormatError(`${file}: tensor ${name} is missing`);
  if (showShape(tensor.shape) !== showShape(shape)) {
    const [expected, found] = [showShape(shape), showShape(tensor.shape)];
    throw new FormatError(`${file}: tensor ${name}: expected shape ${expected}, found ${found}`);
  }
  if (!["F16", "BF16", "F32", "F64"].includes(tensor.dtype)) {
    throw new FormatError(`${file}: tensor ${name}: expected floats, found ${tensor.dtype}`);
  }
  const values = toFloat32(tensor);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new FormatError(`${file}: tensor ${name}: element ${bad} is ${values[bad]}`);
  return values;
}
