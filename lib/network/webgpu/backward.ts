/** The backward pass as a fixed list of dispatches: from logits and labels to the gradient of every parameter. */
import { type Arch, CONVOLUTIONS } from "../../model.ts";
import { GROUP, tilesOf } from "./kernels/convolution.ts";
import { filterGradientKernel, inputGradientKernel } from "./kernels/convolution_gradient.ts";
import { lossKernel } from "./kernels/flatten.ts";
import { linearsOf, offsetOf } from "./forward.ts";
import { compile, type Dispatch, dispatchOf } from "./kernel.ts";
import { linearInputGradientKernel, linearWeightGradientKernel, padded } from "./kernels/linear.ts";
import { sumKernel } from "./kernels/optimizer.ts";
import { type GradientWorkspace, strideOf, type Workspace } from "./workspace.ts";

/** What follows the forward pass on labelled images; the gradient of the mean loss is summed into its buffer. */
export async function backwardDispatches(
  arch: Arch,
  order: GPUBuffer,
  labels: GPUBuffer,
  parameters: GPUBuffer,
  { batch, maps, gates, units }: Workspace,
  gradients: GradientWorkspace,
  chunks: number,
): Promise<Dispatch[]> {
  const stride = strideOf(arch);
  const linears = linearsOf(arch);
  const logits = units[linears.length];
  const dispatches: Dispatch[] = [];
  const add = async (
    name: string,
    code: string,
    bindings: Parameters<typeof dispatchOf>[2],
    groups: Dispatch["groups"],
  ) => dispatches.push(dispatchOf(name, await compile(name, code), bindings, groups));

  const logitsGradient = gradients.units[linears.length - 1];
  await add(
    "loss",
    lossKernel(),
    [batch, order, labels, logits, logitsGradient, gradients.losses],
    (count) => [Math.ceil(count / 64)],
  );

  for (const [i, layer] of [...linears.entries()].reverse()) {
    const blocks = layer.inputs / 4;
    const inputGradient = i === 0 ? gradients.maps[2] : gradients.units[i - 1];
    await add(
      `${layer.name} weight gradient`,
      linearWeightGradientKernel(layer, chunks, stride),
      [batch, gradients.units[i], units[i], gradients.partial],
      () => [Math.ceil(chunks * blocks * padded(layer.outputs) / 4 / 16)],
    );
    await add(
      `${layer.name} input gradient`,
      linearInputGradientKernel(layer),
      [batch, gradients.units[i], parameters, units[i], inputGradient],
      (count) => [Math.ceil(Math.ceil(count / 4) * blocks / 16)],
    );
  }

  for (const [i, convolution] of [...CONVOLUTIONS.entries()].reverse()) {
    const { index, inputs, outputs } = convolution;
    const weightOffset = offsetOf(arch, `${index}.weight`);
    await add(
      `conv${i + 1} filter gradient`,
      filterGradientKernel(convolution, chunks, weightOffset, stride),
      [batch, maps[i], gradients.maps[i], gates[i], gradients.partial],
      () => [Math.ceil(chunks * inputs * outputs / GROUP / 16)],
    );
    if (i === 0) continue;
    await add(
      `conv${i + 1} input gradient`,
      inputGradientKernel(convolution, weightOffset),
      [batch, gradients.maps[i], gates[i], parameters, maps[i], gradients.maps[i - 1]],
      (count) => [Math.ceil(count * tilesOf(convolution) / 64), inputs / 4],
    );
  }

  await add(
    "sum",
    sumKernel(chunks, stride),
    [batch, gradients.partial, gradients.losses, gradients.gradient, gradients.runningLoss],
    () => [Math.ceil((stride / 4 + 1) / 64)],
  );
  return dispatches;
}
