/** The layers' outputs, out of the buffers of a forward pass. */
import { type Arch, layerNamed, sizeOf } from "../../model.ts";
import { readFloats } from "./memory.ts";
import type { ForwardBuffers } from "./workspace.ts";
import { padded } from "./layout.ts";

/** Reads a layer's output for `count` images: `count` × its shape, channels first. */
export type Reader = (buffers: ForwardBuffers, count: number) => Promise<Float32Array>;

/**
 * How to read a layer's output; undefined if the kernels do not store it, as it is a step on the way within one.
 *
 * @throws DigitFidError if there is no layer of the name
 */
export function readerOf(arch: Arch, name: string): Reader | undefined {
  const { shape } = layerNamed(arch, name);
  const rows = (bufferIn: (buffers: ForwardBuffers) => GPUBuffer): Reader => (buffers, count) =>
    readRows(bufferIn(buffers), count, sizeOf(shape));
  const planes = (i: number): Reader => ({ maps, capacity }, count) => readPlanes(maps[i], capacity, count, shape);
  switch (name) {
    case "pool1":
      return planes(1);
    case "pool2":
      return planes(2);
    case "latent":
      return rows(({ latent }) => latent);
    case "pool3":
    case "flatten":
      return rows(({ units }) => units[0]);
    case "fc1_relu":
      return rows(({ units }) => units[1]);
    case "fc2_relu":
      return rows(({ units }) => units[2]);
    case "logits":
      return rows(({ units }) => units[units.length - 1]);
  }
}

/** Rows without their padding. */
async function readRows(buffer: GPUBuffer, count: number, width: number): Promise<Float32Array> {
  const stride = padded(width);
  const rows = await readFloats(buffer, count * stride);
  if (stride === width) return rows;
  const dense = new Float32Array(count * width);
  for (let i = 0; i < count; i++) dense.set(rows.subarray(i * stride, i * stride + width), i * width);
  return dense;
}

/** Planes of four channels as [count, channels, rows, columns]. */
async function readPlanes(
  buffer: GPUBuffer,
  capacity: number,
  count: number,
  [channels, rows, columns]: readonly number[],
): Promise<Float32Array> {
  const pixels = rows * columns;
  const planes = await readFloats(buffer, capacity * channels * pixels);
  const maps = new Float32Array(count * channels * pixels);
  for (let image = 0; image < count; image++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = ((channel >> 2) * capacity + image) * pixels * 4 + channel % 4;
      const to = (image * channels + channel) * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) maps[to + pixel] = planes[from + pixel * 4];
    }
  }
  return maps;
}
