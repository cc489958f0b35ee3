/** The forward pass as a fixed list of dispatches. */
import { type Arch, CONVOLUTIONS, HEAD, LATENT_SIZE, parametersOf } from "../model.ts";
import { arrangeKernel, type Arrangement } from "./arrangement.ts";
import { gatherKernel } from "./batch.ts";
import { convolutionKernel, PLANE, tilesOf } from "./convolution.ts";
import { flattenKernel } from "./flatten.ts";
import { bufferOf, type DeviceImages } from "./images.ts";
import { type Binding, compile, type Dispatch, dispatchOf } from "./kernel.ts";
import { type Linear, linearKernel, padded } from "./linear.ts";
import type { Workspace } from "./workspace.ts";

/** The parameters on the GPU, packed and arranged for the convolutions. */
export interface DeviceParameters {
  readonly packed: GPUBuffer;
  readonly arranged: GPUBuffer;
  readonly sources: GPUBuffer;
  readonly arrangement: Arrangement;
}

/** The head's linear layers. */
export function linearsOf(arch: Arch): Linear[] {
  return HEAD[arch].slice(1).map((outputs, i) => ({
    inputs: HEAD[arch][i],
    outputs,
    weightOffset: parametersOf(arch).find(({ name }) => name === `${11 + 2 * i}.weight`)!.offset,
  }));
}

/** The part of a buffer that holds one plane of four channels, in `bytes` a pixel or tile. */
export function planeOf(buffer: GPUBuffer, plane: number, pixels: number, capacity: number, bytes = 16): Binding {
  const size = pixels * capacity * bytes;
  return { buffer, offset: plane * size, size };
}

/** From images `order[start …]` to logits; every buffer in the workspace is filled on the way. */
export async function forwardDispatches(
  arch: Arch,
  images: DeviceImages,
  order: GPUBuffer,
  { packed, arranged, sources, arrangement }: DeviceParameters,
  { capacity, batch, maps, gates, linear, latent, units }: Workspace,
): Promise<Dispatch[]> {
  const length = arrangement.sources.length;
  const dispatches = [
    dispatchOf(
      "arrange",
      await compile("arrange", arrangeKernel(length)),
      [sources, packed, arranged],
      () => Math.ceil(length / 64),
    ),
    dispatchOf(
      "gather",
      await compile("gather", gatherKernel(images)),
      [batch, order, bufferOf(images.pixels), maps[0]],
      (count) => count * 16,
    ),
  ];
  for (const [i, convolution] of CONVOLUTIONS.entries()) {
    const name = `conv${i + 1}`;
    const tiles = tilesOf(convolution);
    const pipeline = await compile(name, convolutionKernel(convolution));
    for (const [plane, offset] of arrangement.forward[i].entries()) {
      const weights = { buffer: arranged, offset, size: PLANE * (convolution.inputs * 9 + 1) * 4 };
      const output = (buffer: GPUBuffer) => planeOf(buffer, plane, tiles, capacity);
      const bindings = [batch, maps[i], weights, output(maps[i + 1]), planeOf(gates[i], plane, tiles, capacity, 4)];
      if (convolution.pool !== 2) bindings.push(output(linear));
      dispatches.push(dispatchOf(name, pipeline, bindings, (count) => Math.ceil(count * tiles / 64)));
    }
  }
  dispatches.push(
    dispatchOf(
      "flatten",
      await compile("flatten", flattenKernel()),
      [batch, maps[3], linear, units[0], latent],
      (count) => count * LATENT_SIZE / 64,
    ),
  );
  for (const [i, layer] of linearsOf(arch).entries()) {
    const name = `fc${i + 1}`;
    const pipeline = await compile(name, linearKernel(layer, layer.outputs !== HEAD[arch].at(-1)));
    dispatches.push(
      dispatchOf(
        name,
        pipeline,
        [batch, units[i], packed, units[i + 1]],
        (count) => Math.ceil(Math.ceil(count / 4) * padded(layer.outputs) / 4 / 16),
      ),
    );
  }
  return dispatches;
}
