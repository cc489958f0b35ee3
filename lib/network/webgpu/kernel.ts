/** Compute pipelines and dispatches of our own on the device that tfjs's backend uses. */
import { DigitFidError } from "../../errors.ts";
import { checkGpu, webgpuBackend } from "./gpu.ts";

/** One kernel with what it is bound to: `groups` tells the grid of workgroups, x and y, that covers a batch of `count` images. */
export interface Dispatch {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindings: GPUBindGroup;
  readonly groups: (count: number) => readonly [number, number?];
}

const pipelines = new Map<string, Promise<GPUComputePipeline>>();

/**
 * Compiles WGSL with an entry point `main`; the same text is compiled once.
 *
 * @throws {DigitFidError} if the text is not valid: without this, its outputs would be zeros in silence
 */
export function compile(name: string, code: string): Promise<GPUComputePipeline> {
  let pipeline = pipelines.get(code);
  if (!pipeline) pipelines.set(code, pipeline = compileOnce(name, code));
  return pipeline;
}

async function compileOnce(name: string, code: string): Promise<GPUComputePipeline> {
  const device = webgpuBackend().device;
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: name, code });
  const pipeline = device.createComputePipeline({ label: name, layout: "auto", compute: { module } });
  const error = await device.popErrorScope();
  if (error) throw new DigitFidError(`the GPU refuses kernel "${name}": ${error.message}`);
  return pipeline;
}

/** Binds a kernel's buffers, in the order of its `@binding` numbers. */
export function dispatchOf(
  name: string,
  pipeline: GPUComputePipeline,
  bindings: readonly GPUBuffer[],
  groups: Dispatch["groups"],
): Dispatch {
  const entries = bindings.map((resource, binding) => ({ binding, resource }));
  const layout = pipeline.getBindGroupLayout(0);
  return { name, pipeline, groups, bindings: webgpuBackend().device.createBindGroup({ label: name, layout, entries }) };
}

/** Queues the kernels, one after the other, for a batch of `count` images. */
export function submit(dispatches: readonly Dispatch[], count: number): void {
  const { device } = webgpuBackend();
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const { pipeline, bindings, groups } of dispatches) {
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindings);
    pass.dispatchWorkgroups(...groups(count));
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** A zeroed storage buffer of `length` 32-bit numbers, or one holding `data`. */
export function storage(contents: number | Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer {
  const length = typeof contents === "number" ? contents : contents.length;
  const { device } = webgpuBackend();
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = device.createBuffer({ size: Math.ceil(length / 4) * 16, usage });
  if (typeof contents !== "number") device.queue.writeBuffer(buffer, 0, contents);
  return buffer;
}

/** Reads the first `length` numbers of a buffer back. */
export async function readFloats(buffer: GPUBuffer, length: number): Promise<Float32Array<ArrayBuffer>> {
  const { device } = webgpuBackend();
  const staging = device.createBuffer({ size: length * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, length * 4);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(staging.getMappedRange().slice(0));
  staging.destroy();
  checkGpu();
  return values;
}
