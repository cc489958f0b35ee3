/** What every network shares: the model, its layers on the CPU, Adam's constants, and the texts of WebGPU kernels. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { checkoutPath } from "../../lib/checkout.ts";
import {
  IMAGE_SIZE,
  initialParameters,
  INPUT,
  type Layer,
  layersOf,
  operationsOf,
  parameterCount,
  parametersOf,
  sizeOf,
} from "../../lib/model.ts";
import { ADAM } from "../../lib/network/adam.ts";
import { textOf, workgroupsOf } from "../../lib/network/webgpu/kernel.ts";
import { trainingSteps } from "../../lib/network/webgpu/step.ts";
import { kernelTexts } from "../../tasks/kernels.ts";
import { testLayers } from "../support/layers.ts";
import { ARCHS } from "../support/support.ts";

Deno.test("model: both parameter counts", () => {
  assertEquals(parameterCount("mlp"), 16_554);
  assertEquals(parameterCount("linear"), 7_178);
});

Deno.test("model: initial values fill ±1/√fan_in evenly, weights and biases alike", () => {
  const fanIn: Record<string, number> = { 0: 9, 3: 72, 6: 144, 11: 128, 13: 64, 15: 32 };
  const packed = initialParameters("mlp", 0);
  for (const { name, offset, size } of parametersOf("mlp")) {
    const bound = 1 / Math.sqrt(fanIn[name.split(".")[0]]);
    const values = packed.subarray(offset, offset + size);
    assert(values.every((value) => Math.abs(value) <= bound), `${name} is within its range`);
    if (size < 1000) continue;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / size;
    assert(Math.abs(variance / (bound * bound / 3) - 1) < 0.1, `${name} is uniform`);
  }
});

Deno.test("model: the seed decides the initial values", () => {
  assertEquals(initialParameters("linear", 1), initialParameters("linear", 1));
  assertNotEquals(initialParameters("linear", 1), initialParameters("linear", 2));
});

/** The shape of a layer's output, from what it does to an input of a shape. */
function shapeOf(layer: Layer, [channels, ...sides]: readonly number[]): number[] {
  switch (layer.kind) {
    case "convolution":
      assertEquals(layer.inputs, channels, layer.name);
      return [layer.outputs, ...sides];
    case "linear":
      assertEquals(layer.inputs, channels, layer.name);
      return [layer.outputs];
    case "maxPool":
    case "averagePool":
      return [channels, ...sides.map((side) => side / layer.window)];
    case "relu":
      return [channels, ...sides];
    case "flatten":
      return [sizeOf([channels, ...sides])];
  }
}

Deno.test("model: every layer is fed by one before it, and its shape follows from what it does", () => {
  for (const arch of ["mlp", "linear"] as const) {
    const shapes = new Map<string, readonly number[]>([[INPUT, [1, IMAGE_SIZE, IMAGE_SIZE]]]);
    for (const layer of operationsOf(arch)) {
      const input = shapes.get(layer.input);
      assert(input, `${layer.name} is fed by ${layer.input}, which does not come before it`);
      assertEquals(layer.shape, shapeOf(layer, input), layer.name);
      shapes.set(layer.name, layer.shape);
    }
    assertEquals([shapes.get("logits"), shapes.get("latent")], [[10], [128]]);
    assertEquals(shapes.size, 2 + layersOf(arch).length); // the input, and the maps that `latent` flattens
  }
});

testLayers("cpu");

Deno.test("adam: the CPU kernels have the constants of all others", () => {
  const text = Deno.readTextFileSync(checkoutPath("lib/wasm/assembly/adam.ts"));
  const found = Array.from(text.matchAll(/f32x4\.splat\(([\d.e-]+)\)/g), ([, number]) => Math.fround(Number(number)));
  const { beta1, beta2, epsilon } = ADAM;
  assertEquals(found, [beta1, 1 - beta1, 1 - beta2, beta2, epsilon].map(Math.fround));
});

const BINDING = /^@group\(0\) @binding\((\d+)\) var<[a-z_, ]+> (\w+): /gm;

Deno.test("kernels: bindings are numbered from 0, and the text uses each of them", () => {
  for (const [file, text] of kernelTexts()) {
    const bindings = [...text.matchAll(BINDING)];
    assert(bindings.length > 3, file);
    assertEquals(bindings.map(([, number]) => Number(number)), [...bindings.keys()], file);
    for (const [, , name] of bindings) {
      assert(text.match(new RegExp(`\\b${name}\\b`, "g"))!.length > 1, `${file}: ${name} is declared, but not used`);
    }
  }
});

Deno.test("kernels: a step has each kernel once, and a workgroup more for the invocations left over", () => {
  for (const arch of ARCHS) {
    const kernels = trainingSteps(arch, { size: 28, type: "uint8" }, 32).map(({ kernel }) => kernel);
    assertEquals(new Set(kernels.map(({ name }) => name)).size, kernels.length);
    const grids = new Map(kernels.map((kernel) => [kernel.name, workgroupsOf(kernel, 33)]));
    assertEquals(grids.get("gather"), [33 * 1024 / 256, 1]);
    assertEquals(grids.get("loss"), [1, 1]);
    assertEquals(grids.get("conv2"), [33, 2]); // 64 tiles of 2 groups
    assertEquals(grids.get("conv3 input gradient"), [9, 4]); // 16 tiles of 4 planes
    assertEquals(grids.get("logits"), [2, 1]); // 9 blocks of images by 3 of units, 16 a workgroup
  }
});

Deno.test("kernels: the constants that a text is given stand at its head", () => {
  const kernel = trainingSteps("mlp", { size: 28, type: "uint8" }, 32).at(-1)!.kernel;
  const text = textOf(kernel);
  for (const line of ["const vectors = 4139u;", "const beta1 = 0.9;", "const epsilon = 1e-8;"]) {
    assert(text.includes(`\n${line}\n`), text);
  }
});
