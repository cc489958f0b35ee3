/** The unrolled convolutions compute what their plain twins with loops compute, number by number. */
import { assert, assertEquals } from "@std/assert";
import { CONVOLUTIONS } from "../../lib/model.ts";
import { BATCH_BYTES, inferenceBatch, writeBatch } from "../../lib/network/webgpu/batch.ts";
import { type Buffers, dispatchOf, submit } from "../../lib/network/webgpu/dispatch.ts";
import { openGpu } from "../../lib/network/webgpu/gpu.ts";
import { type Kernel, reads, writes } from "../../lib/network/webgpu/kernel.ts";
import { averagePoolConvolution, maxPoolConvolution } from "../../lib/network/webgpu/kernels/convolution.ts";
import { filterGradientKernel } from "../../lib/network/webgpu/kernels/filter_gradient.ts";
import { inputGradientKernel } from "../../lib/network/webgpu/kernels/input_gradient.ts";
import plainConvolution from "../../lib/network/webgpu/kernels/plain/convolution.wgsl" with { type: "text" };
import plainFilterGradient from "../../lib/network/webgpu/kernels/plain/filter_gradient.wgsl" with { type: "text" };
import outputGradient from "../../lib/network/webgpu/kernels/plain/output_gradient.wgsl" with { type: "text" };
import plainInputGradient from "../../lib/network/webgpu/kernels/plain/input_gradient.wgsl" with { type: "text" };
import { Memory, readFloats } from "../../lib/network/webgpu/memory.ts";
import { Random } from "../../lib/random.ts";
import { assertClose } from "../support/support.ts";
import { type Convolution, GROUP, tilesOf, windowsOf } from "../../lib/network/webgpu/layout.ts";

const READ = reads("f32"), WRITE = writes("f32");
/** Images in the batch, and those that there is room for; chunks of the batch, of which the last is short. */
const COUNT = 21, CAPACITY = 32, CHUNKS = 4;
/** Where the weights begin among the parameters. */
const WEIGHT = 12;

/** What the plain twins are told of a convolution. */
function constantsOf({ inputs, outputs, size, pool }: Convolution) {
  const bias = WEIGHT + outputs * inputs * 9;
  const stride = Math.ceil((bias + outputs) / 4) * 4;
  return { inputs, outputs, size, pool, planes: Math.min(inputs, 4), weight: WEIGHT, bias, stride, chunks: CHUNKS };
}

function plainKernel<Name extends string>(
  convolution: Convolution,
  body: string,
  bindings: Kernel<Name>["bindings"],
  invocations: number,
): Kernel<Name> {
  const constants = constantsOf(convolution);
  return { name: "plain", workgroupSize: 64, bindings, invocations: () => invocations, constants, body };
}

/** Buffers full of random numbers, and a way to run a kernel on them. */
class Bench {
  readonly memory = new Memory();
  readonly #batch = this.memory.uniform(BATCH_BYTES);
  readonly #random = new Random(7, 0);

