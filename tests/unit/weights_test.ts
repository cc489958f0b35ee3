/** Files of weights, and the reference network as modules: the same bytes as its files. */
import { assertEquals, assertThrows } from "@std/assert";
import { decodeBase64 } from "../../lib/base64.ts";
import { checkoutPath } from "../../lib/checkout.ts";
import { FormatError } from "../../lib/errors.ts";
import { floatTensor, parseSafetensors, type Tensor } from "../../lib/formats/safetensors.ts";
import { type Arch, initialParameters } from "../../lib/model.ts";
import { identifyWeights } from "../../lib/network/load.ts";
import { REFERENCE_IDENTITY, referenceWeights } from "../../lib/network/reference.ts";
import { tensorsFromWeights, weightsFromTensors } from "../../lib/network/weights.ts";
import { readWeights, writeWeights } from "../../lib/network/weights_file.ts";
import { readStatistics, referenceStatistics } from "../../lib/scoring/statistics.ts";
import { modulesOf } from "../../weights/embed.ts";
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

const { name } = REFERENCE_IDENTITY;

Deno.test("reference network: its modules are what deno task embed makes of its files", async () => {
  for (const [file, text] of await modulesOf(name)) {
    assertEquals(Deno.readTextFileSync(checkoutPath(`weights/${file}`)) === text, true, file);
  }
});

Deno.test("reference network: modules and files hold the same numbers, and are known by the same hash", async () => {
  const read = await identifyWeights(checkoutPath(`weights/${name}.safetensors`));
  assertEquals(await referenceWeights(), { ...read, identity: { ...read.identity, name } });
  const statistics = await referenceStatistics();
  assertEquals(statistics.network, REFERENCE_IDENTITY);
  assertEquals([...statistics.sets.keys()].sort(), ["test", "train"]);
  const kept = await readStatistics(checkoutPath(`weights/${name}.stats.safetensors`));
  for (const [set, moments] of statistics.sets) assertEquals(moments.covariance(), kept.sets.get(set)?.covariance());
});

Deno.test("reference network: base64 is read as it was written, whatever the length", () => {
  const { fromBase64 } = Uint8Array;
  for (const length of [0, 1, 2, 3, 400]) {
    const bytes = Uint8Array.from({ length }, (_, i) => 255 - i);
    const text = bytes.toBase64().replaceAll(/(.{7})/g, "$1\n");
    assertEquals(decodeBase64(text), bytes);
    Object.assign(Uint8Array, { fromBase64: undefined }); // as in Node before 25
    try {
      assertEquals(decodeBase64(text), bytes);
    } finally {
      Object.assign(Uint8Array, { fromBase64 });
    }
  }
});
