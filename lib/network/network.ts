/** What a network can do, whichever kernels compute it. */
import { DigitFidError } from "../errors.ts";
import type { Arch } from "../model.ts";
import type { Images, LabelledImages } from "../data/images.ts";
import type { Asked } from "./layer_sums.ts";

/** Images where the network computes, in the form they came in: bytes stay bytes. */
export interface DeviceImages extends Disposable {
  /** How many images there are. */
  readonly count: number;
  /** Side in pixels. */
  readonly size: 28 | 32;
  /** What a pixel is. */
  readonly type: "uint8" | "float32";
  /** Frees the images. */
  dispose(): void;
}

/** The labels of images, wherever they are. @throws DigitFidError if the images came without */
export function labelsOf<Labels>({ labels }: { readonly labels: Labels | null }): Labels {
  if (!labels) throw new DigitFidError("these images have no labels: training and gradients need them");
  return labels;
}

/** Which kernels compute the network: our own WGSL, our own WebAssembly, or tfjs's own operations. */
export type Kernels = "webgpu" | "cpu" | "stock";

/** All of them, the usual ones first. */
export const KERNELS: readonly Kernels[] = ["webgpu", "cpu", "stock"];

/** The kernels of a name, if there are any: `webgpu` was called `fused` before version 0.2. */
export function kernelsNamed(name: string): Kernels | undefined {
  return name === "fused" ? "webgpu" : KERNELS.find((kernels) => kernels === name);
}

/** Adam's state: first and second moments, packed as the parameters are, and the number of steps taken. */
export interface AdamState {
  /** Steps taken so far. */
  readonly step: number;
  /** Running mean of the gradient. */
  readonly firstMoment: Float32Array<ArrayBuffer>;
  /** Running mean of the squared gradient. */
  readonly secondMoment: Float32Array<ArrayBuffer>;
}

/** Settings of a training run that the kernels need. */
export interface TrainerOptions {
  /** Images a step; the last step of an epoch may be shorter. */
  readonly batchSize: number;
  /** Adam's step size, above 0. */
  readonly learningRate: number;
  /** Seeds the dropout masks. */
  readonly seed: number;
  /** Whether dropout is on; off only to compare with a reference. */
  readonly dropout: boolean;
}

/** A network. Parameters are packed in PyTorch's order and layout (`parametersOf`). */
export interface Network extends Disposable {
  /** Which head it has. */
  readonly arch: Arch;
  /** Which kernels compute it. */
  readonly kernels: Kernels;
  /** Reads the packed parameters back. */
  parameters(): Promise<Float32Array<ArrayBuffer>>;
  /**
   * Copies images, and their labels if they have any, to where the network computes, once.
   *
   * @throws DigitFidError if there are more or fewer pixels or labels than promised
   */
  upload(images: Images | LabelledImages): DeviceImages;
  /** Replaces the parameters. */
  setParameters(packed: Float32Array): void;
  /**
   * Outputs of the layers asked for, dropout off, for images `start` … `start + count - 1`: for each `count` × the layer's
   * shape, channels first, or `count` × its sums. The next call need not wait for the answer to the last.
   */
  outputs(images: DeviceImages, start: number, count: number, asked: readonly Asked[]): Promise<Float32Array[]>;
  /** Mean cross-entropy over the given images and its gradient, packed as the parameters; dropout off. */
  gradients(images: DeviceImages, order: Uint32Array): Promise<{ loss: number; gradients: Float32Array }>;
  /** Prepares training on labelled images. The trainer changes this network's parameters. */
  trainer(images: DeviceImages, options: TrainerOptions): Promise<Trainer>;
  /** Frees what the network holds. */
  dispose(): void;
}

/** Training of one network, a step at a time; nothing is read back until it is asked for. */
export interface Trainer extends Disposable {
  /**
   * Starts an epoch, or goes on within one: sets the order in which images come, and the running sum of their losses.
   *
   * @param lossSum what {@linkcode lossSum} gave where the epoch was left; 0 unless given
   */
  startEpoch(order: Uint32Array<ArrayBuffer>, lossSum?: number): void;
  /** Queues one Adam step on the mean cross-entropy of images order[start] … order[start + count - 1]. */
  step(start: number, count: number): void;
  /** Waits until the steps queued so far are done, which bounds the queue. */
  settle(): Promise<void>;
  /** Sum of the training losses of the images stepped through in this epoch: its one read-back. */
  lossSum(): Promise<number>;
  /** Reads Adam's state back. */
  state(): Promise<AdamState>;
  /** Continues from a state read earlier. */
  restore(state: AdamState): void;
  /** Frees what the trainer holds. */
  dispose(): void;
}
