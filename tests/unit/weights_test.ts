import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../lib/errors.ts";
import { floatTensor, parseSafetensors, type Tensor } from "../../lib/formats/safetensors.ts";
import { readWeights, writeWeights } from "../../lib/network/weights_file.ts";
import { type Arch, initialParameters } from "../../lib/model.ts";
import { tensorsFromWeights, weightsFromTensors } from "../../lib/network/weights.ts";
import { inFolder } from "../support/folders.ts";

const reference = (name: string) => new URL(`../torch/${name}.safetensors`, import.meta.url).pathname;

for (const arch of ["mlp", "linear"] as const) {
  Deno.test(`weights: PyTorch's ${arch} is told by its tensors and packed in their order`, async () => {
    const path = reference(`torch-${arch}-init`);
    const read = await readWeights(path);
    assertEquals(read.arch, arch);
    // The reference files hold the tensors in PyTorch's order, so their data is the packed parameters.
    const bytes = await Deno.readFile(path);
    const start = 8 + new DataView(bytes.buffer).getUint32(0, true);
    assertEquals(read.parameters, new Float32Array(bytes.slice(start).buffer));
  });

  Deno.test(`weights: ${arch} is the same after writing and reading`, () =>
    inFolder(async (folder) => {
      const weights = { arch, parameters: initialParameters(arch, 7) };
      await writeWeights(`${folder}/w`, weights, { epoch: "1" });
      assertEquals(await readWeights(`${folder}/w`), weights);
      const { metadata } = parseSafetensors(await Deno.readFile(`${folder}/w`), "w");
      assertEquals(metadata, { format: "pt", epoch: "1" });
    }));
}

/** The tensors of fresh parameters, with some put in or, where undefined, taken out. */
function tensors(arch: Arch, changes: Record<string, Tensor | undefined>): Map<string, Tensor> {
  const all = tensorsFromWeights({ arch, parameters: initialParameters(arch, 0) });
  for (const [name, tensor] of Object.entries(changes)) tensor ? all.set(name, tensor) : all.delete(name);
  return all;
}

const bias = (...values: number[]) => floatTensor([8], Float32Array.from({ length: 8 }, (_, i) => values[i] ?? 0));

const BAD: [what: string, tensors: Map<string, Tensor>, message: string][] = [
  ["nothing", new Map(), "a/file: tensor 0.weight is missing"],
  ["a missing tensor", tensors("mlp", { "15.bias": undefined }), "a/file: tensor 15.bias is missing"],
  ["an extra tensor", tensors("linear", { "9.weight": bias() }), "tensor 9.weight is not part of the linear network"],
  [
    "a wrong shape",
    tensors("linear", { "0.bias": floatTensor([2, 4], new Float32Array(8)) }),
    "tensor 0.bias: expected shape 8, found 2×4",
  ],
  [
    "a wrong type",
    tensors("mlp", { "0.bias": { dtype: "I8", shape: [8], data: new Uint8Array(8) } }),
    "tensor 0.bias: expected floats, found I8",
  ],
  ["NaN", tensors("mlp", { "0.bias": bias(1, NaN) }), "tensor 0.bias: element 1 is NaN"],
  ["infinity", tensors("mlp", { "0.bias": bias(1, 2, -Infinity) }), "tensor 0.bias: element 2 is -Infinity"],
];

for (const [what, bad, message] of BAD) {
  Deno.test(`weights: ${what}: refused`, () => {
    assertThrows(() => weightsFromTensors(bad, "a/file"), FormatError, message);
  });
}

Deno.test("weights: half and double precision are taken", () => {
  const values = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5];
  const half = { dtype: "F16", shape: [8], data: new Uint8Array(new Float16Array(values).buffer) } as const;
  for (const tensor of [half, floatTensor([8], Float64Array.from(values))]) {
    const { parameters } = weightsFromTensors(tensors("linear", { "0.bias": tensor }), "f");
    assertEquals([...parameters.subarray(72, 80)], values);
  }
});
