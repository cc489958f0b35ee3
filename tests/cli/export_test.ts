/** What `export` writes, read by the programs that it is for. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { layerOutputs } from "../../lib/network/outputs.ts";
import { limit } from "../../lib/data/images.ts";
import { DigitFidError, UsageError } from "../../lib/errors.ts";
import { encodeLayersModel } from "../../lib/export/layers_model.ts";
import { encodeOnnx } from "../../lib/export/onnx.ts";
import { listFiles } from "../../lib/formats/files.ts";
import { writeFolderAtomic } from "../../lib/formats/folders.ts";
import {
  type Dtype,
  encodeSafetensors,
  parseSafetensors,
  type Tensor,
  toFloat32,
} from "../../lib/formats/safetensors.ts";
import { readWeights, writeWeights } from "../../lib/network/weights_file.ts";
import type { Arch } from "../../lib/model.ts";
import { tensorsFromWeights, type Weights } from "../../lib/network/weights.ts";
import { exportNetwork } from "../../tasks/export.ts";
import { printedBy } from "../support/stdout.ts";
import { digitFid, resultOf, startShell } from "../support/cli.ts";
import { mnist } from "../support/mnist.ts";
import { ARCHS, referencePath, withNetwork } from "../support/support.ts";

const COUNT = 20;
/** Largest error of a logit or a latent. */
const TOLERANCE = 1e-4;
const NOTES = { project: "digit-fid", sha256: "0".repeat(64) };

const weightsPath = (arch: Arch) => referencePath(`torch-${arch}-step200.safetensors`);

/** Logits and latents of the first test images. */
interface Outputs {
  readonly logits: ArrayLike<number>;
  readonly latent: ArrayLike<number>;
}

/** What our own kernels give. */
async function expectedOutputs({ arch, parameters }: Weights): Promise<Outputs> {
  const images = limit(await mnist("test"), COUNT);
  let outputs: Outputs | undefined;
  await withNetwork(arch, "webgpu", parameters, async (network) => {
    for await (const { outputs: [logits, latent] } of layerOutputs(network, images, ["logits", "latent"])) {
      outputs = { logits, latent };
    }
  });
  assert(outputs);
  return outputs;
}

/** [20, 32, 32]: the first test images from 0 to 1, in a border of 2. */
async function paddedImages(): Promise<Float32Array<ArrayBuffer>> {
  const { pixels } = await mnist("test");
  return Float32Array.from({ length: COUNT * 32 * 32 }, (_, i) => {
    const column = i % 32 - 2, row = (i >> 5) % 32 - 2;
    const inside = Math.min(column, row) >= 0 && Math.max(column, row) < 28;
    return inside ? pixels[(i >> 10) * 784 + row * 28 + column] / 255 : 0;
  });
}

function assertOutputs(actual: Outputs, expected: Outputs): void {
  for (const name of ["logits", "latent"] as const) {
    assertEquals(actual[name].length, expected[name].length, name);
    const worst = Math.max(...Array.from(expected[name], (value, i) => Math.abs(value - actual[name][i])));
    assert(worst <= TOLERANCE, `${name}: off by ${worst}`);
  }
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

/** Runs a model by onnxruntime, in a process with packages of its own. */
async function runOnnx(model: Uint8Array, images: Float32Array<ArrayBuffer>): Promise<Outputs> {
  let outputs: Outputs | undefined;
  await inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/model`, model);
    await Deno.writeFile(`${folder}/images`, new Uint8Array(images.buffer));
    const script = 'exec "$DENO" run --no-prompt --quiet --allow-read "${0%/*}/tests/onnxruntime/run.ts" "$@"';
    const process = startShell(script, [`${folder}/model`, `${folder}/images`], ".", { DENO: Deno.execPath() });
    const { stdout, stderr } = await resultOf(process);
    assert(stdout, stderr);
    const { shapes, ...rest } = JSON.parse(stdout);
    assertEquals(shapes, [[COUNT, 10], [COUNT, 128]]);
    outputs = rest;
  });
  assert(outputs);
  return outputs;
}

/** Loads a model as a page does, from the address of its model.json. */
async function runLayersModel(folder: string, images: Float32Array): Promise<Outputs> {
  await tf.setBackend("cpu");
  try {
    const model = await tf.loadLayersModel(
      tf.io.browserHTTPRequest(`file://${folder}/model.json`, { fetchFunc: fetch }),
    );
    assertEquals(model.getUserDefinedMetadata(), NOTES);
    const outputs = model.predict(tf.tensor4d(images, [COUNT, 32, 32, 1]));
    assert(Array.isArray(outputs));
    const [logits, latent] = outputs.map((output) => output.dataSync<"float32">());
    model.dispose();
    return { logits, latent };
  } finally {
    await tf.setBackend("webgpu");
  }
}

