/** A linear layer and its gradients, in blocks of 4×4 results an invocation. Rows of units are padded to whole vec4s. */
import { LATENT_SIZE } from "../../../model.ts";
import { type Kernel, reads, writes } from "../kernel.ts";
import { type Chunks, padded, type Place } from "../layout.ts";
import { repeat } from "./snippets.ts";

/** A linear layer of the head. Its weights are [outputs][inputs]. */
export interface Linear {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

const WORKGROUP = 16;

/** Blocks of four images or units. */
const blocksOf = (length: number): number => Math.ceil(length / 4);

/** The layer's outputs, with or without a ReLU; an invocation computes four images by four units. */
export function linearKernel(
  { name, inputs, outputs }: Linear,
  { weight, bias }: Place,
  relu: boolean,
): Kernel<"input" | "parameters" | "output"> {
  const width = inputs / 4;
  const blocks = blocksOf(outputs);
  const body = `
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x / ${blocks}u * 4u;
  if (image >= batch.count) { return; }
  let unit = id.x % ${blocks}u * 4u;
${repeat(4, (u) => `  let weights${u} = ${weight / 4}u + min(unit + ${u}u, ${outputs - 1}u) * ${width}u;`)}
${repeat(4, (i) => `  var sum${i} = parameters[${bias / 4}u + unit / 4u];`)}
  for (var k = 0u; k < ${width}u; k++) {
${repeat(4, (u) => `    let w${u} = parameters[weights${u} + k];`)}
${
    repeat(4, (i) =>
      `    let x${i} = input[(image + ${i}u) * ${width}u + k];\n` +
      `    sum${i} += vec4f(${[0, 1, 2, 3].map((u) => `dot(w${u}, x${i})`)});`)
  }
  }
${
    repeat(4, (i) =>
      `  output[(image + ${i}u) * ${blocks}u + unit / 4u] = ${relu ? `max(sum${i}, vec4f(0))` : `sum${i}`};`)
  }
}`;
  return {
    name,
    workgroupSize: WORKGROUP,
    bindings: { input: reads("vec4f"), parameters: reads("vec4f"), output: writes("vec4f") },
    invocations: (count) => blocksOf(count) * blocks,
    body,
  };
}

/**
 * Gradient of four images by four inputs, masked where the input is zero: a ReLU or dropout made it so.
 * For the first layer it is also scaled as dropout and average pooling ask, and stored as the last convolution's
 * pooled gradient: [channels / 4][capacity][4 quadrants] vec4.
 */
export function linearInputGradientKernel(
  { name, inputs, outputs }: Linear,
  { weight }: Place,
): Kernel<"gradient" | "parameters" | "input" | "inputGradient"> {
  const width = inputs / 4;
  const first = inputs === LATENT_SIZE;
  const store = (i: number) =>
    first
      ? repeat(
        4,
        (q) =>
          `  inputGradient[((block / 4u * batch.capacity + image + ${i}u) * 4u + ${q}u) * 4u + block % 4u] =` +
          ` masked${i}[${q}] * batch.keepScale / 16.0;`,
      )
      : repeat(4, (u) => `  inputGradient[(image + ${i}u) * ${inputs}u + block * 4u + ${u}u] = masked${i}[${u}];`);
  const body = `
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x / ${width}u * 4u;
  if (image >= batch.count) { return; }
  let block = id.x % ${width}u;
${repeat(4, (i) => `  var sum${i} = vec4f(0);`)}
  for (var unit = 0u; unit < ${outputs}u; unit++) {
    let weights = parameters[${weight / 4}u + unit * ${width}u + block];
${repeat(4, (i) => `    sum${i} += weights * gradient[(image + ${i}u) * ${padded(outputs)}u + unit];`)}
  }
${
    repeat(4, (i) =>
      `  let masked${i} = select(vec4f(0), sum${i}, input[(image + ${i}u) * ${width}u + block] != vec4f(0));\n` +
      store(i))
  }
}`;
  return {
    name: `${name} input gradient`,
    workgroupSize: WORKGROUP,
    bindings: {
      gradient: reads("f32"),
      parameters: reads("vec4f"),
      input: reads("vec4f"),
      inputGradient: writes("f32"),
    },
    invocations: (count) => blocksOf(count) * width,
    body,
  };
}

/**
 * Gradient of four units' weights to four inputs, and of their biases, as one partial sum for each chunk of the batch,
 * [chunks][stride].
 */
export function linearWeightGradientKernel(
  { name, inputs, outputs }: Linear,
  { weight, bias }: Place,
  { chunks, stride }: Chunks,
): Kernel<"gradient" | "input" | "partial"> {
  const width = inputs / 4;
  const blocks = blocksOf(outputs);
  const body = `
fn main(@builtin(global_invocation_id) id: vec3u) {
  let block = id.x % ${width}u;
  let units = id.x / ${width}u % ${blocks}u;
  let chunk = id.x / ${width * blocks}u;
  if (chunk >= ${chunks}u) { return; }
  let chunkSize = (batch.count + ${chunks - 1}u) / ${chunks}u;
${repeat(4, (u) => `  var sum${u} = vec4f(0);`)}
  var biases = vec4f(0);
  for (var image = chunk * chunkSize; image < min((chunk + 1u) * chunkSize, batch.count); image++) {
    let g = gradient[image * ${blocks}u + units];
    let x = input[image * ${width}u + block];
${repeat(4, (u) => `    sum${u} += g[${u}] * x;`)}
    biases += g;
  }
  let base = chunk * ${stride}u;
${
    repeat(4, (u) => `
  if (units * 4u + ${u}u < ${outputs}u) {
    let place${u} = base + ${weight}u + (units * 4u + ${u}u) * ${inputs}u + block * 4u;
${repeat(4, (i) => `    partial[place${u} + ${i}u] = sum${u}[${i}];`)}
    if (block == 0u) { partial[base + ${bias + u}u + units * 4u] = biases[${u}]; }
  }`)
  }
}`;
  return {
    name: `${name} weight gradient`,
    workgroupSize: WORKGROUP,
    bindings: { gradient: reads("vec4f"), input: reads("vec4f"), partial: writes("f32") },
    invocations: () => chunks * blocks * width,
    body,
  };
}
