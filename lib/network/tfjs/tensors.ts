/** Small things about tensors that the network and its trainer share. */
import * as tf from "@tensorflow/tfjs";
import { checkGpu } from "../webgpu/gpu.ts";

/** A variable that is alone in holding its initial value. */
export function variable<R extends tf.Rank>(initial: () => tf.Tensor<R>): tf.Variable<R> {
  return tf.tidy(() => tf.variable(initial()));
}

/** Numbers of images, in the order to take them. */
export function orderTensor(order: Uint32Array): tf.Tensor1D {
  return tf.tensor1d(Int32Array.from(order), "int32");
}

/** Reads tensors back, and frees them. */
export async function readAndDispose(tensors: tf.Tensor[]): Promise<Float32Array[]> {
  const values = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  tf.dispose(tensors);
  checkGpu();
  return values;
}
