import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { initialParameters, parameterCount, parametersOf } from "../../lib/model.ts";

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
