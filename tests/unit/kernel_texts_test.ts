/** The WebGPU kernels' texts, with no GPU. */
import { assert, assertEquals } from "@std/assert";
import { textOf, workgroupsOf } from "../../lib/network/webgpu/kernel.ts";
import { trainingSteps } from "../../lib/network/webgpu/step.ts";
import { kernelTexts } from "../../tasks/kernels.ts";
import { ARCHS } from "../support/support.ts";

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
