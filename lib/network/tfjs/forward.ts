/** The network's forward pass by tfjs's operations, on whichever of its backends: the browser runs it too. */
import * as tf from "@tensorflow/tfjs";
import { type Arch, CONVOLUTIONS, HEAD, LATENT_SIZE, parametersOf } from "../../model.ts";

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
  const layers: Record<string, tf.Tensor> = {};

  let maps = images;
  for (const [i, { index, pool }] of CONVOLUTIONS.entries()) {
    const weight = tf.transpose(parameters[`${index}.weight`] as tf.Tensor4D, [2, 3, 1, 0]); // OIHW to HWIO
    const conv: tf.Tensor4D = tf.add(convolve(maps, weight), parameters[`${index}.bias`]);
    const relu = tf.relu(conv);
    maps = pool === 2 ? tf.maxPool(relu, 2, 2, "valid") : tf.avgPool(relu, pool, pool, "valid");
    Object.assign(layers, { [`conv${i + 1}`]: conv, [`relu${i + 1}`]: relu, [`pool${i + 1}`]: maps });
  }
  layers.latent = flatten(tf.avgPool(layers.conv3 as tf.Tensor4D, 4, 4, "valid"));
  layers.flatten = flatten(maps);

  let units = mask ? tf.mul(layers.flatten, mask) : layers.flatten;
  const last = HEAD[arch].length - 2;
  for (let i = 0; i <= last; i++) {
    const weight = parameters[`${11 + 2 * i}.weight`];
    units = tf.add(tf.matMul(units, weight, false, true), parameters[`${11 + 2 * i}.bias`]);
    if (i === last) layers.logits = units;
    else layers[`fc${i + 1}`] = units, layers[`fc${i + 1}_relu`] = units = tf.relu(units);
  }
  return layers;
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

/** [N, 2, 2, 32] to [N, 128] in PyTorch's order: channel, row, column. */
function flatten(maps: tf.Tensor): tf.Tensor {
  return tf.reshape(channelsFirst(maps), [-1, LATENT_SIZE]);
}
