/** The loss of a batch and its gradient, by tfjs's own differentiation. */
import * as tf from "@tensorflow/tfjs";
import { type Arch, CLASSES } from "../../model.ts";
import { labelsOf } from "../network.ts";
import { gatherImages, type GpuImages } from "../webgpu/images.ts";
import { forward } from "./forward.ts";

/** Mean cross-entropy over the images in `order`, and its gradient packed as the parameters. */
export function lossAndGradient(
  arch: Arch,
  parameters: tf.Tensor1D,
  images: GpuImages,
  order: tf.Tensor1D,
  mask?: tf.Tensor2D,
): { value: tf.Tensor; grad: tf.Tensor } {
  const labels = tf.oneHot(tf.gather(labelsOf(images), order), CLASSES);
  const batch = gatherImages(images, order);
  return tf.valueAndGrad((packed) =>
    tf.losses.softmaxCrossEntropy(labels, forward(arch, packed as tf.Tensor1D, batch, mask).logits)
  )(parameters);
}