  constructor() {
    writeBatch(this.#batch, inferenceBatch(COUNT, CAPACITY));
  }

  /** Normal numbers. */
  floats(length: number): GPUBuffer {
    return this.memory.storage(Float32Array.from({ length }, () => this.#random.normal()));
  }

  /** What a ReLU left of normal numbers. */
  positives(length: number): GPUBuffer {
    return this.memory.storage(Float32Array.from({ length }, () => Math.max(0, this.#random.normal())));
  }

  /** Bits, open or shut. */
  words(length: number): GPUBuffer {
    return this.memory.storage(Uint32Array.from({ length }, () => this.#random.below(2 ** 32)));
  }

  async run<Name extends string>(kernel: Kernel<Name>, buffers: Buffers<NoInfer<Name>>): Promise<void> {
    submit([await dispatchOf(kernel, this.#batch, buffers)], COUNT);
  }
}

/** The numbers of the batch's images out of planes of `width` numbers an image; what lies beyond them is left out. */
async function planes(buffer: GPUBuffer, count: number, width: number): Promise<Float32Array> {
  const all = await readFloats(buffer, count * CAPACITY * width);
  return all.filter((_, i) => Math.floor(i / width) % CAPACITY < COUNT);
}

/** Fails unless two kernels wrote the very same, and not just zeros. */
async function assertSame(fast: GPUBuffer, plain: GPUBuffer, count: number, width: number, what: string) {
  const [actual, expected] = await Promise.all([fast, plain].map((buffer) => planes(buffer, count, width)));
  assert(expected.filter((x) => x !== 0).length > expected.length / 4, `${what}: the plain kernel left out much`);
  const [a, b] = [actual, expected].map((values) => new Uint32Array(values.slice().buffer));
  const wrong = a.findIndex((word, i) => word !== b[i]);
  assert(wrong < 0, `${what}: number ${wrong} is ${actual[wrong]} instead of ${expected[wrong]}`);
}

async function testForward(convolution: Convolution): Promise<void> {
  const { inputs, outputs, size, pool } = convolution;
  const tiles = tilesOf(convolution);
  const bench = new Bench();
  const input = bench.floats(CAPACITY * inputs * size ** 2);
  const parameters = bench.floats(constantsOf(convolution).stride);
  const [fast, plain] = [1, 2].map(() => ({
    input,
    parameters,
    pooled: bench.memory.storage(CAPACITY * outputs * tiles),
    gates: bench.memory.storage(CAPACITY * outputs / GROUP * tiles),
    linear: bench.memory.storage(CAPACITY * outputs * tiles),
  }));
  if (pool === 2) await bench.run(maxPoolConvolution("fast", convolution, constantsOf(convolution)), fast);
  else await bench.run(averagePoolConvolution("fast", convolution, constantsOf(convolution)), fast);
  const bindings = { input: READ, parameters: READ, pooled: WRITE, gates: writes("u32"), linear: WRITE };
  await bench.run(plainKernel(convolution, plainConvolution, bindings, COUNT * tiles * outputs / GROUP), plain);
  await assertSame(fast.gates, plain.gates, outputs / GROUP, tiles, "gates");
  await assertSame(fast.pooled, plain.pooled, outputs / 4, tiles * 4, "pooled");
  if (pool === 4) await assertSame(fast.linear, plain.linear, outputs / 4, tiles * 4, "linear");
  bench.memory.dispose();
}

async function testInputGradient(convolution: Convolution): Promise<void> {
  const { inputs, outputs, size } = convolution;
  const bench = new Bench();
  const given = {
    gradient: bench.floats(CAPACITY * outputs * windowsOf(convolution)),
    gates: bench.words(CAPACITY * outputs / GROUP * tilesOf(convolution)),
    parameters: bench.floats(constantsOf(convolution).stride),
    input: bench.positives(CAPACITY * inputs * size ** 2),
  };
  const [fast, plain] = [1, 2].map(() => bench.memory.storage(CAPACITY * inputs * size ** 2));
  const kernel = inputGradientKernel("fast", convolution, constantsOf(convolution));
  await bench.run(kernel, { ...given, inputGradient: fast });
  const bindings = { gradient: READ, gates: reads("u32"), parameters: READ, input: READ, inputGradient: WRITE };
  const twin = plainKernel(convolution, outputGradient + plainInputGradient, bindings, COUNT * inputs * size ** 2);
  await bench.run(twin, { ...given, inputGradient: plain });
  await assertSame(fast, plain, inputs / 4, size ** 2 * 4, "input gradient");
  bench.memory.dispose();
}

async function testFilterGradient(convolution: Convolution): Promise<void> {
  const { inputs, outputs, size } = convolution;
  const { stride } = constantsOf(convolution);
  const bench = new Bench();
  const given = {
    input: bench.floats(CAPACITY * inputs * size ** 2),
    gradient: bench.floats(CAPACITY * outputs * windowsOf(convolution)),
    gates: bench.words(CAPACITY * outputs / GROUP * tilesOf(convolution)),
  };
  const partials = [1, 2].map(() => bench.memory.storage(CHUNKS * stride));
  const kernel = filterGradientKernel("fast", convolution, constantsOf(convolution), { chunks: CHUNKS, stride });
  await bench.run(kernel, { ...given, partial: partials[0] });
  const bindings = { input: READ, gradient: READ, gates: reads("u32"), partial: WRITE };
  const sums = CHUNKS * outputs * (inputs * 9 + 1);
  await bench.run(plainKernel(convolution, outputGradient + plainFilterGradient, bindings, sums), {
    ...given,
    partial: partials[1],
  });
  const [actual, expected] = await Promise.all(partials.map((buffer) => readFloats(buffer, CHUNKS * stride)));
  assertEquals(expected.filter((x) => x !== 0).length, sums);
  assertClose(actual, expected, 1e-5, "filter gradient"); // the fast kernel adds in another order
  bench.memory.dispose();
}

for (const [i, convolution] of CONVOLUTIONS.entries()) {
  const tests = { forward: testForward, "filter gradient": testFilterGradient, "input gradient": testInputGradient };
  for (const [what, test] of Object.entries(tests)) {
    if (test === testInputGradient && i === 0) continue; // nothing asks for the images' gradient
    Deno.test(`conv${i + 1}: the plain kernel gives the same ${what}`, async () => {
      await openGpu();
      await test(convolution);
    });
  }
}
