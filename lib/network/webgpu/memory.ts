/** Buffers of 32-bit numbers on the GPU, and reading them back. */
import { checkGpu, webgpuBackend } from "./gpu.ts";

/** Storage buffers that are freed together. */
export class Memory {
  #buffers: GPUBuffer[] = [];

  /** A zeroed storage buffer of `length` 32-bit numbers, or one holding `data`. */
  storage(contents: number | Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>): GPUBuffer {
    const length = typeof contents === "number" ? contents : contents.length;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = this.#allocate(Math.ceil(length / 4) * 16, usage);
    if (typeof contents !== "number") write(buffer, contents);
    return buffer;
  }

  /** A uniform buffer of so many bytes. */
  uniform(size: number): GPUBuffer {
    return this.#allocate(size, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  }

  #allocate(size: number, usage: number): GPUBuffer {
    const buffer = webgpuBackend().device.createBuffer({ size, usage });
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Frees all of them. */
  dispose(): void {
    for (const buffer of this.#buffers.splice(0)) buffer.destroy();
  }
}

/** Replaces the beginning of a buffer. */
export function write(buffer: GPUBuffer, data: ArrayBufferView<ArrayBuffer>): void {
  webgpuBackend().device.queue.writeBuffer(buffer, 0, data);
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
