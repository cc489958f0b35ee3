/** The network in the browser: the project's own forward pass, on the best backend of tfjs that there is. */
import * as tf from "@tensorflow/tfjs";
import { parseSafetensors } from "../../formats/safetensors.ts";
import { channelsFirst, forward } from "../../network/tfjs/forward.ts";
import { type Arch, IMAGE_SIZE } from "../../model.ts";
import { weightsFromTensors } from "../../network/weights.ts";

/** Layers that the page shows. */
export const SHOWN = ["pool1", "pool2", "pool3", "latent", "logits"] as const;

/** What a network makes of one image: the layers' outputs, channels first. */
export type Outputs = Record<typeof SHOWN[number], Float32Array>;

/**
 * Chooses `webgpu` where the browser has a GPU to give, else `cpu`, and returns its name. A GPU in software is none: it
 * compiles for seconds what the CPU does in milliseconds.
 */
export async function chooseBackend(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (adapter && !adapter.info.isFallbackAdapter) {
    await import("@tensorflow/tfjs-backend-webgpu"); // registers itself
    if (await tf.setBackend("webgpu").catch(() => false)) return "webgpu";
  }
  await tf.setBackend("cpu");
  return "cpu";
}

/** A trained network, ready to read digits. */
export class Classifier {
  /** Which head it has. */
  readonly arch: Arch;
  #parameters: tf.Tensor1D;

  /**
   * Takes the weights.
   *
   * @param bytes safetensors
   * @throws FormatError if they are not of such a network
   */
  constructor(bytes: Uint8Array) {
    const { arch, parameters } = weightsFromTensors(parseSafetensors(bytes, "weights").tensors, "weights");
    this.arch = arch;
    this.#parameters = tf.tensor1d(parameters);
  }

  /** Reads an image of 28×28 values in [0, 1]. */
  async read(image: Float32Array): Promise<Outputs> {
    const tensors = tf.tidy(() => {
      const border = (IMAGE_SIZE - 28) / 2;
      const padded = tf.pad(tf.tensor2d(image, [28, 28]), [[border, border], [border, border]]);
      const layers = forward(this.arch, this.#parameters, tf.reshape(padded, [1, IMAGE_SIZE, IMAGE_SIZE, 1]));
      return SHOWN.map((name) => channelsFirst(layers[name]));
    });
    const values = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
    tf.dispose(tensors);
    const [pool1, pool2, pool3, latent, logits] = values;
    return { pool1, pool2, pool3, latent, logits };
  }

  /** Frees the weights. */
  dispose(): void {
    this.#parameters.dispose();
  }
}
