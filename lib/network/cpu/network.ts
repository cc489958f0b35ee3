/** The network by WebAssembly kernels on worker threads: no GPU, and the same bits on every machine. */
import type { Images, LabelledImages } from "../../data/images.ts";
import { type Arch, layerNamed, layersOf, parameterCount, sizeOf } from "../../model.ts";
import { FILTERS, SCRATCH } from "../../wasm/assembly/plan.ts";
import { openThreads, type Phase } from "../../wasm/threads.ts";
import { type Asked, layersAsked, widthOf } from "../layer_sums.ts";
import { type DeviceImages, labelsOf, type Network, type Trainer, type TrainerOptions } from "../network.ts";
import { type CpuImages, uploadImages } from "./images.ts";
import { type CpuState, strideOf, writePlan } from "./plan.ts";
import { partsOf, prepareFilters, trainPart } from "./steps.ts";
import { CpuTrainer } from "./trainer.ts";

/** Layers in the order of `infer`'s table; a head without hidden layers leaves those out. */
const TABLE = layersOf("mlp").map(({ name }) => name);
/** Images a task of `infer`. */
const IMAGES_OF_TASK = 16;

/** The network by WebAssembly kernels. */
export class CpuNetwork implements Network {
  /** Always `cpu`. */
  readonly kernels = "cpu";
  #state: CpuState;

  private constructor(readonly arch: Arch, state: CpuState) {
    this.#state = state;
  }

  /**
   * Starts the threads and copies the parameters to them.
   *
   * @param packed parameters as `parametersOf(arch)` says
   * @param threads how many; one for each processor unless given. Their number does not change a bit of any result
   * @throws DigitFidError if the host has no WebAssembly with SIMD
   */
  static async create(arch: Arch, packed: Float32Array, threads?: number): Promise<CpuNetwork> {
    const crew = await openThreads(threads);
    return new CpuNetwork(arch, {
      threads: crew,
      parameters: crew.upload(packed),
      filters: crew.allocate(FILTERS),
      scratch: crew.allocate(SCRATCH * crew.count),
    });
  }

  /** In a line for people, such as `WebAssembly, 2 threads`. */
  get description(): string {
    const { count } = this.#state.threads;
    return `WebAssembly, ${count} thread${count === 1 ? "" : "s"}`;
  }

  async parameters(): Promise<Float32Array<ArrayBuffer>> {
    const { threads, parameters } = this.#state;
    let copy = new Float32Array();
    await threads.between(() => copy = parameters.view(Float32Array, parameterCount(this.arch)).slice());
    return copy as Float32Array<ArrayBuffer>;
  }

  upload(images: Images | LabelledImages): DeviceImages {
    return uploadImages(this.#state.threads, images);
  }

  setParameters(packed: Float32Array): void {
    const copy = packed.slice();
    this.#state.threads.between(() => this.#state.parameters.view(Float32Array).set(copy));
  }

  async outputs(images: DeviceImages, start: number, count: number, asked: readonly Asked[]): Promise<Float32Array[]> {
    const names = [...new Set(layersAsked(asked))], layers = names.map((name) => layerNamed(this.arch, name));
    const { threads, ...state } = this.#state;
    const results = layers.map(({ shape }) => threads.reserve(4 * count * sizeOf(shape)));
    const table = threads.upload(Uint32Array.from(TABLE, (name) => results[names.indexOf(name)]?.address ?? 0));
    const plan = writePlan(threads, this.arch, { ...state, images: images as CpuImages });
    const blocks = [...results, table, plan], tasks = Math.ceil(count / IMAGES_OF_TASK);
    const sums: Phase[] = [];
    const found = asked.map((each) => {
      if (typeof each === "string") return results[names.indexOf(each)];
      const out = threads.reserve(4 * count * each.sums), weights = threads.upload(Float64Array.from(each.weights));
      blocks.push(out, weights);
      const rows = results[names.indexOf(each.layer)], width = widthOf(this.arch, each.layer);
      sums.push({
        kernel: "layer_sums",
        tasks,
        args: [rows.address, count, width, weights.address, each.sums, out.address],
      });
      return out;
    });
    try {
      const infer: Phase = { kernel: "infer", tasks, args: [plan.address, start, count, table.address] };
      await threads.run(prepareFilters(plan), infer, ...sums);
      return found.map((block, i) => block.view(Float32Array, count * widthOf(this.arch, asked[i])).slice());
    } finally {
      for (const block of blocks) block.free();
    }
  }

  async gradients(images: DeviceImages, order: Uint32Array): Promise<{ loss: number; gradients: Float32Array }> {
    const { threads, ...state } = this.#state;
    labelsOf(images as CpuImages);
    const parts = partsOf(order.length);
    const stride = strideOf(state.parameters);
    const orderBlock = threads.upload(order);
    const partials = threads.allocate(4 * stride * parts.count);
    const losses = threads.allocate(8 * parts.count);
    const sum = threads.allocate(4 * stride);
    const plan = writePlan(threads, this.arch, {
      ...state,
      images: images as CpuImages,
      order: orderBlock,
      partials,
      losses,
    });
    try {
      await threads.run(prepareFilters(plan), trainPart(plan, 0, order.length), {
        kernel: "sum_parts",
        tasks: Math.ceil(stride / 64),
        args: [partials.address, parts.count, stride, sum.address],
      });
      const total = losses.view(Float64Array, parts.count).reduce((a: number, b: number) => a + b);
      return { loss: total / order.length, gradients: sum.view(Float32Array, parameterCount(this.arch)).slice() };
    } finally {
      for (const block of [orderBlock, partials, losses, sum, plan]) block.free();
    }
  }

  // deno-lint-ignore require-await
  async trainer(images: DeviceImages, options: TrainerOptions): Promise<Trainer> {
    return new CpuTrainer(this.arch, this.#state, images as CpuImages, options);
  }

  dispose(): void {
    const { threads, parameters, filters, scratch } = this.#state;
    threads.between(() => {
      for (const block of [parameters, filters, scratch]) block.free();
      threads.close();
    });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
