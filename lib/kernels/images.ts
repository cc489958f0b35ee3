/** Images resident on the GPU, and the kernel that gathers, pads and scales a batch of them. */
import * as tf from "@tensorflow/tfjs";
import type { Images, LabelledImages } from "../dataset.ts";

/** Images (and labels, where known) on the GPU in their smallest form. */
export interface DeviceImages {
  readonly count: number;
  readonly size: 28 | 32;
  readonly pixels: tf.Tensor;
  readonly labels: tf.Tensor1D | null;
  dispose(): void;
}

/** Copies images to the GPU once, as they are: bytes stay bytes. */
export function uploadImages(_images: Images | LabelledImages): DeviceImages {
  throw new Error("coming");
}

/** Gathers images `order[i]` as a [order.length, 32, 32, 1] float tensor in [0, 1], 28×28 ones with a zero border of 2. */
export function gatherImages(_images: DeviceImages, _order: tf.Tensor1D): tf.Tensor4D {
  throw new Error("coming");
}
