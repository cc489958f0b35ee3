/** The network's forward pass by tfjs's operations, on whichever of its backends: the browser runs it too. */
import * as tf from "@tensorflow/tfjs";
import { type Arch, INPUT, type Layer, operationsOf, parametersOf } from "../../model.ts";

/** PyTorch has a convolution's weights as [out, in, row, column], tfjs as [row, column, in, out]. */
const OIHW_TO_HWIO = [2, 3, 1, 0];

/**
 * Every layer's output by name (`layersOf`), channels last. To be called within `tf.tidy`.
 *
 * @param packed the parameters, as `parametersOf` lays them out
 * @param images [N, 32, 32, 1] in [0, 1]
 * @param mask [N, 128] of 0 and 1/(1-p) on the latent is dropout; none, no dropout
 */
export function forward(
  arch: Arch,
  packed: tf.Tensor1D,
  images: tf.Tensor4D,
  mask?: tf.Tensor2D,
): Record<string, tf.Tensor> {
  const parameters = unpack(arch, packed);
  const outputs: Record<string, tf.Tensor> = { [INPUT]: images };
  for (const layer of operationsOf(arch)) {
    const output = compute(layer, outputs[layer.input], parameters);
    outputs[layer.name] = mask && layer.name === "flatten" ? tf.mul(output, mask) : output;
  }
  return outputs;
}

function compute(layer: Layer, input: tf.Tensor, parameters: Record<string, tf.Tensor>): tf.Tensor {
  const maps = () => input as tf.Tensor4D;
  switch (layer.kind) {
    case "convolution": {
      const weight = parameters[`${layer.index}.weight`] as tf.Tensor4D;
      return tf.add(convolve(maps(), tf.transpose(weight, OIHW_TO_HWIO)), parameters[`${layer.index}.bias`]);
    }
    case "linear": {
      const weight = parameters[`${layer.index}.weight`];
      return tf.add(tf.matMul(input, weight, false, true), parameters[`${layer.index}.bias`]);
    }
    case "maxPool":
      return tf.maxPool(maps(), layer.window, layer.window, "valid");
    case "averagePool":
      return tf.avgPool(maps(), layer.window, layer.window, "valid");
    case "relu":
      return tf.relu(input);
    case "flatten":
      return tf.reshape(channelsFirst(input), [-1, ...layer.shape]); // PyTorch's order: channel, row, column
  }
}

/** The packed parameters as tensors of their own, by PyTorch's names and in its layouts; so are their gradients then. */
function unpack(arch: Arch, packed: tf.Tensor1D): Record<string, tf.Tensor> {
  const parameters = parametersOf(arch);
  const parts = tf.split(packed, parameters.map((p) => p.size));
  return Object.fromEntries(parameters.map(({ name, shape }, i) => [name, tf.reshape(parts[i], [...shape])]));
}

/**
 * A 3×3 "same" convolution, in parts of the batch: the shader of tfjs's filter gradient loops over every pixel of every
 * image, and Mesa's llvmpipe silently ends an invocation after 65,535 iterations of its loops, nested ones added up.
 */
function convolve(maps: tf.Tensor4D, weight: tf.Tensor4D): tf.Tensor4D {
  const [count, size] = maps.shape;
  const most = Math.floor(65535 / (size + 1) ** 2);
  const parts: tf.Tensor4D[] = [];
  for (let start = 0; start < count; start += most) {
    parts.push(tf.conv2d(tf.slice(maps, start, Math.min(most, count - start)), weight, 1, "same"));
  }
  return tf.concat(parts);
}

/** [N, H, W, C] to [N, C, H, W], as PyTorch has it; what has no channels stays as it is. */
export function channelsFirst(tensor: tf.Tensor): tf.Tensor {
  return tensor.rank === 4 ? tf.transpose(tensor, [0, 3, 1, 2]) : tensor;
}
