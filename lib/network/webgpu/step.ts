/**
 * A training step is one list of kernels, each with the buffers it works on: forward, backward, Adam. Inference is its
 * first part, gradients are its first two.
 */
import { type Arch, CONVOLUTIONS, operationsOf, parametersOf } from "../../model.ts";
import { type Buffers, type Dispatch, dispatchOf } from "./dispatch.ts";
import type { ImageKind } from "./images.ts";
import type { Kernel } from "./kernel.ts";
import { averagePoolConvolution, maxPoolConvolution } from "./kernels/convolution.ts";
import { filterGradientKernel } from "./kernels/filter_gradient.ts";
import { flattenKernel } from "./kernels/flatten.ts";
import { gatherKernel } from "./kernels/gather.ts";
import { inputGradientKernel } from "./kernels/input_gradient.ts";
import { linearInputGradientKernel, linearKernel, linearWeightGradientKernel } from "./kernels/linear.ts";
import { lossKernel } from "./kernels/loss.ts";
import { adamKernel, sumKernel } from "./kernels/optimizer.ts";
import { type ForwardBuffers, type GradientBuffers, strideOf, type TrainingBuffers } from "./workspace.ts";
import type { Chunks, Place } from "./layout.ts";

/** A kernel, and which buffers of a workspace it takes. */
export interface Step<Workspace> {
  readonly kernel: Kernel;
  readonly bind: (workspace: Workspace, batch: GPUBuffer) => Promise<Dispatch>;
}

function step<Workspace, Name extends string>(
  kernel: Kernel<Name>,
  buffersIn: (workspace: Workspace) => Buffers<NoInfer<Name>>,
): Step<Workspace> {
  return { kernel, bind: (workspace, batch) => dispatchOf(kernel, batch, buffersIn(workspace)) };
}

/** Compiles the kernels of a list and binds them to a workspace. */
export async function bind<Workspace extends ForwardBuffers>(
  steps: readonly Step<Workspace>[],
  workspace: Workspace,
): Promise<Dispatch[]> {
  const dispatches: Dispatch[] = [];
  for (const { bind } of steps) dispatches.push(await bind(workspace, workspace.batch));
  return dispatches;
}

/** From images `order[start …]` to logits; every buffer of the forward pass is filled on the way. */
export function forwardSteps(arch: Arch, images: ImageKind): Step<ForwardBuffers>[] {
  const linears = linearsOf(arch);
  return [
    step(gatherKernel(images), ({ order, pixels, maps }) => ({ order, pixels, result: maps[0] })),
    ...CONVOLUTIONS.map((convolution, i) => {
      const [name, place] = [`conv${i + 1}`, placeOf(arch, convolution.index)];
      const buffersIn = ({ maps, parameters, gates, linear }: ForwardBuffers) => ({
        input: maps[i],
        parameters,
        pooled: maps[i + 1],
        gates: gates[i],
        linear,
      });
      return convolution.pool === 2
        ? step(maxPoolConvolution(name, convolution, place), buffersIn)
        : step(averagePoolConvolution(name, convolution, place), buffersIn);
    }),
    step(
      flattenKernel(),
      ({ maps, linear, units, latent }) => ({ pooled: maps[3], linear, units: units[0], latent }),
    ),
    ...linears.map((layer, i) =>
      step(
        linearKernel(layer, placeOf(arch, layer.index), i < linears.length - 1),
        ({ units, parameters }: ForwardBuffers) => ({ input: units[i], parameters, output: units[i + 1] }),
      )
    ),
  ];
}

/** From logits and labels to the gradient of the mean loss, after the forward pass. */
function backwardSteps(arch: Arch, chunks: number): Step<GradientBuffers>[] {
  const sums = { chunks, stride: strideOf(arch) };
  const linears = linearsOf(arch);
  const last = linears.length - 1;
  return [
    step(lossKernel(), ({ order, labels, units, unitGradients, losses }: GradientBuffers) => ({
      order,
      labels,
      logits: units[last + 1],
      gradient: unitGradients[last],
      losses,
    })),
    ...linears.map((_, i) => linearBackward(arch, i, sums)).reverse().flat(),
    ...CONVOLUTIONS.map((_, i) => convolutionBackward(arch, i, sums)).reverse().flat(),
    step(sumKernel(sums), (buffers: GradientBuffers) => buffers),
  ];
}

function linearBackward(arch: Arch, i: number, sums: Chunks): Step<GradientBuffers>[] {
  const layer = linearsOf(arch)[i];
  const place = placeOf(arch, layer.index);
  return [
    step(
      linearWeightGradientKernel(layer, place, sums),
      ({ unitGradients, units, partial }) => ({ gradient: unitGradients[i], input: units[i], partial }),
    ),
    step(linearInputGradientKernel(layer, place), ({ unitGradients, parameters, units, mapGradients }) => ({
      gradient: unitGradients[i],
      parameters,
      input: units[i],
      inputGradient: i === 0 ? mapGradients[2] : unitGradients[i - 1],
    })),
  ];
}

function convolutionBackward(arch: Arch, i: number, sums: Chunks): Step<GradientBuffers>[] {
  const [name, convolution] = [`conv${i + 1}`, CONVOLUTIONS[i]];
  const place = placeOf(arch, convolution.index);
  const filter: Step<GradientBuffers> = step(
    filterGradientKernel(`${name} filter gradient`, convolution, place, sums),
    ({ maps, mapGradients, gates, partial }) => ({
      input: maps[i],
      gradient: mapGradients[i],
      gates: gates[i],
      partial,
    }),
  );
  if (i === 0) return [filter]; // nothing asks for the images' gradient
  return [
    filter,
    step(
      inputGradientKernel(`${name} input gradient`, convolution, place),
      ({ mapGradients, gates, parameters, maps }) => ({
        gradient: mapGradients[i],
        gates: gates[i],
        parameters,
        input: maps[i],
        inputGradient: mapGradients[i - 1],
      }),
    ),
  ];
}

/** All of a step: the gradient and what Adam makes of it. */
export function trainingSteps(arch: Arch, images: ImageKind, chunks: number): Step<TrainingBuffers>[] {
  return [
    ...gradientSteps(arch, images, chunks),
    step(adamKernel(strideOf(arch)), (buffers: TrainingBuffers) => buffers),
  ];
}

/** From images to the gradient. */
export function gradientSteps(arch: Arch, images: ImageKind, chunks: number): Step<GradientBuffers>[] {
  return [...forwardSteps(arch, images), ...backwardSteps(arch, chunks)];
}

const linearsOf = (arch: Arch) => operationsOf(arch).filter((layer) => layer.kind === "linear");

/** Where the tensors of a layer begin. */
function placeOf(arch: Arch, index: number): Place {
  const offset = (part: string) => parametersOf(arch).find(({ name }) => name === `${index}.${part}`)!.offset;
  return { weight: offset("weight"), bias: offset("bias") };
}
