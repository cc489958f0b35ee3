/** Images resident on the GPU, and the kernel that gathers, pads and scales a batch of them. */
import * as tf from "@tensorflow/tfjs";
import type { WebGPUProgram } from "@tensorflow/tfjs-backend-webgpu";
import { checkSizes, type Images, type LabelledImages } from "../../data/images.ts";
import type { DeviceImages } from "../network.ts";
import { webgpuBackend } from "./gpu.ts";
import { IMAGE_SIZE } from "../../model.ts";

/** What a kernel that reads images needs to know of them. */
export type ImageKind = Pick<DeviceImages, "size" | "type">;

/** Images on the GPU: bytes are packed four to a 32-bit word. */
export interface GpuImages extends DeviceImages {
  /** Packed pixels, an int32 tensor of words for bytes. */
  readonly pixels: tf.Tensor1D;
  /** Class of each image, [count] int32, where it is known. */
  readonly labels: tf.Tensor1D | null;
}

/**
 * Copies images, and their labels if they have any, to the GPU once.
 *
 * @throws DigitFidError if there are more or fewer pixels or labels than promised
 */
export function uploadImages(images: Images | LabelledImages): GpuImages {
  checkSizes(images, "images");
  const { count, size, pixels } = images;
  const type = pixels instanceof Uint8Array ? "uint8" : "float32";
  const resident = type === "float32" ? tf.tensor1d(pixels, "float32") : tf.tensor1d(packBytes(pixels), "int32");
  const labels = "labels" in images ? tf.tensor1d(images.labels, "int32") : null;
  const dispose = () => {
    resident.dispose();
    labels?.dispose();
  };
  for (const tensor of [resident, labels]) if (tensor) webgpuBackend().uploadToGPU(tensor.dataId);
  submitUploads();
  return { count, size, type, pixels: resident, labels, dispose, [Symbol.dispose]: dispose };
}

/** Submits what tfjs has queued: into a buffer it uses again it copies, and our own kernels would overtake that copy. */
function submitUploads(): void {
  const backend = webgpuBackend();
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** Bytes as 32-bit words, without a copy where they are aligned; 28×28 and 32×32 images are whole words. */
function packBytes(bytes: ArrayLike<number> & { buffer: ArrayBufferLike; byteOffset: number }): Int32Array {
  if (bytes.byteOffset % 4 === 0) return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return new Int32Array(Uint8Array.from(bytes).buffer);
}

/**
 * WGSL `pixel(image, row, column) -> f32` in [0, 1] over the bordered 32×32 image,
 * reading a storage array named `pixels` of `i32` (bytes) or `f32`.
 */
export function pixelSnippet({ size, type }: ImageKind): string {
  const border = (IMAGE_SIZE - size) / 2;
  const load = type === "float32" ? "pixels[index]" : "f32((pixels[index >> 2u] >> ((index & 3u) * 8u)) & 255) / 255.0";
  return `
fn pixel(image: u32, row: u32, column: u32) -> f32 {
  let y = row - ${border}u;
  let x = column - ${border}u;
  if (y >= ${size}u || x >= ${size}u) { return 0.0; }  // an unsigned y below zero is large
  let index = (image * ${size}u + y) * ${size}u + x;
  return ${load};
}`;
}

/** Gathers images `order[i]` as a [order.length, 32, 32, 1] tensor in [0, 1], 28×28 ones with a zero border of 2. */
export function gatherImages(images: GpuImages, order: tf.Tensor1D): tf.Tensor4D {
  const count = order.shape[0];
  const length = count * IMAGE_SIZE * IMAGE_SIZE;
  const program: WebGPUProgram = {
    shaderKey: `gather_images_${images.size}_${images.type}`,
    outputShape: [count, IMAGE_SIZE, IMAGE_SIZE, 1],
    variableNames: ["order", "pixels"],
    workgroupSize: [64, 1, 1],
    dispatchLayout: { x: [0, 1, 2, 3] },
    dispatch: [Math.ceil(length / 64), 1, 1],
    size: true,
    getUserCode: () => `
${pixelSnippet(images)}
fn main(index: i32) {
  if (index >= uniforms.size) { return; }
  let i = u32(index);
  result[i] = pixel(u32(order[i / 1024u]), (i / 32u) % 32u, i % 32u);
}`,
  };
  const { dataId, shape, dtype } = webgpuBackend().runWebGPUProgram(program, [order, images.pixels], "float32");
  return tf.engine().makeTensorFromDataId(dataId, shape, dtype) as tf.Tensor4D;
}

/** The buffer that holds a resident tensor. */
export function bufferOf(tensor: tf.Tensor): GPUBuffer {
  const backend = webgpuBackend();
  backend.uploadToGPU(tensor.dataId);
  return backend.tensorMap.get(tensor.dataId).resource as GPUBuffer;
}