/** The post's listing, and the same with the larger head. */
const TORCH = `
import json, sys, torch
from torch.nn import *
path, images, arch = sys.argv[1:]
head = [Linear(128, 64), ReLU(), Linear(64, 32), ReLU(), Linear(32, 10)] if arch == "mlp" else [Linear(128, 10)]
network = Sequential(
    Conv2d(1, 8, 3, padding="same"), ReLU(), MaxPool2d(2),
    Conv2d(8, 16, 3, padding="same"), ReLU(), MaxPool2d(2),
    Conv2d(16, 32, 3, padding="same"), ReLU(), AvgPool2d(4), Flatten(), Dropout(0.5), *head)
data = open(path, "rb").read()
start = 8 + int.from_bytes(data[:8], "little")
header = json.loads(data[8:start])
header.pop("__metadata__")
tensor = lambda bytes: torch.frombuffer(bytearray(bytes), dtype=torch.float32)
state = {name: tensor(data[start + t["data_offsets"][0]:start + t["data_offsets"][1]]).reshape(t["shape"])
         for name, t in header.items()}
network.load_state_dict(state, strict=True)
network.eval()
latent = network[6](network[:6](x := tensor(open(images, "rb").read()).reshape(-1, 1, 32, 32)))
outputs = {"logits": network(x), "latent": AvgPool2d(4)(latent)}
print(json.dumps({name: output.flatten().tolist() for name, output in outputs.items()}))
`;
import { inFolder } from "../support/folders.ts";

async function python(code: string, ...args: string[]) {
  return await resultOf(startShell('exec python3 -c "$@"', [code, ...args], "."));
}

const hasTorch = (await python("import importlib.util as i, sys; sys.exit(not i.find_spec('torch'))")).code === 0;

for (const arch of ARCHS) {
  Deno.test(`export: ${arch}: onnxruntime, tfjs and PyTorch compute what the network computes`, async (t) => {
    const weights = await readWeights(weightsPath(arch));
    const expected = await expectedOutputs(weights);
    const images = await paddedImages();

    await t.step("onnxruntime", async () => {
      assertOutputs(await runOnnx(encodeOnnx(weights, NOTES), images), expected);
    });

    await t.step("tfjs", () =>
      inFolder(async (folder) => {
        await writeFolderAtomic(`${folder}/model`, encodeLayersModel(weights, NOTES));
        assertOutputs(await runLayersModel(`${folder}/model`, images), expected);
      }));

    await t.step({
      name: "PyTorch",
      ignore: !hasTorch,
      fn: () =>
        inFolder(async (folder) => {
          await writeWeights(`${folder}/weights`, weights, NOTES);
          await Deno.writeFile(`${folder}/images`, new Uint8Array(images.buffer));
          const { stdout, stderr } = await python(TORCH, `${folder}/weights`, `${folder}/images`, arch);
          assert(stdout, stderr);
          assertOutputs(JSON.parse(stdout), expected);
        }),
    });
  });
}

/** Names and shapes in the post's listing. */
const BACKBONE = {
  "0.weight": [8, 1, 3, 3],
  "0.bias": [8],
  "3.weight": [16, 8, 3, 3],
  "3.bias": [16],
  "6.weight": [32, 16, 3, 3],
  "6.bias": [32],
};
const STATE_DICT: Record<Arch, Record<string, number[]>> = {
  linear: { ...BACKBONE, "11.weight": [10, 128], "11.bias": [10] },
  mlp: {
    ...BACKBONE,
    "11.weight": [64, 128],
    "11.bias": [64],
    "13.weight": [32, 64],
    "13.bias": [32],
    "15.weight": [10, 32],
    "15.bias": [10],
  },
};

/** Runs the task in this process, and gives what it prints. */
function run(...args: string[]): Promise<string> {
  return printedBy(() => exportNetwork.run(args));
}

for (const arch of ARCHS) {
  Deno.test(`export: ${arch}: the task writes all three kinds, with the weights' SHA-256`, () =>
    inFolder(async (folder) => {
      const weights = await Deno.readFile(weightsPath(arch));
      const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", weights)).toHex();
      const metadata = { project: "digit-fid", network: `torch-${arch}-step200.safetensors`, sha256 };
      for (const to of ["safetensors", "tfjs", "onnx"]) {
        const out = `${folder}/${to}`;
        const printed = await run("--weights", weightsPath(arch), "--to", to, "--out", out, "--json");
        const { version: _, ...fields } = JSON.parse(printed);
        assertEquals(fields, { to, out, arch, network: metadata.network, sha256 });
      }
      const file = parseSafetensors(await Deno.readFile(`${folder}/safetensors`), "safetensors");
      assertEquals(Object.fromEntries([...file.tensors].map(([name, { shape }]) => [name, shape])), STATE_DICT[arch]);
      assertEquals(file.metadata, { format: "pt", ...metadata });
      const model = JSON.parse(await Deno.readTextFile(`${folder}/tfjs/model.json`));
      assertEquals(model.userDefinedMetadata, metadata);
      assertEquals(await Deno.readFile(`${folder}/onnx`), encodeOnnx(await readWeights(weightsPath(arch)), metadata));
    }));
}

