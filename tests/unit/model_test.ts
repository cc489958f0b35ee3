import { assert, assertEquals, assertNotEquals } from "@std/assert";
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
