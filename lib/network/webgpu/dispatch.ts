/** Kernels on the device that tfjs's backend uses: compiled once, bound to buffers, and queued. */
import { DigitFidError } from "../../errors.ts";
import { webgpuBackend } from "./gpu.ts";
import { type Kernel, textOf, workgroupsOf } from "./kernel.ts";

/** The buffers of a kernel, by the names it gives them. */
export type Buffers<Name extends string> = Readonly<Record<Name, GPUBuffer>>;

/** A kernel that is bound to its buffers. */
export interface Dispatch {
  readonly kernel: Kernel;
  readonly pipeline: GPUComputePipeline;
  readonly buffers: GPUBindGroup;
}

const pipelines = new Map<string, Promise<GPUComputePipeline>>();

/**
 * Compiles a kernel, once for each text, and binds it.
 *
 * @param batch the batch's numbers, see `batch.ts`
 * @throws {DigitFidError} if the GPU refuses the text: without this, the kernel's outputs would be zeros in silence
 */
export async function dispatchOf<Name extends string>(
  kernel: Kernel<Name>,
  batch: GPUBuffer,
  buffers: Buffers<NoInfer<Name>>,
): Promise<Dispatch> {
  const text = textOf(kernel);
  let compiled = pipelines.get(text);
  if (!compiled) pipelines.set(text, compiled = compile(kernel.name, text));
  const pipeline = await compiled;
  const names = Object.keys(kernel.bindings) as Name[];
  const entries = [batch, ...names.map((name) => buffers[name])].map((resource, binding) => ({ binding, resource }));
  const layout = pipeline.getBindGroupLayout(0);
  const bound = webgpuBackend().device.createBindGroup({ label: kernel.name, layout, entries });
  return { kernel, pipeline, buffers: bound };
}

async function compile(name: string, code: string): Promise<GPUComputePipeline> {
  const { device } = webgpuBackend();
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ label: name, code });
  const pipeline = device.createComputePipeline({ label: name, layout: "auto", compute: { module } });
  const error = await device.popErrorScope();
  if (error) throw new DigitFidError(`the GPU refuses kernel "${name}": ${error.message}`);
  return pipeline;
}

/** Queues the kernels, one after the other, for a batch of `count` images. */
export function submit(dispatches: readonly Dispatch[], count: number): void {
  const { device } = webgpuBackend();
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const dispatch of dispatches) encode(pass, dispatch, count);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** Adds a kernel to a pass. */
export function encode(pass: GPUComputePassEncoder, { kernel, pipeline, buffers }: Dispatch, count: number): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, buffers);
  pass.dispatchWorkgroups(...workgroupsOf(kernel, count));
}