Deno.test("export: the command needs no more than its permissions, and keeps what is there unless --force", () =>
  inFolder(async (folder) => {
    const args = ["export", "--weights", weightsPath("linear"), "--to", "tfjs", "--out", "model/"];
    assertEquals(await digitFid(args, folder), { code: 0, stdout: "model written\n", stderr: "" });
    const [file, model] = [`${folder}/model/model.json`, await Deno.readTextFile(`${folder}/model/model.json`)];
    for (
      const [given, content, message] of [
        [args, model, "model is there already: replace it (--force)"],
        [
          [...args, "--force"],
          `{"format":"layers-model"}`,
          "model is there, but is no tfjs model of digit-fid: choose another name",
        ],
      ] as const
    ) {
      await Deno.writeTextFile(file, content);
      assertEquals(await digitFid([...given], folder), { code: 1, stdout: "", stderr: `digit-fid: ${message}\n` });
      assertEquals(await Deno.readTextFile(file), content);
    }
    await Deno.writeTextFile(file, model.replace("layers-model", "old"));

    const toModel = ["--weights", weightsPath("linear"), "--out", `${folder}/model`, "--force"];
    await run("--to", "tfjs", ...toModel);
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/model/model.json`)).format, "layers-model");
    await assertRejects(() => run("--to", "onnx", ...toModel), DigitFidError, "it is a folder, not a file");
    assertEquals(await names(folder), ["model"]);
  }));

Deno.test("export: --to and --out are needed", async () => {
  await assertRejects(() => run("--to", "h5"), UsageError, "--to: expected safetensors or tfjs or onnx, found h5");
  await assertRejects(() => run("--out", "x"), UsageError, "--to is missing: give safetensors or tfjs or onnx");
  await assertRejects(() => run("--to", "onnx"), UsageError, "--out is missing: name what to write");
});

Deno.test("export: a folder is replaced whole, and not if others would be lost", () =>
  inFolder(async (folder) => {
    const path = `${folder}/model`;
    const read = () => Deno.readTextFile(`${path}/a`);
    await writeFolderAtomic(path, new Map([["a", "old"], ["b", "old"]]));
    await writeFolderAtomic(path, new Map([["a", "new"], ["b", "new"]]));
    assertEquals(await read(), "new");
    const fewer = new Map([["a", "newest"]]);
    await assertRejects(() => writeFolderAtomic(path, fewer), DigitFidError, `cannot replace ${path}: it also holds b`);
    const bad = new Map([["a", "newest"], ["b", "newest"], ["no/such", ""]]);
    await assertRejects(() => writeFolderAtomic(path, bad), DigitFidError, "cannot write");
    assertEquals(await read(), "new");
    assertEquals(await listFiles(path), ["a", "b"]);
    assertEquals(await names(folder), ["model"]);
    await assertRejects(() => writeFolderAtomic(`${folder}/no/such`, fewer), DigitFidError, "no such file or folder");
  }));

/** How float32 is stored in each type, and what a number comes back as. */
const FLOATS: [
  dtype: Dtype,
  store: (values: Float32Array) => ArrayBufferView<ArrayBuffer>,
  kept: (x: number) => number,
][] = [
  ["F32", (values) => new Float32Array(values), (x) => x],
  ["F64", (values) => new Float64Array(values), (x) => x],
  ["F16", (values) => new Float16Array(values), Math.f16round],
  ["BF16", (values) => Uint16Array.from(values, upperHalf), (x) => {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint16(0, upperHalf(x));
    return view.getFloat32(0);
  }],
];

/** The upper 16 of the 32 bits of a float32: it as a bfloat16, rounded towards 0. */
function upperHalf(x: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, x);
  return view.getUint16(0);
}

for (const [dtype, store, kept] of FLOATS) {
  Deno.test(`weights: a file in ${dtype} is read as float32`, () =>
    inFolder(async (folder) => {
      const weights = await readWeights(weightsPath("mlp"));
      const stored = [...tensorsFromWeights(weights)].map(([name, tensor]): [string, Tensor] => {
        const { buffer } = store(toFloat32(tensor));
        return [name, { ...tensor, dtype, data: new Uint8Array(buffer) }];
      });
      await Deno.writeFile(`${folder}/weights`, encodeSafetensors(new Map(stored)));
      const read = await readWeights(`${folder}/weights`);
      assertEquals(read, { arch: "mlp", parameters: weights.parameters.map(kept) });
    }));
}
