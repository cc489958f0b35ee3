/** The forward pass as a fixed list of dispatches. */
import { type Arch, CONVOLUTIONS, HEAD, LATENT_SIZE, operationsOf, parametersOf } from "../../model.ts";
import { gatherKernel } from "./batch.ts";
import { convolutionKernel, GROUP, tilesOf } from "./kernels/convolution.ts";
import { flattenKernel } from "./kernels/flatten.ts";
import { bufferOf, type GpuImages } from "./images.ts";
import { compile, type Dispatch, dispatchOf } from "./kernel.ts";
import { type Linear, linearKernel, padded } from "./kernels/linear.ts";
import type { Workspace } from "./workspace.ts";

/** Where a parameter begins among the packed ones. */
export function offsetOf(arch: Arch, name: string): number {
  return parametersOf(arch).find((parameter) => parameter.name === name)!.offset;
}

/** The head's linear layers. */
export function linearsOf(arch: Arch): Linear[] {
  return operationsOf(arch).flatMap((layer) =>
    layer.kind === "linear" ? [{ ...layer, weightOffset: offsetOf(arch, `${layer.index}.weight`) }] : []
  );
}

/** From images `order[start …]` to logits; every buffer in the workspace is filled on the way. */
export async function forwardDispatches(
  arch: Arch,
  images: GpuImages,
  order: GPUBuffer,
  parameters: GPUBuffer,
  { batch, maps, gates, linear, latent, units }: Workspace,
): Promise<Dispatch[]> {
  const dispatches = [
    dispatchOf(
      "gather",
      await compile("gather", gatherKernel(images)),
      [batch, order, bufferOf(images.pixels), maps[0]],
      (count) => [count * 4],
    ),
  ];
  for (const [i, convolution] of CONVOLUTIONS.entries()) {
    const name = `conv${i + 1}`;
    const tiles = tilesOf(convolution);
    const code = convolutionKernel(convolution, offsetOf(arch, `${convolution.index}.weight`));
    const bindings = [batch, maps[i], parameters, maps[i + 1], gates[i], ...(convolution.pool === 2 ? [] : [linear])];
    dispatches.push(
      dispatchOf(name, await compile(name, code), bindings, (count) => [
        Math.ceil(count * tiles / 64),
        convolution.outputs / GROUP,
      ]),
    );
  }
  dispatches.push(
    dispatchOf(
      "flatten",
      await compile("flatten", flattenKernel()),
      [batch, maps[3], linear, units[0], latent],
      (count) => [count * LATENT_SIZE / 64],
    ),
  );
  for (const [i, layer] of linearsOf(arch).entries()) {
    const { name } = layer;
    const pipeline = await compile(name, linearKernel(layer, layer.outputs !== HEAD[arch].at(-1)));
    dispatches.push(
      dispatchOf(
        name,
        pipeline,
        [batch, units[i], parameters, units[i + 1]],
        (count) => [Math.ceil(Math.ceil(count / 4) * padded(layer.outputs) / 4 / 16)],
      ),
    );
  }
  return dispatches;
}
